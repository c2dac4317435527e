import { type Counts, count } from '../domain/counts.ts';

/** Shares out among the accounts how many deliveries may be in bursts at once: one has half of the room at most. */
export interface CarriedRoom {
  /** Whether there is room for a whole burst: many small ones would cost as much as as many large ones. */
  isFree(): boolean;
  /** Whether an account has room for a whole burst. */
  isFreeFor(accountId: string): boolean;
  /** Whether any of an account are carried now. */
  carries(accountId: string): boolean;
  /** Whether a burst that carries any of an account has waited for endpoints that hang, and has not ended. */
  hangs(accountId: string): boolean;
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
  const carriedOf: Counts = new Map();
  const hangingOf: Counts = new Map();
  let carried = 0;

  function countAll(counts: Counts, deliveries: readonly { accountId: string }[], step: 1 | -1): void {
    for (const { accountId } of deliveries) count(counts, accountId, step);
  }

  return {
    isFree: () => carried + burst <= most,
    isFreeFor: (accountId) => (carriedOf.get(accountId) ?? 0) + burst <= most / 2,
    carries: (accountId) => carriedOf.has(accountId),
    hangs: (accountId) => hangingOf.has(accountId),
    carry(deliveries, onRoom) {
      let countedIn: Counts | undefined = carriedOf;
      carried += deliveries.length;
      countAll(carriedOf, deliveries, 1);
      const moveTo = (counts: Counts | undefined) => {
        if (countedIn === carriedOf) carried -= deliveries.length;
        if (countedIn) countAll(countedIn, deliveries, -1);
        if (counts) countAll(counts, deliveries, 1);
        countedIn = counts;
        onRoom();
      };
      const patience = setTimeout(() => moveTo(hangingOf), CARRIED_FOR_MS).unref();
      return () => {
        clearTimeout(patience);
        moveTo(undefined);
      };
    },
  };
}
