/** A first-in-first-out queue that works on a bounded number of items at once and holds a bounded number more. */
export interface BoundedQueue<Item> {
  /** Settles when the item has been worked on, or at once when it was dropped because the queue is full. */
  push(item: Item): Promise<void>;
  /** How many more items it takes before it drops any. */
  room(): number;
  /** Forgets what has not begun. */
  drop(): void;
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
}

/** @param work must not throw */
export function createBoundedQueue<Item>(
  work: (item: Item) => Promise<void>,
  { maxInFlight, maxWaiting }: { maxInFlight: number; maxWaiting: number },
): BoundedQueue<Item> {
  let waiting: { item: Item; done: () => void }[] = [];
  const underWay = new Set<Promise<void>>();

  function next(): void {
    while (underWay.size < maxInFlight) {
      const first = waiting.shift();
      if (!first) return;
      const run: Promise<void> = work(first.item).finally(() => {
        underWay.delete(run);
        first.done();
        next();
      });
      underWay.add(run);
    }
  }

  return {
    push(item) {
      if (waiting.length >= maxWaiting) return Promise.resolve();
      return new Promise((done) => {
        waiting.push({ item, done });
        next();
      });
    },
    room: () => maxWaiting - waiting.length,
    drop() {
      for (const { done } of waiting) done();
      waiting = [];
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
