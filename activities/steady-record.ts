import type { AttemptRecord } from '../src/db/record.ts';

/** Of the time that an attempt took, its outcome waits for so much at most: a quick one waits for nobody. */
const SPREAD_OVER = 0.8;
/** No outcome waits longer: a process that dies meanwhile makes its attempt again. */
const LONGEST_WAIT_MS = 6000;
/** An attempt with its wait: a process that stops has 35 s for both, and for all that follows. */
const LONGEST_IN_ALL_MS = 33_000;
/** Those that are let out together share a statement, and what follows from it: to wake others, to sweep, to start a burst. */
const STEP_MS = 250;

/**
 * Has outcomes that come all at one moment, as those of endpoints that hang do, recorded steadily: to record each, to wake
 * another in its place and to start or wake its workflow would take the whole machine for seconds.
 *
 * @param atOnce so many such outcomes are spread over about the time that they took, or {@link LONGEST_WAIT_MS}; of more
 *   the rest waits no longer
 */
export function steadily<Answer>(
  record: (made: AttemptRecord) => Promise<Answer>,
  atOnce: (made: AttemptRecord) => number,
): (made: AttemptRecord) => Promise<Answer> {
  /** A record that failed, and is tried again, has had its turn. */
  const had = new WeakSet<AttemptRecord>();
  let nextAt = 0;

  async function turn(made: AttemptRecord): Promise<void> {
    had.add(made);
    const at = performance.now();
    const { durationMs } = made;
    const leftMs = Math.max(0, LONGEST_IN_ALL_MS - durationMs);
    const mostMs = Math.min(SPREAD_OVER * durationMs, LONGEST_WAIT_MS, leftMs);
    nextAt = Math.min(Math.max(nextAt, at) + mostMs / atOnce(made), at + LONGEST_WAIT_MS);
    const waitMs = Math.floor(Math.min(nextAt - at, mostMs) / STEP_MS) * STEP_MS;
    if (waitMs > 0) await new Promise((go) => setTimeout(go, waitMs));
  }

  return async (made) => {
    if (!had.has(made)) await turn(made);
    return record(made);
  };
}
