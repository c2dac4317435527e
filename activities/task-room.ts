/** Whose attempt wants to run inside a workflow task. */
export interface Rider {
  accountId: string;
  endpointId: string;
}

/**
 * Shares out the room that attempts have inside workflow tasks. An attempt there is the cheapest, but holds one of
 * the worker's few task slots while the receiver thinks: those of slow endpoints, and of an account that has
 * much under way, go out as activities of their own instead, of which there may be thousands.
 */
export interface TaskRoom {
  /** Does `work` now, or answers `otherwise` at once when there is no room for it. */
  ride<T>(rider: Rider, work: () => Promise<T>, otherwise: T): Promise<T>;
}

/** Most attempts inside workflow tasks at once, of all and of one account; the worker has 200 slots. */
const MOST_RIDES = 128;
const MOST_RIDES_OF_ACCOUNT = 64;

/** An attempt that takes longer marks its endpoint as slow, for a while. */
const SLOW_AFTER_MS = 1000;
const SLOW_FOR_MS = 60_000;

export function createTaskRoom(now: () => number = () => performance.now()): TaskRoom {
  /** When each ride began, oldest first, by endpoint. */
  const underWay = new Map<string, number[]>();
  const ofAccount = new Map<string, number>();
  /** Until when an endpoint counts as slow, longest ago first. */
  const slowUntil = new Map<string, number>();
  let rides = 0;

  function isSlow(endpointId: string): boolean {
    const [oldest] = underWay.get(endpointId) ?? [];
    if (oldest !== undefined && now() - oldest > SLOW_AFTER_MS) return true;
    for (const [id, until] of slowUntil) {
      if (until > now()) break;
      slowUntil.delete(id);
    }
    return slowUntil.has(endpointId);
  }

  function begin({ accountId, endpointId }: Rider, at: number): void {
    rides++;
    ofAccount.set(accountId, (ofAccount.get(accountId) ?? 0) + 1);
    const begun = underWay.get(endpointId);
    if (begun) begun.push(at);
    else underWay.set(endpointId, [at]);
  }

  function end({ accountId, endpointId }: Rider, at: number): void {
    rides--;
    const left = (ofAccount.get(accountId) ?? 1) - 1;
    if (left > 0) ofAccount.set(accountId, left);
    else ofAccount.delete(accountId);
    const begun = underWay.get(endpointId) ?? [];
    begun.splice(begun.indexOf(at), 1);
    if (begun.length === 0) underWay.delete(endpointId);
    if (now() - at <= SLOW_AFTER_MS) return;
    slowUntil.delete(endpointId);
    slowUntil.set(endpointId, now() + SLOW_FOR_MS);
  }

  return {
    async ride(rider, work, otherwise) {
      const isFull = rides >= MOST_RIDES || (ofAccount.get(rider.accountId) ?? 0) >= MOST_RIDES_OF_ACCOUNT;
      if (isFull || isSlow(rider.endpointId)) return otherwise;
      const at = now();
      begin(rider, at);
      try {
        return await work();
      } finally {
        end(rider, at);
      }
    },
  };
}
