import { availableParallelism } from 'node:os';
import { createFairLine } from './fair-line.ts';
import type { Gap } from './gap.ts';

/** So few that whoever comes meanwhile hardly waits for them. */
const TAKEN_TOGETHER = 2 * availableParallelism();

/**
 * Then nothing for so many times as long as they took: others have three of four moments. On two cores a flood is taken in
 * at some 200 a second, which is more than goes out of it beside others.
 */
const RESTS_TIMES = 3;
/** And no longer than this: one that waited for somebody's lock says nothing of how busy it is. */
const MOST_REST_MS = 100;

/** Takes events in, so that a flood of one account is not in front of what others send. */
export interface Intake {
  /** Stores an event: at once, or in its account's turn. */
  take<Answer>(accountId: string, store: () => Promise<Answer>): Promise<Answer>;
  /** Looks again at what waits. */
  next(): void;
}

/**
 * Events of an account that is held back are stored a few at a time, in the gaps between what others send, and each in
 * the order in which it came.
 *
 * @param options.isHeldBack whether an account is, now
 * @param options.enter counts what somebody else sends as on its way until what it answers is called
 */
export function createIntake({
  isHeldBack,
  gap,
  enter,
}: {
  isHeldBack: (accountId: string) => boolean;
  gap: Gap;
  enter: (accountId: string) => () => void;
}): Intake {
  const line = createFairLine<() => Promise<void>>();
  let underWay = 0;
  let restsUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    clearTimeout(timer);
    for (const store of line.take(line.length, (accountId) => !isHeldBack(accountId))) void store();
    if (line.length === 0 || underWay > 0) return;
    const waitMs = Math.max(restsUntil - performance.now(), gap.waitMs());
    if (waitMs > 0) {
      timer = setTimeout(next, waitMs);
      return;
    }
    gap.taken();
    const begunAt = performance.now();
    for (const store of line.take(TAKEN_TOGETHER)) {
      underWay++;
      void store().finally(() => {
        underWay--;
        const now = performance.now();
        restsUntil = now + Math.min(MOST_REST_MS, RESTS_TIMES * (now - begunAt));
        next();
      });
    }
  }

  return {
    take(accountId, store) {
      // Whoever waits for its turn is not overtaken by what its own account sends later.
      if (!isHeldBack(accountId) && !line.has(accountId)) {
        const leave = enter(accountId);
        // Not before its deliveries are on their way.
        return store().finally(() => setImmediate(leave));
      }
      return new Promise((resolve, reject) => {
        line.push(accountId, () => store().then(resolve, reject));
        next();
      });
    },
    next,
  };
}
