import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { AttemptClaim, ClaimRequest, Unclaimed } from '../src/db/attempt-claim.ts';
import type { AttemptRecord } from '../src/db/record.ts';
import { openInForce, SealBroken, type Vault } from '../src/db/vault.ts';
import { decide, type EndedAttempt } from '../src/domain/decide.ts';
import type { Settled } from '../src/domain/delivery.ts';
import { UnknownDelivery } from '../src/domain/errors.ts';
import { profileOf } from '../src/profiles/registry.ts';
import { signedRequest } from '../src/profiles/signed-request.ts';
import { createAdmission } from './admission.ts';
import type { AttemptInput, AttemptResult } from './attempt-input.ts';
import type { ActivityDeps, BurstDeps } from './deps.ts';
import { logAttempt, toRecord } from './made-attempt.ts';
import { redacted } from './redact.ts';

/**
 * How long before and after the POST, which takes up to 30 s: in all less than the minute that the workflow gives
 * an attempt, for one that overruns it is repeated, POST and all; in this process the repeat joins it.
 */
const BEFORE_POST_MS = 4000;
const RECORD_WITHIN_MS = 10_000;
/** When to try again to write an outcome down before handing it to the workflow. */
const RECORD_RETRY_WAITS_MS = [200, 1000, 3000];

/**
 * One attempt: claim it, sign it, POST it, record it.
 *
 * The claim row is written before the POST, so a repeat of the activity after a crash finds it: a finished
 * attempt is answered from its record without another POST, an unfinished one is marked `interrupted` and
 * goes out again with the same ids. The subscriber's answer never throws; what throws is our own fault
 * (database, keys, egress proxy), which the activity's retry policy repeats without using up an attempt.
 */
export function createAttempt(deps: ActivityDeps) {
  const admit = createAdmission(deps);
  return function attempt(input: AttemptInput): Promise<AttemptResult> {
    const { deliveryId, number, inTask = false } = input;
    return admit(input, async () => {
      const made = await makeAttempt(deps, { deliveryId, number });
      switch (made.kind) {
        case 'under_way':
          // Outside a workflow task the wait costs nobody anything.
          if (inTask) return { kind: 'due', apart: true };
          throw underWayElsewhere(made.forMs);
        case 'crowded':
        case 'parked':
          throw new Error('only a burst is told that there is no room');
        default:
          return made;
      }
    });
  };
}

/** @returns why there was nothing to attempt, where another workflow or another time is meant to */
export async function makeAttempt(deps: BurstDeps, wanted: ClaimRequest): Promise<AttemptResult | Unclaimed> {
  const begunAt = performance.now();
  const answer = await deps.writes.claim(wanted);
  switch (answer.kind) {
    case 'unknown':
      throw new UnknownDelivery(wanted.deliveryId);
    case 'step':
      return answer.step;
    case 'under_way':
    case 'crowded':
    case 'parked':
      return answer;
  }

  const { claim } = answer;
  deps.turns.learn(claim.endpointId, claim.maxConcurrency);
  const request = await orGiveBack(deps, claim, () => signed(deps, claim));
  if (request === 'unreadable') return unreadable(deps, claim);
  const postedAt = performance.now();
  const outcome = await orGiveBack(deps, claim, () => {
    if (postedAt - begunAt > BEFORE_POST_MS)
      throw new Error('the database took too long to claim an attempt');
    return deps.taskRoom.watch(claim.endpointId, deps.post(request));
  });
  const ended: EndedAttempt = {
    number: claim.number,
    startedAt: claim.startedAt,
    durationMs: Math.round(performance.now() - postedAt),
    outcome: redacted(outcome, request.secrets),
  };
  const step = decide(ended, claim.policy, Math.random());
  logAttempt(deps.logger, { claim, ended, step });
  deps.attempted?.({ claim, ended, step, tookMs: performance.now() - begunAt });

  const isRecorded = await recordedInTime(deps, toRecord(claim, ended, step));
  return isRecorded ? step : { kind: 'unrecorded', number: claim.number, try: claim.try, step };
}

/** Another process has begun it and may be about to tell its outcome: Temporal asks again when that time is over. */
function underWayElsewhere(forMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'the attempt is under way in another process, or was when that died',
    type: 'UnderWay',
    nextRetryDelay: forMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Gives the claim back when something of ours failed before anything was sent. */
async function orGiveBack<T>(deps: BurstDeps, claim: AttemptClaim, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await deps.writes.release(claim);
    throw error;
  }
}

/** Many a second must not leave a timer behind each, so this is no race with a delay. */
function recordedInTime(deps: BurstDeps, record: AttemptRecord): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, RECORD_WITHIN_MS, false);
    timer.unref();
    recorded(deps, record)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}

async function recorded({ writes, logger }: BurstDeps, record: AttemptRecord): Promise<boolean> {
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

/** The request with its signatures. @throws when a key is missing, which the operator can mend */
function signed({ vault }: BurstDeps, claim: AttemptClaim) {
  const secrets = opened(vault, claim);
  if (!secrets) return 'unreadable';
  const { headers, body } = signedRequest(profileOf(claim.profile), {
    event: claim.event,
    secrets,
    deliveryId: claim.deliveryId,
    attempt: claim.number,
    at: claim.startedAt,
  });
  return {
    url: claim.url,
    headers: { ...claim.headers, ...headers },
    body,
    timeoutMs: claim.timeoutMs,
    secrets,
  };
}

/** Undefined when the one that signs now is damaged. */
function opened(vault: Vault, { secretsSealed }: AttemptClaim): string[] | undefined {
  try {
    return openInForce(vault, secretsSealed);
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}

/** What is damaged stays damaged: waiting would only hide it. */
async function unreadable({ writes, logger }: BurstDeps, claim: AttemptClaim): Promise<Settled> {
  const { deliveryId, endpointId } = claim;
  logger.error({ deliveryId, endpointId }, 'the secret of an endpoint cannot be opened: rotate it');
  await writes.release(claim);
  return writes.settle(deliveryId, 'failed', 'secret_unreadable');
}
