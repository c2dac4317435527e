import type { AttemptRecord } from '../db/record.ts';
import { MOST_CARRIED } from '../domain/burst.ts';

/** Of the time that an attempt took, its outcome waits for so much at most: a quick one waits for nobody. */
const SPREAD_OVER = 0.8;
/**
 * No outcome waits longer: a process that dies meanwhile makes its attempt again, and one that stops has 35 s for a POST of
 * 30 s and all that follows.
 */
const LONGEST_WAIT_MS = 3000;
/** Those that are let out together share a statement. */
const STEP_MS = 50;

/**
 * Has outcomes that come all at one moment, as those of endpoints that hang do, recorded steadily: to record each, to wake
 * another in its place and to start its workflow would take the whole machine for seconds. As many as a process carries
 * are spread over about the time that they took, or {@link LONGEST_WAIT_MS}; of more the rest waits no longer.
 */
export function steadily<Answer>(
  record: (made: AttemptRecord) => Promise<Answer>,
): (made: AttemptRecord) => Promise<Answer> {
  /** A record that failed, and is tried again, has had its turn. */
  const had = new WeakSet<AttemptRecord>();
  let nextAt = 0;

  async function turn(made: AttemptRecord): Promise<void> {
    had.add(made);
    const at = performance.now();
    const mostMs = Math.min(SPREAD_OVER * made.durationMs, LONGEST_WAIT_MS);
    nextAt = Math.min(Math.max(nextAt, at) + mostMs / MOST_CARRIED, at + LONGEST_WAIT_MS);
    const waitMs = Math.floor(Math.min(nextAt - at, mostMs) / STEP_MS) * STEP_MS;
    if (waitMs > 0) await new Promise((go) => setTimeout(go, waitMs));
  }

  return async (made) => {
    if (!had.has(made)) await turn(made);
    return record(made);
  };
}
