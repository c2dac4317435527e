import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStarts } from '../../src/dispatch/starts.ts';
import type { CommittedDelivery } from '../../src/domain/delivery.ts';
import { createLogger } from '../../src/log.ts';

/** A minute: longer than anything is kept waiting here, and than a burst is given. */
const LONG_MS = 60_000;
/** Deliveries that a burst holds at most. */
const FULL = 200;
/** Starts that may come at once after a quiet time. */
const SAVED = 32;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

let made = 0;

function someOf(accountId: string, count: number, more: Partial<CommittedDelivery> = {}) {
  return Array.from(
    { length: count },
    (): CommittedDelivery => ({
      id: `dlv_${++made}`,
      accountId,
      endpointId: `ep_${accountId}`,
      eventType: 'order.completed',
      ...more,
    }),
  );
}

const idsOf = (deliveries: readonly CommittedDelivery[]) => deliveries.map(({ id }) => id);

interface Behaviour {
  bursts?: 'on' | 'off' | 'always';
  maxInFlight?: number;
  /** Whether a start that is asked for fails. */
  fails?: () => boolean;
  /** Whether bursts end at once; else when the test says so. */
  endAtOnce?: boolean;
  /** How long the start of one alone takes. Default: none. */
  startMs?: () => number;
  /** When starts are noted; at once, unless said. */
  noted?: Promise<void>;
  /** When attempts begin, where that is known. */
  begun?: Promise<void>;
}

/** The starts of a relay, and what came of them. */
function startsWith({ bursts = 'on', fails = () => false, endAtOnce = true, ...how }: Behaviour = {}) {
  const alone: string[] = [];
  const together: string[][] = [];
  const ends: (() => void)[] = [];
  let under = 0;
  let most = 0;
  const starts = createStarts(
    {
      async alone(delivery) {
        alone.push(delivery.id);
        most = Math.max(most, ++under);
        if (how.startMs) await new Promise((go) => setTimeout(go, how.startMs?.()));
        under--;
        if (fails()) throw new Error('Temporal is away');
        return { begun: how.begun, noted: how.noted ?? Promise.resolve() };
      },
      together:
        bursts === 'off'
          ? undefined
          : async (deliveries) => {
              together.push(idsOf(deliveries));
              if (fails()) throw new Error('Temporal is away');
              const ended = endAtOnce ? Promise.resolve() : new Promise<void>((end) => ends.push(end));
              return { ended };
            },
      logger: createLogger('silent'),
    },
    {
      alwaysTogether: bursts === 'always',
      ...(how.maxInFlight !== undefined && { maxInFlight: how.maxInFlight }),
    },
  );
  return {
    ...starts,
    alone,
    together,
    mostAtOnce: () => most,
    started: () => [...alone, ...together.flat()],
    endAll() {
      for (const end of ends.splice(0)) end();
    },
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('what was just committed', () => {
  test('is started at once, each in a workflow of its own, as long as that keeps up', async () => {
    const { push, alone, together } = startsWith();
    const few = someOf('a', 10);
    push(few);
    await pass(0);
    expect(alone).toEqual(idsOf(few));
    expect(together).toEqual([]);
  });

  test('goes out in bursts when more comes than that bears, soon, and each delivery in one', async () => {
    const { push, alone, together, started } = startsWith();
    const many = someOf('a', 3 * FULL + 50);
    push(many);
    await pass(1000);
    expect(alone).toEqual(idsOf(many.slice(0, SAVED)));
    expect(Math.max(...together.map(({ length }) => length))).toBe(FULL);
    expect(together.length).toBeLessThan(8);
    expect(started().sort()).toEqual(idsOf(many).sort());
  });

  test('goes out one by one again when things are calm', async () => {
    const { push, alone } = startsWith();
    push(someOf('a', FULL));
    await pass(LONG_MS);
    const later = someOf('a', 1);
    push(later);
    await pass(0);
    expect(alone.slice(SAVED)).toEqual(idsOf(later));
  });

  test('is gathered a little: what trickles in fast makes few bursts', async () => {
    const { push, together, started } = startsWith();
    for (let n = 0; n < 1000; n++) {
      push(someOf('a', 1));
      await pass(1);
    }
    await pass(1000);
    expect(started()).toHaveLength(1000);
    expect(together.length).toBeLessThan(40);
  });

  test('waits behind nobody when a burst would carry it alone', async () => {
    const { push, alone, together } = startsWith();
    const many = someOf('a', SAVED + FULL + 1);
    push(many);
    await pass(1000);
    expect(together).toHaveLength(1);
    expect(alone.at(-1)).toEqual(many.at(-1)?.id);
  });

  test('goes out in bursts from the first where that is asked for', async () => {
    const { push, alone, together } = startsWith({ bursts: 'always' });
    const one = someOf('a', 1);
    push(one);
    await pass(1000);
    expect([alone, together]).toEqual([[], [idsOf(one)]]);
  });

  test('goes out alone, as many as may be under way, where bursts are off', async () => {
    const { push, started, together, mostAtOnce } = startsWith({
      bursts: 'off',
      maxInFlight: 8,
      startMs: () => 10,
    });
    const many = someOf('a', 500);
    push(many);
    await pass(LONG_MS);
    expect(together).toEqual([]);
    expect(started().sort()).toEqual(idsOf(many).sort());
    expect(mostAtOnce()).toBe(8);
  });

  test('is not started again by the sweep before its start is noted', async () => {
    let note = () => {};
    const noted = new Promise<void>((done) => {
      note = done;
    });
    const { push, pushSwept, started } = startsWith({ noted });
    const one = someOf('a', 1);
    push(one);
    await pass(10);
    pushSwept(one, false);
    await pass(10);
    expect(started()).toEqual(idsOf(one));
    note();
    await pass(10);
    // Whoever finds it in the outbox now knows that it was not noted after all.
    pushSwept(one, false);
    await pass(10);
    expect(started()).toHaveLength(2);
  });

  test('is started once, though the sweep finds it meanwhile', async () => {
    const { push, pushSwept, started } = startsWith({ bursts: 'always', endAtOnce: false });
    const some = someOf('a', 20);
    push(some);
    pushSwept(some, false);
    await pass(1000);
    pushSwept(some, false);
    await pass(LONG_MS);
    expect(started().sort()).toEqual(idsOf(some).sort());
  });

  test('by somebody who waits for it is started at once, before a flood of the same account', async () => {
    const { push, alone } = startsWith({ endAtOnce: false });
    push(someOf('a', 2000));
    const mine = someOf('a', 1);
    push(mine, { byHand: true });
    await pass(0);
    expect(alone.slice(SAVED)).toEqual(idsOf(mine));
  });

  test('by an account that keeps to the pace goes out alone at once, beside the flood of another', async () => {
    const { push, alone } = startsWith({ endAtOnce: false });
    push(someOf('a', 2000));
    await pass(10_000);
    const quiet = someOf('b', 1);
    push(quiet);
    await pass(0);
    expect(alone.slice(SAVED)).toEqual(idsOf(quiet));
  });

  test('by an account that keeps to the pace goes out alone at once, while another begins to flood', async () => {
    const { push, alone } = startsWith({ endAtOnce: false });
    const everyMs = 100 / availableParallelism();
    for (let n = 0; n < 200; n++) {
      if (n > 20) push(someOf('a', 50));
      const quiet = someOf('b', 1);
      push(quiet);
      await pass(0);
      expect(alone).toEqual(expect.arrayContaining(idsOf(quiet)));
      await pass(everyMs);
    }
    // All at once they would take the machine for half a second.
    expect(alone.length).toBeLessThan(200 + SAVED / 2);
  });
});

describe('an event', () => {
  const store = () => new Promise<void>(() => {});

  /** How many of so many events of an account are being stored after a moment. */
  async function storedOf({ takeIn }: ReturnType<typeof startsWith>, accountId: string, count: number) {
    let begun = 0;
    for (let n = 0; n < count; n++)
      void takeIn(accountId, () => {
        begun++;
        return store();
      });
    await pass(10);
    return begun;
  }

  test('is stored at once, also of a flood that nobody feels', async () => {
    const starts = startsWith({ endAtOnce: false });
    starts.push(someOf('a', 1000));
    await pass(2000);
    expect(await storedOf(starts, 'a', 100)).toBe(100);
  });

  test('of a flood waits for its turn beside what others send, and theirs does not', async () => {
    const starts = startsWith({ endAtOnce: false });
    starts.push(someOf('a', 1000));
    await pass(2000);
    starts.push(someOf('b', 1));
    await pass(0);
    expect(await storedOf(starts, 'a', 100)).toBeLessThan(10);
    expect(await storedOf(starts, 'b', 10)).toBe(10);
  });

  test('that is being stored is let by, as what goes out quickly is', async () => {
    const { push, takeIn, together } = startsWith();
    push(someOf('a', SAVED));
    push(someOf('b', 1));
    await pass(0);
    let stored = () => {};
    void takeIn('b', () => new Promise<void>((resolve) => (stored = resolve)));
    push(someOf('a', 10));
    await pass(1);
    expect(together).toEqual([]);
    stored();
    await vi.waitFor(() => expect(together).toHaveLength(1));
  });
});

describe('what goes on later', () => {
  test.each([
    ['handed over by a burst', { handedOver: true }],
    ['to be delivered at its time', { deliverAt: new Date(Date.now() + LONG_MS) }],
  ] as const)('%s is started alone, steadily, and holds up no first attempt', async (_, kind) => {
    const { push, alone, together } = startsWith();
    const later = someOf('a', 1500, kind);
    push(later);
    await pass(1000);
    const inOneSecond = alone.length;
    expect(inOneSecond).toBeLessThan(1000);
    await pass(1000);
    expect(alone.length).toBeGreaterThan(inOneSecond);
    const first = someOf('b', 1);
    push(first);
    await pass(0);
    expect(alone).toContain(first[0]?.id);
    await pass(10 * LONG_MS);
    expect(together).toEqual([]);
    expect(alone.filter((id) => id !== first[0]?.id)).toEqual(idsOf(later));
  });

  test('is started although its burst has not ended', async () => {
    const { push, alone } = startsWith({ bursts: 'always', endAtOnce: false });
    const some = someOf('a', 3);
    push(some);
    await pass(100);
    push(some.map((delivery) => ({ ...delivery, handedOver: true })));
    await pass(1000);
    expect(alone).toEqual(idsOf(some));
  });
});

describe.each([
  ['a burst', (accountId: string) => someOf(accountId, SAVED + 10)],
  ['what goes on later', (accountId: string) => someOf(accountId, 1, { handedOver: true })],
])('%s', (_, waitingOf) => {
  const quick = someOf('quick', 1);

  test('lets by what goes out quickly of others, and begins when the attempt of that has begun', async () => {
    let begin = () => {};
    const begun = new Promise<void>((go) => {
      begin = go;
    });
    const { push, started } = startsWith({ begun });
    push(quick);
    const waiting = waitingOf('waits');
    push(waiting);
    await pass(0);
    expect(started()).not.toEqual(expect.arrayContaining(idsOf(waiting)));
    begin();
    await pass(0);
    expect(started()).toEqual(expect.arrayContaining(idsOf(waiting)));
  });

  test('waits for no gap any longer than a moment', async () => {
    const { push, started } = startsWith({ begun: new Promise<void>(() => {}) });
    push(quick);
    const waiting = waitingOf('waits');
    push(waiting);
    await pass(100);
    expect(started()).toEqual(expect.arrayContaining(idsOf(waiting)));
  });

  test('lets by nothing that could not be started', async () => {
    let away = true;
    const { push, started } = startsWith({ fails: () => away });
    push(quick);
    await pass(0);
    away = false;
    const waiting = waitingOf('waits');
    push(waiting);
    await pass(0);
    expect(started()).toEqual(expect.arrayContaining(idsOf(waiting)));
  });
});

test('a burst does not let by what its own account sent before', async () => {
  const { push, together } = startsWith({ begun: new Promise<void>(() => {}) });
  push(someOf('a', SAVED));
  await pass(0);
  const more = someOf('a', 10);
  push(more);
  await pass(0);
  expect(together).toEqual([idsOf(more)]);
});

test.each([
  ['one account', 1],
  ['several accounts together', 3],
])(
  'a little more than can go out one by one, of %s, is not held back for its own sake',
  async (_, accounts) => {
    const { push, started } = startsWith();
    const everyMs = 66 / availableParallelism();
    let openMs = 0;
    let longestMs = 0;
    for (let n = 1; n <= 500; n++) {
      push(someOf(`account ${n % accounts}`, 1));
      await pass(everyMs);
      openMs = started().length === n ? 0 : openMs + everyMs;
      // What they saved is spent by then, and forgotten.
      if (n > 300) longestMs = Math.max(longestMs, openMs);
    }
    expect(longestMs).toBeLessThan(100);
  },
);

test('what was parked by its burst goes out in others, as often as it is woken, although the first has not ended', async () => {
  const { push, pushSwept, together } = startsWith({ endAtOnce: false });
  const many = someOf('a', SAVED + 50);
  push(many);
  await pass(100);
  const parked = many.slice(-10);
  expect(together.flat()).toEqual(expect.arrayContaining(idsOf(parked)));
  for (const wokenAt of [new Date(1), new Date(2)]) {
    const before = together.length;
    pushSwept(
      parked.map((delivery) => ({ ...delivery, wokenAt })),
      false,
    );
    await pass(1000);
    expect(together.slice(before)).toEqual([idsOf(parked)]);
  }
});

test('an account that is alone is not held back by what it felt before it was gathered', async () => {
  let startMs = 10;
  const { push, started } = startsWith({ startMs: () => startMs });
  push(someOf('a', 1));
  await pass(100);
  startMs = 400;
  for (let n = 0; n < 8; n++) {
    push(someOf('a', 1));
    await pass(startMs);
  }
  const flood = someOf('a', SAVED + 100);
  push(flood);
  await pass(500);
  expect(started()).toEqual(expect.arrayContaining(idsOf(flood)));
});

describe('room', () => {
  test('what there is none for is left to the sweep, with what comes after it of the same account', async () => {
    const { push, pushSwept, room, overflows, started } = startsWith();
    const roomAtFirst = room(false);
    const flood = someOf('a', 2 * roomAtFirst);
    push(flood);
    expect(overflows()).toBe(true);
    expect(room(false)).toBeLessThan(roomAtFirst);
    push(someOf('a', 1));
    const other = someOf('b', 1);
    push(other);
    await pass(LONG_MS);
    const kept = started().filter((id) => id !== other[0]?.id);
    expect(started()).toContain(other[0]?.id);
    // The oldest, for the sweep takes the oldest first, too.
    expect(kept.sort()).toEqual(idsOf(flood).slice(0, kept.length).sort());
    expect(kept.length).toBeGreaterThan(1000);
    expect(kept.length).toBeLessThan(flood.length);
    expect(room(false)).toBe(roomAtFirst);

    const before = started().length;
    push(someOf('a', 1));
    await pass(LONG_MS);
    expect(started()).toHaveLength(before);
    pushSwept(flood.slice(kept.length, kept.length + 100), false);
    expect(overflows()).toBe(false);
    push(someOf('a', 1));
    await pass(LONG_MS);
    expect(started()).toHaveLength(before + 101);
  });

  test('an account has a share of it, and what others send goes out beside its flood', async () => {
    const { push, together, started } = startsWith({ endAtOnce: false });
    push(someOf('a', 2000));
    await pass(2000);
    const floods = together.flat().length;
    expect(floods).toBeGreaterThanOrEqual(FULL);
    expect(floods).toBeLessThan(1000);
    const others = someOf('b', 100);
    push(others);
    await pass(500);
    expect(started()).toEqual(expect.arrayContaining(idsOf(others)));
  });

  test('bursts that hang make room for others after a while, and those that end at once', async () => {
    const { push, started, endAll } = startsWith({ endAtOnce: false });
    push(someOf('a', 2000));
    await pass(1000);
    const share = started().length;
    endAll();
    await pass(500);
    expect(started().length).toBeGreaterThan(share);
    await pass(LONG_MS);
    expect(started()).toHaveLength(2000);
  });

  test('beside what goes out quickly, those of an account that hangs go out in fewer bursts, apart', async () => {
    const { push, together, started, endAll } = startsWith({ endAtOnce: false });
    const hanging = someOf('hangs', 4000);
    const others = someOf('floods', 4000);
    const quickly = async (seconds: number) => {
      const before = together.length;
      for (let n = 0; n < 10 * seconds; n++) {
        push(someOf('quick', 1));
        await pass(100);
      }
      return together.slice(before);
    };
    await quickly(1);
    push(hanging);
    // It goes out as quickly as it may at first, which leaves nothing for others.
    await pass(100);
    const early = await quickly(3);
    await quickly(2);
    const late = await quickly(6);
    // One burst in 200 ms, then one in 600, none of which is larger than those before.
    expect(early.length).toBeGreaterThan(12);
    expect(late.length).toBeGreaterThanOrEqual(9);
    expect(late.length).toBeLessThanOrEqual(11);
    const largest = Math.max(...late.map(({ length }) => length));
    expect(largest).toBeLessThanOrEqual(Math.max(...early.map(({ length }) => length)));

    // What another account sends goes out in between, never together with what hangs.
    const known = new Set(idsOf(hanging));
    push(others);
    await pass(100);
    const beside = await quickly(3);
    expect(beside.filter(([id = '']) => !known.has(id)).length).toBeGreaterThanOrEqual(9);
    expect(beside.filter(([id = '']) => known.has(id)).length).toBeGreaterThanOrEqual(4);
    for (const ids of beside) expect(new Set(ids.map((id) => known.has(id))).size).toBe(1);
    for (let n = 0; n < 60; n++) {
      endAll();
      await pass(LONG_MS);
    }
    const gone = started();
    expect(new Set(gone).size).toBe(gone.length);
    const left = new Set(idsOf([...hanging, ...others]));
    for (const id of gone) left.delete(id);
    expect([...left]).toEqual([]);
  });

  test('where others feel it, those of an account that hangs go out more rarely still', async () => {
    let startMs = 1;
    const { push, together } = startsWith({ endAtOnce: false, startMs: () => startMs });
    const burstsIn = async (seconds: number) => {
      const before = together.length;
      for (let n = 0; n < 10 * seconds; n++) {
        push(someOf('quick', 1));
        await pass(100);
      }
      return together.length - before;
    };
    await burstsIn(1);
    push(someOf('hangs', 4000));
    await burstsIn(5);
    const unfelt = await burstsIn(4);
    startMs = 60;
    await burstsIn(1);
    const felt = await burstsIn(4);
    expect(unfelt).toBeGreaterThanOrEqual(6);
    expect(felt).toBeLessThanOrEqual(2);
    expect(felt).toBeGreaterThanOrEqual(1);
  });

  test.each(['on', 'always', 'off'] as const)('starts that fail leave none taken (%s)', async (bursts) => {
    let away = true;
    const { push, pushSwept, room, started } = startsWith({ bursts, fails: () => away });
    const roomAtFirst = room(false);
    for (let n = 0; n < 20; n++) {
      push(someOf('a', FULL));
      await pass(LONG_MS);
    }
    expect(room(false)).toBe(roomAtFirst);
    const asked = new Set(started());
    expect(started()).toHaveLength(20 * FULL);
    // As the sweep does, when their lease is over.
    away = false;
    const again = someOf('a', FULL);
    pushSwept(again, false);
    await pass(LONG_MS);
    const more = started().filter((id) => !asked.has(id));
    expect(more.sort()).toEqual(idsOf(again).sort());
  });

  test('what could not be started is taken again from the sweep', async () => {
    let away = true;
    const { push, pushSwept, started } = startsWith({ fails: () => away });
    const some = someOf('a', 50);
    push(some);
    await pass(1000);
    expect(started()).toHaveLength(50);
    away = false;
    pushSwept(some, false);
    await pass(1000);
    expect(started()).toHaveLength(100);
  });
});

test('stopping waits for the starts under way, and begins no more', async () => {
  const { push, stop, started } = startsWith({ bursts: 'off', maxInFlight: 2, startMs: () => 100 });
  push(someOf('a', 10));
  let isOver = false;
  const over = stop().then(() => {
    isOver = true;
  });
  await pass(50);
  expect(isOver).toBe(false);
  await pass(60);
  await over;
  await pass(LONG_MS);
  expect(started()).toHaveLength(2);
});
