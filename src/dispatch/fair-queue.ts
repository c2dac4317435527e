/**
 * A queue that works on a bounded number of items at once and holds a bounded number more. Whose turn it is goes
 * round among the owners, and each owner's items come in their order, so that a flood of one delays the others by
 * one item, not by all of it.
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
  /** By owner; whoever is first is next. */
  const lines = new Map<string, Waiting<Item>[]>();
  const underWay = new Set<Promise<void>>();
  let waiting = 0;

  function takeNext(): Waiting<Item> | undefined {
    for (const [owner, line] of lines) {
      lines.delete(owner);
      const first = line.shift();
      if (line.length > 0) lines.set(owner, line);
      waiting--;
      return first;
    }
    return undefined;
  }

  function dropLatest(): void {
    const [owner, longest] = [...lines].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    longest.pop()?.done();
    if (longest.length === 0) lines.delete(owner);
    waiting--;
  }

  function next(): void {
    while (underWay.size < maxInFlight) {
      const first = takeNext();
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
    push(owner, item) {
      return new Promise((done) => {
        const line = lines.get(owner);
        if (line) line.push({ item, done });
        else lines.set(owner, [{ item, done }]);
        waiting++;
        next();
        if (waiting > maxWaiting) dropLatest();
      });
    },
    room: () => maxWaiting - waiting,
    drop() {
      for (const line of lines.values()) for (const { done } of line) done();
      lines.clear();
      waiting = 0;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
