import type { AttemptRecord } from '../db/record.ts';
import { MOST_CARRIED } from '../domain/burst.ts';

/** Of the time that attempts took, so much is taken to record all that ended together. */
const SPREAD_OVER = 0.8;
/** An outcome waits no longer, for a process that dies meanwhile makes its attempt again. */
const LONGEST_WAIT_MS = 5000;
/** Those that are let out together share a statement. */
const STEP_MS = 50;

/**
 * Has outcomes that come all at one moment, as those of endpoints that hang do, recorded steadily: to record each, to wake
 * another in its place and to start its workflow would take the whole machine for seconds. Attempts that took as long and
 * were begun one after another would not end faster, so nothing is slowed in the long run; quick ones do not wait.
 */
export function steadily<Answer>(
  record: (made: AttemptRecord) => Promise<Answer>,
): (made: AttemptRecord) => Promise<Answer> {
  let nextAt = 0;
  return async (made) => {
    const at = performance.now();
    const eachMs = Math.min(SPREAD_OVER * made.durationMs, LONGEST_WAIT_MS) / MOST_CARRIED;
    nextAt = Math.min(Math.max(nextAt, at) + eachMs, at + LONGEST_WAIT_MS);
    const waitMs = Math.floor((nextAt - at) / STEP_MS) * STEP_MS;
    if (waitMs > 0) await new Promise((go) => setTimeout(go, waitMs));
    return record(made);
  };
}
