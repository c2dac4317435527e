import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGap } from '../../src/dispatch/gap.ts';
import { createIntake } from '../../src/dispatch/intake.ts';

/** Stored at once of what is held back. */
const TOGETHER = 2 * availableParallelism();
const STORING_MS = 10;
/** From when some are begun until the next ones are: they are stored, and for three times as long nothing is. */
const ROUND_MS = 4 * STORING_MS;
/** Longer than anybody is let by. */
const LONG_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** An intake, what it has begun to store, and what it was told. */
function open({ heldBack = ['flood'] }: { heldBack?: string[] } = {}) {
  const begun: string[] = [];
  const now = { heldBack, isBusy: false, onTheirWay: 0 };
  const intake = createIntake({
    isHeldBack: (accountId) => now.heldBack.includes(accountId),
    gap: createGap(() => now.isBusy),
    enter() {
      now.onTheirWay++;
      return () => {
        now.onTheirWay--;
      };
    },
  });
  const take = (accountId: string, name: string, { fails = false } = {}) =>
    intake.take(accountId, async () => {
      begun.push(name);
      await new Promise((resolve) => setTimeout(resolve, STORING_MS));
      if (fails) throw new Error(`${name} fails`);
      return name;
    });
  const takeMany = (accountId: string, count: number) => {
    const names = Array.from({ length: count }, (_, n) => `${accountId} ${n}`);
    return { names, taken: Promise.all(names.map((name) => take(accountId, name))) };
  };
  return { intake, begun, now, take, takeMany };
}

test('what is not held back is stored at once, and is on its way until it is stored', async () => {
  const { begun, now, takeMany } = open();
  const { names, taken } = takeMany('quiet', 100);
  expect(begun).toEqual(names);
  expect(now.onTheirWay).toBe(100);
  await pass(STORING_MS);
  expect(await taken).toEqual(names);
  await vi.waitFor(() => expect(now.onTheirWay).toBe(0));
});

test('what is held back is stored a few at a time, and then for three times as long none of it', async () => {
  const { begun, now, takeMany } = open();
  const { names, taken } = takeMany('flood', 1 + 2 * TOGETHER);
  // Nothing else had come when it did.
  expect(begun).toEqual(names.slice(0, 1));
  expect(now.onTheirWay).toBe(0);
  await pass(ROUND_MS - 1);
  expect(begun).toHaveLength(1);
  await pass(1);
  expect(begun).toEqual(names.slice(0, 1 + TOGETHER));
  await pass(ROUND_MS);
  expect(begun).toEqual(names);
  await pass(STORING_MS);
  expect(await taken).toEqual(names);
});

test('accounts that are held back take turns', async () => {
  const { begun, takeMany } = open({ heldBack: ['one', 'other'] });
  takeMany('one', 10 * TOGETHER);
  takeMany('other', 1);
  await pass(ROUND_MS);
  expect(begun).toContain('other 0');
});

test('what waited long for a lock does not make it rest long', async () => {
  const { intake, begun, take } = open();
  void intake.take('flood', () => new Promise((resolve) => setTimeout(resolve, 10 * LONG_MS)));
  await pass(10 * LONG_MS);
  void take('flood', 'next');
  await pass(100);
  expect(begun).toEqual(['next']);
});

test('it lets by what is on its way, and goes on when that is past', async () => {
  const { intake, begun, now, take } = open();
  now.isBusy = true;
  void take('flood', 'first');
  await pass(1);
  expect(begun).toEqual([]);
  now.isBusy = false;
  intake.next();
  expect(begun).toEqual(['first']);
});

test('it waits for no gap any longer than a moment', async () => {
  const { begun, now, take } = open();
  now.isBusy = true;
  void take('flood', 'first');
  await pass(LONG_MS);
  expect(begun).toEqual(['first']);
});

test('once an account is held back no longer all that waits of it is stored, in its order', async () => {
  const { begun, now, take, takeMany } = open();
  const { names } = takeMany('flood', 10 * TOGETHER);
  now.heldBack = [];
  void take('flood', 'later');
  expect(begun).toEqual([...names, 'later']);
});

test('what fails is told to its sender, and holds up nothing', async () => {
  const { take } = open();
  const failed = expect(take('flood', 'bad', { fails: true })).rejects.toThrow('bad fails');
  const next = take('flood', 'next');
  await pass(LONG_MS);
  await failed;
  expect(await next).toBe('next');
});
