import { setTimeout as delay } from 'node:timers/promises';

/**
 * Gathers single calls into runs that carry many: while one run is in flight the next calls wait together, so
 * a quiet system pays no delay and a busy one pays one statement for many rows.
 *
 * @param run answers every item, in order; a failure is everybody's, except that a run of several which fails
 *   for one item's content (SQLSTATE class 22 or 23) is repeated one by one, so that one bad row hurts no other,
 *   and one that lost to another transaction (class 40: deadlock) is repeated as it was
 * @param options.max items per run, default 100: each of two hundred costs a tenth less, but whoever comes meanwhile
 *   waits for all of them
 * @param options.runs runs in flight at once, default 2
 * @param options.lingerMs how long the first waits for others, in milliseconds; default: a turn of the event loop
 */
export function gather<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  { max = 100, runs = 2, lingerMs }: { max?: number; runs?: number; lingerMs?: number } = {},
): (item: Item) => Promise<Answer> {
  type Call = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void };
  const waiting: Call[] = [];
  let inFlight = 0;

  async function answer(calls: Call[], repeats = 3): Promise<void> {
    try {
      const answers = await run(calls.map(({ item }) => item));
      calls.forEach((call, index) => {
        call.resolve(answers[index] as Answer);
      });
    } catch (error) {
      if (repeats > 0 && isOf(error, '40')) await answer(calls, repeats - 1);
      else if (calls.length > 1 && isOf(error, '22', '23')) for (const call of calls) await answer([call]);
      else for (const call of calls) call.reject(error);
    }
  }

  async function drain(): Promise<void> {
    inFlight++;
    // One turn of the event loop lets calls made together travel together.
    await (lingerMs === undefined ? new Promise(setImmediate) : delay(lingerMs));
    while (waiting.length > 0) await answer(waiting.splice(0, max));
    inFlight--;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (inFlight < runs) void drain();
    });
}

function isOf(error: unknown, ...classes: string[]): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && classes.includes(code.slice(0, 2));
}
