import { gather } from './gather.ts';

/**
 * Gathers calls as `gather` does, those of each key apart: what holds up one key holds up no other.
 *
 * @param run answers every item, in order; all are of one key
 * @param options.keys in flight at once, each of which may take a connection; more wait in line
 */
export function gatherEach<Item, Answer>(
  keyOf: (item: Item) => string,
  run: (items: Item[]) => Promise<Answer[]>,
  { keys }: { keys: number },
): (item: Item) => Promise<Answer> {
  const gathered = new Map<string, { call: (item: Item) => Promise<Answer>; callers: number }>();
  const line: (() => void)[] = [];
  let free = keys;

  async function inTurn(items: Item[]): Promise<Answer[]> {
    if (free > 0) free--;
    else await new Promise<void>((go) => line.push(go));
    try {
      return await run(items);
    } finally {
      const next = line.shift();
      if (next) next();
      else free++;
    }
  }

  return async (item) => {
    const key = keyOf(item);
    const own = gathered.get(key) ?? { call: gather(inTurn, { runs: 1 }), callers: 0 };
    gathered.set(key, own);
    own.callers++;
    try {
      return await own.call(item);
    } finally {
      own.callers--;
      if (own.callers === 0) gathered.delete(key);
    }
  };
}
