/** Shares out among the accounts how many deliveries may be in bursts at once: one has half of the room at most. */
export interface CarriedRoom {
  /** How many more may be carried. */
  left(): number;
  /** Tells, while a burst is gathered, whether the next delivery of an account may join it. */
  gathering(): (accountId: string) => boolean;
  /** Counts deliveries as carried, until what it answers is called; more than once is once. */
  carry(deliveries: readonly { accountId: string }[]): () => void;
}

export function createCarriedRoom(most: number): CarriedRoom {
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
    left: () => most - carried,
    gathering() {
      const gathered = new Map<string, number>();
      return (accountId) => {
        const now = (gathered.get(accountId) ?? 0) + 1;
        if ((carriedOf.get(accountId) ?? 0) + now > most / 2) return false;
        gathered.set(accountId, now);
        return true;
      };
    },
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
