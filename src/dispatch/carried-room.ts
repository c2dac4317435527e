/** Shares out among the accounts how many deliveries may be in bursts at once: one has half of the room at most. */
export interface CarriedRoom {
  /** Whether there is room for a whole burst: many small ones would cost as much as as many large ones. */
  isFree(): boolean;
  /** Whether an account has room for a whole burst. */
  isFreeFor(accountId: string): boolean;
  /** Whether any of an account are carried now. */
  carries(accountId: string): boolean;
  /**
   * Counts the deliveries of a burst as carried, until what it answers is called; more than once is once.
   *
   * @param onRoom called when there is room again
   */
  carry(deliveries: readonly { accountId: string }[], onRoom: () => void): () => void;
}

/** A burst that takes longer waits for endpoints that hang; it makes room for others meanwhile. */
const CARRIED_FOR_MS = 3000;

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
    carry(deliveries, onRoom) {
      count(deliveries, 1);
      let isCounted = true;
      const release = () => {
        clearTimeout(patience);
        if (isCounted) count(deliveries, -1);
        isCounted = false;
        onRoom();
      };
      const patience = setTimeout(release, CARRIED_FOR_MS).unref();
      return release;
    },
  };
}
