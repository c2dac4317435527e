import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptClaim } from '../src/db/attempt-claim.ts';
import type { AttemptRecord } from '../src/db/record.ts';
import { decide, type EndedAttempt } from '../src/domain/decide.ts';
import type { Outcome, Step } from '../src/domain/delivery.ts';
import { profileOf } from '../src/profiles/registry.ts';
import { signedRequest } from '../src/profiles/signed-request.ts';
import type { ActivityDeps } from './deps.ts';
import { type EndedUnrecorded, logAttempt, toRecord } from './record.ts';

/**
 * How long before and after the POST, which takes up to 30 s: in all less than the minute that the workflow gives
 * an attempt, for one that overruns it is repeated, POST and all.
 */
const BEFORE_POST_MS = 15_000;
const RECORD_WITHIN_MS = 10_000;
/** When to try again to write an outcome down before handing it to the workflow. */
const RECORD_RETRY_WAITS_MS = [200, 1000, 3000];

export interface AttemptInput {
  deliveryId: string;
  /** Which attempt this is, from 1. */
  number: number;
}

/**
 * One attempt: claim it, sign it, POST it, record it.
 *
 * The claim row is written before the POST, so a repeat of the activity after a crash finds it: a finished
 * attempt is answered from its record without another POST, an unfinished one is marked `interrupted` and
 * goes out again with the same ids. The subscriber's answer never throws; what throws is our own fault
 * (database, keys), which the activity's retry policy repeats without using up an attempt.
 */
export function createAttempt(deps: ActivityDeps) {
  return async function attempt(input: AttemptInput): Promise<Step | EndedUnrecorded> {
    const startedAt = new Date();
    const begunAt = performance.now();
    const answer = await deps.writes.claim({ ...input, startedAt });
    if (answer.kind === 'step') return answer.step;

    const { claim } = answer;
    const request = await signed(deps, claim, startedAt);
    const postedAt = performance.now();
    if (postedAt - begunAt > BEFORE_POST_MS) {
      await deps.writes.release(claim);
      throw new Error('the database took too long to claim an attempt');
    }
    const outcome = await deps.post(request);
    const durationMs = Math.round(performance.now() - postedAt);

    const ended: EndedAttempt = {
      number: input.number,
      startedAt,
      durationMs,
      outcome: withoutSecrets(outcome, request.secrets),
    };
    const step = decide(ended, claim.policy, Math.random());
    logAttempt(deps.logger, claim, ended, step);

    const isRecorded = await Promise.race([
      recorded(deps, toRecord(claim, ended, step)),
      delay(RECORD_WITHIN_MS, false, { ref: false }),
    ]);
    if (isRecorded) return step;
    return { kind: 'unrecorded', number: input.number, try: claim.try, step };
  };
}

async function recorded({ writes, logger }: ActivityDeps, record: AttemptRecord): Promise<boolean> {
  for (const waitMs of [...RECORD_RETRY_WAITS_MS, undefined]) {
    try {
      await writes.record(record);
      return true;
    } catch (error) {
      logger.warn({ deliveryId: record.deliveryId, err: error }, 'could not record an attempt yet');
      if (waitMs !== undefined) await delay(waitMs);
    }
  }
  return false;
}

/** The request with its signatures. Gives the claim back when that fails, for nothing was sent. */
async function signed({ writes, vault }: ActivityDeps, claim: AttemptClaim, startedAt: Date) {
  try {
    const secrets = claim.secretsSealed.map((sealed) => vault.open(sealed));
    const { headers, body } = signedRequest(profileOf(claim.profile), {
      event: claim.event,
      secrets,
      deliveryId: claim.deliveryId,
      attempt: claim.number,
      at: startedAt,
    });
    return {
      url: claim.url,
      headers: { ...claim.headers, ...headers },
      body,
      timeoutMs: claim.timeoutMs,
      secrets,
    };
  } catch (error) {
    await writes.release(claim);
    throw error;
  }
}

/** What an endpoint echoes of its own secret is not kept. */
function withoutSecrets(outcome: Outcome, secrets: readonly string[]): Outcome {
  if (outcome.kind !== 'answered') return outcome;
  const redact = (text: string) =>
    secrets.reduce((kept, secret) => kept.replaceAll(secret, '[redacted]'), text);
  const headers = Object.fromEntries(
    Object.entries(outcome.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(redact) : redact(value),
    ]),
  );
  return { ...outcome, headers, body: redact(outcome.body) };
}
