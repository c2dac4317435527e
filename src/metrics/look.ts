import { setTimeout as delay } from 'node:timers/promises';

/** What was seen last is told for so long. */
const GOOD_FOR_MS = 60_000;

/**
 * Looks at something that costs, when it is asked, and at most so often. Whoever asks waits a little at most, and is
 * told what was seen last when there is nothing newer by then.
 *
 * @param options.everyMs default 15 s
 * @param options.withinMs default 1 s
 * @returns undefined while there is nothing to tell: the last look failed, or has not come back for a minute
 */
export function createLook<T>(
  read: () => Promise<T>,
  { everyMs = 15_000, withinMs = 1000 }: { everyMs?: number; withinMs?: number } = {},
): () => Promise<T | undefined> {
  let seen: { what: T; at: number } | undefined;
  let begunAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    begunAt = performance.now();
    try {
      const what = await read();
      seen = { what, at: performance.now() };
    } catch {
      // Why is told by those who need what is looked at.
      seen = undefined;
    }
  }

  return async () => {
    if (!looking && performance.now() - begunAt >= everyMs)
      looking = look().finally(() => {
        looking = undefined;
      });
    if (looking) await Promise.race([looking, delay(withinMs, undefined, { ref: false })]);
    return seen && performance.now() - seen.at < GOOD_FOR_MS ? seen.what : undefined;
  };
}
