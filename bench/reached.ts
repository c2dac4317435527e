import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';

/** Longest time in which a count may stand still. */
const STALLED_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Waits until a count is there. @throws Error when it stands still for a minute */
export async function reached(count: () => number, wanted: number, what: string): Promise<void> {
  let last = count();
  let movedAtMs = nowMs();
  while (last < wanted) {
    if (nowMs() - movedAtMs > STALLED_AFTER_MS)
      throw new Error(`${last} of ${wanted} ${what}, and none for ${STALLED_AFTER_MS / 1000} s`);
    await delay(LOOK_EVERY_MS);
    const now = count();
    if (now > last) movedAtMs = nowMs();
    last = now;
  }
}
