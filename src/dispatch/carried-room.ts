/** Shares out among the accounts how many deliveries may be in bursts at once: one has half of the room at most. */
export interface CarriedRoom {
  /** Whether there is room for a whole burst: many small ones would cost as much as as many large ones. */
  isFree(): boolean;
  /** Whether an account has room for a whole burst. */
  isFreeFor(accountId: string): boolean;
  /** Whether any of an account are carried now. */
  carries(accountId: string): boolean;
  /** Counts deliveries as carried, until what it answers is called; more than once is once. */
  carry(deliveries: readonly { accountId: string }[]): () => void;
}

/**
 * @param most deliveries in all
 * @param burst deliveries in one burst at most
 */
export function createCarriedRoom(most: number, burst: number): CarriedRoom {
  const carriedOf = new Map<string, number>();
  let carried = 0;

  function count(deliveries: readonly { accountId: string }[], step: 1 | -1): void {
    carried += step * deliveries.length;
    for (const { accountId } of deliveries) {
      const now = (carriedOf.get(accountId) ?? 0) + step;
      if (now > 0) carriedOf.set(accountId, now);
      else carriedOf.delete(accountId);
    }
  }

  return {
    isFree: () => carried + burst <= most,
    isFreeFor: (accountId) => (carriedOf.get(accountId) ?? 0) + burst <= most / 2,
    carries: (accountId) => carriedOf.has(accountId),
    carry(deliveries) {
      count(deliveries, 1);
      let isCounted = true;
      return () => {
        if (isCounted) count(deliveries, -1);
        isCounted = false;
      };
    },
  };
}
