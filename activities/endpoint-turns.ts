import { DEFAULT_MAX_CONCURRENCY } from '../src/domain/schedule.ts';

/**
 * Lets attempts at one endpoint wait for each other here, in the worker, before they are claimed. How many may be
 * under way is settled in the database, over all workers; but to be parked and woken costs more than a quick
 * endpoint's answer takes, so a short wait comes first.
 */
export interface EndpointTurns {
  /** Resolves when fewer are under way here than the endpoint may get, or after a while anyway. Call what it gives when over. */
  take(endpointId: string): Promise<() => void>;
  /** Tells how many an endpoint may get at a time. */
  learn(endpointId: string, maxConcurrency: number): void;
}

/** Longer waits are for the database to see. */
const LONGEST_WAIT_MS = 3000;

/** Endpoints whose limit is remembered, when it is not the default. */
const MOST_LEARNED = 10_000;

export function createEndpointTurns(longestWaitMs = LONGEST_WAIT_MS): EndpointTurns {
  const underWay = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  const learned = new Map<string, number>();

  const limitOf = (endpointId: string) => learned.get(endpointId) ?? DEFAULT_MAX_CONCURRENCY;

  function begin(endpointId: string): () => void {
    underWay.set(endpointId, (underWay.get(endpointId) ?? 0) + 1);
    return () => {
      const left = (underWay.get(endpointId) ?? 1) - 1;
      if (left > 0) underWay.set(endpointId, left);
      else underWay.delete(endpointId);
      const [next] = waiting.get(endpointId) ?? [];
      if (left < limitOf(endpointId)) next?.();
    };
  }

  return {
    take(endpointId) {
      if ((underWay.get(endpointId) ?? 0) < limitOf(endpointId)) return Promise.resolve(begin(endpointId));
      const line = waiting.get(endpointId) ?? new Set();
      waiting.set(endpointId, line);
      return new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer);
          line.delete(go);
          if (line.size === 0) waiting.delete(endpointId);
          resolve(begin(endpointId));
        };
        const timer = setTimeout(go, longestWaitMs);
        line.add(go);
      });
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
