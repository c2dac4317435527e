import type { AttemptError, AttemptSummary, Outcome, Settled, Waiting } from './delivery.ts';
import { attemptsAllowed, parseRetryAfter, type RetryPolicy, waitAfter } from './schedule.ts';

/**
 * The class of an outcome; undefined is success. 2xx is success, 3xx is never followed, a 4xx is `rejected`
 * unless the endpoint retries it, everything else that answered is `server_error`.
 */
export function classify(outcome: Outcome, retryOn: readonly number[]): AttemptError | undefined {
  switch (outcome.kind) {
    case 'blocked':
      return 'blocked';
    case 'unreachable':
      return outcome.fault;
    case 'answered': {
      const { status } = outcome;
      if (status >= 200 && status < 300) return undefined;
      if (status >= 300 && status < 400) return 'redirect';
      if (status >= 400 && status < 500 && !retryOn.includes(status)) return 'rejected';
      return 'server_error';
    }
    default:
      return outcome satisfies never;
  }
}

/** What is known when an attempt has ended. */
export interface EndedAttempt {
  number: number;
  startedAt: Date;
  durationMs: number;
  outcome: Outcome;
}

/** What follows from an attempt: success and refusals end the delivery, every other failure waits its turn. */
export function decide(ended: EndedAttempt, policy: RetryPolicy, random: number): Settled | Waiting {
  const { number, startedAt, durationMs, outcome } = ended;
  const error = classify(outcome, policy.retryOn);
  const attempt: AttemptSummary = {
    number,
    startedAt: startedAt.toISOString(),
    durationMs,
    ...(outcome.kind === 'answered' && { responseStatus: outcome.status }),
    ...(error && { error }),
  };
  if (error === undefined) return { kind: 'settled', status: 'succeeded', attempt };
  if (error === 'blocked') return { kind: 'settled', status: 'failed', reason: 'blocked', attempt };
  if (error === 'rejected') {
    const reason = attempt.responseStatus === 410 ? 'gone' : 'rejected';
    return { kind: 'settled', status: 'failed', reason, attempt };
  }
  const endedAtMs = startedAt.getTime() + durationMs;
  const retryAfterMs = outcome.kind === 'answered' ? retryAfter(outcome.headers, endedAtMs) : undefined;
  const wait = waitAfter(number, policy, retryAfterMs, random);
  if (!wait) return { kind: 'settled', status: 'failed', reason: 'exhausted', attempt };
  return {
    kind: 'waiting',
    ...wait,
    until: new Date(endedAtMs + wait.waitMs).toISOString(),
    attemptsAllowed: attemptsAllowed(policy.scheduleS),
    attempt,
  };
}

function retryAfter(headers: Record<string, string | string[]>, nowMs: number): number | undefined {
  const value = headers['retry-after'];
  return parseRetryAfter(Array.isArray(value) ? value[0] : value, nowMs);
}
