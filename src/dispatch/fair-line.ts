/** Items that wait, each of an owner. Whose turn it is goes round among the owners; each owner's items keep their order. */
export interface FairLine<Item> {
  readonly length: number;
  /** Whether any of this owner waits. */
  has(owner: string): boolean;
  push(owner: string, item: Item): void;
  /**
   * Takes the next items, one of each owner in turn.
   *
   * @param most how many at most
   * @param may whose items may be taken; the others keep their place
   */
  take(most: number, may?: (owner: string) => boolean): Item[];
  /** Takes away the latest item of the owner who has most waiting. */
  dropLatest(): Item | undefined;
}

export function createFairLine<Item>(): FairLine<Item> {
  /** By owner; whoever is first is next. */
  const lines = new Map<string, Item[]>();
  let length = 0;

  return {
    get length() {
      return length;
    },
    has: (owner) => lines.has(owner),
    push(owner, item) {
      const line = lines.get(owner);
      if (line) line.push(item);
      else lines.set(owner, [item]);
      length++;
    },
    take(most, may = () => true) {
      const taken: Item[] = [];
      const passed: [string, Item[]][] = [];
      while (taken.length < most) {
        const [next] = lines;
        if (!next) break;
        const [owner, line] = next;
        lines.delete(owner);
        if (may(owner)) {
          taken.push(line.shift() as Item);
          length--;
          if (line.length > 0) lines.set(owner, line);
        } else passed.push(next);
      }
      // Passed over, they are the next ones.
      if (passed.length > 0) {
        const rest = [...lines];
        lines.clear();
        for (const [owner, line] of [...passed, ...rest]) lines.set(owner, line);
      }
      return taken;
    },
    dropLatest() {
      const [first, ...others] = lines;
      if (!first) return undefined;
      const [owner, longest] = others.reduce((a, b) => (b[1].length > a[1].length ? b : a), first);
      if (longest.length === 1) lines.delete(owner);
      length--;
      return longest.pop();
    },
  };
}
