import { type Counts, count } from '../src/domain/counts.ts';
import { DEFAULT_MAX_CONCURRENCY } from '../src/domain/schedule.ts';

/**
 * Lets attempts at one endpoint wait for each other here, in the worker, before they are claimed. How many may be
 * under way is settled in the database, over all workers; but to be parked and woken costs more than a quick
 * endpoint's answer takes, so a short wait comes first.
 */
export interface EndpointTurns {
  /**
   * Does `work` when fewer are under way here than the endpoint may get, or after a while anyway.
   *
   * @param options.otherwise done instead after that while
   */
  inTurn<T>(endpointId: string, work: () => Promise<T>, options?: { otherwise?: () => T }): Promise<T>;
  /** Takes a place now; false where there is none. */
  hold(endpointId: string): boolean;
  /** Gives back a place that was taken. */
  leave(endpointId: string): void;
  /** Whether as many are under way here as the endpoint may get. */
  isFull(endpointId: string): boolean;
  /** Tells how many an endpoint may get at a time. */
  learn(endpointId: string, maxConcurrency: number): void;
}

/** Longer waits are for the database to see. */
const LONGEST_WAIT_MS = 3000;

/** Endpoints whose limit is remembered, when it is not the default. */
const MOST_LEARNED = 10_000;

export function createEndpointTurns(longestWaitMs = LONGEST_WAIT_MS): EndpointTurns {
  const underWay: Counts = new Map();
  const waiting = new Map<string, Set<() => void>>();
  const learned = new Map<string, number>();

  const limitOf = (endpointId: string) => learned.get(endpointId) ?? DEFAULT_MAX_CONCURRENCY;

  const isFull = (endpointId: string) => (underWay.get(endpointId) ?? 0) >= limitOf(endpointId);

  function hold(endpointId: string): boolean {
    if (isFull(endpointId)) return false;
    count(underWay, endpointId, 1);
    return true;
  }

  /** Takes room at the endpoint, now or when there is some; whether there was, or `anyway`, in a while. */
  async function enter(endpointId: string, anyway: boolean): Promise<boolean> {
    if (hold(endpointId)) return true;
    const line = waiting.get(endpointId) ?? new Set();
    waiting.set(endpointId, line);
    return new Promise((resolve) => {
      const end = (enters: boolean) => {
        clearTimeout(timer);
        line.delete(go);
        if (line.size === 0) waiting.delete(endpointId);
        if (enters) count(underWay, endpointId, 1);
        resolve(enters);
      };
      const go = () => end(true);
      const timer = setTimeout(end, longestWaitMs, anyway);
      line.add(go);
    });
  }

  function leave(endpointId: string): void {
    count(underWay, endpointId, -1);
    const [next] = waiting.get(endpointId) ?? [];
    if (!isFull(endpointId)) next?.();
  }

  return {
    hold,
    leave,
    isFull,
    async inTurn(endpointId, work, { otherwise } = {}) {
      const enters = await enter(endpointId, otherwise === undefined);
      if (!enters && otherwise) return otherwise();
      try {
        return await work();
      } finally {
        leave(endpointId);
      }
    },
    learn(endpointId, maxConcurrency) {
      learned.delete(endpointId);
      if (maxConcurrency === DEFAULT_MAX_CONCURRENCY) return;
      learned.set(endpointId, maxConcurrency);
      const [oldest] = learned.keys();
      if (learned.size > MOST_LEARNED && oldest !== undefined) learned.delete(oldest);
    },
  };
}
