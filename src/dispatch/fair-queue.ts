import { createFairLine } from './fair-line.ts';

/**
 * A queue that works on a bounded number of items at once and holds a bounded number more. Whose turn it is goes
 * round among the owners, so that a flood of one delays the others by one item, not by all of it.
 */
export interface FairQueue<Item> {
  /**
   * Settles when the item has been worked on, or when it was dropped because the queue is full: then the owner who
   * has most waiting loses its latest.
   */
  push(owner: string, item: Item): Promise<void>;
  /** How many more items it takes before it drops any. */
  room(): number;
  /** Forgets what has not begun. */
  drop(): void;
  /** Settles when nothing is under way. */
  idle(): Promise<void>;
}

interface Waiting<Item> {
  item: Item;
  done: () => void;
}

/** @param work must not throw */
export function createFairQueue<Item>(
  work: (item: Item) => Promise<void>,
  { maxInFlight, maxWaiting }: { maxInFlight: number; maxWaiting: number },
): FairQueue<Item> {
  const line = createFairLine<Waiting<Item>>();
  const underWay = new Set<Promise<void>>();

  function next(): void {
    for (const { item, done } of line.take(maxInFlight - underWay.size)) {
      const run: Promise<void> = work(item).finally(() => {
        underWay.delete(run);
        done();
        next();
      });
      underWay.add(run);
    }
  }

  return {
    push(owner, item) {
      return new Promise((done) => {
        line.push(owner, { item, done });
        next();
        if (line.length > maxWaiting) line.dropLatest()?.done();
      });
    },
    room: () => maxWaiting - line.length,
    drop() {
      for (const { done } of line.take(line.length)) done();
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
