import { availableParallelism } from 'node:os';

/** On two cores 50 ms, so that bursts and what goes on later keep their pace. */
const LETS_BY_MS = 100 / availableParallelism();

/** What can wait begins between two deliveries that go out quickly, where those feel it the least; after a while in any case. */
export interface Gap {
  /** How long to wait before the next one may begin, in milliseconds; 0 when it may. */
  waitMs(): number;
  /** Tells that one has begun. */
  taken(): void;
}

/** @param isBusy whether a delivery that goes out quickly, of an account that does not flood, is on its way */
export function createGap(isBusy: () => boolean): Gap {
  let letsBySince: number | undefined;
  return {
    waitMs() {
      if (!isBusy()) {
        letsBySince = undefined;
        return 0;
      }
      const now = performance.now();
      letsBySince ??= now;
      return Math.max(0, letsBySince + LETS_BY_MS - now);
    },
    taken() {
      letsBySince = undefined;
    },
  };
}
