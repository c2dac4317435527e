import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLanes, type Lanes } from '../../src/dispatch/lanes.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts that may come at once after a quiet time. */
const SAVED = 32;

const lanesOf = (options: Partial<Parameters<typeof createLanes>[0]> = {}) =>
  createLanes({ startsPerS: 10, alwaysTogether: false, ...options });

const delivery = (accountId: string) => ({
  id: 'dlv_1',
  accountId,
  endpointId: 'ep_1',
  eventType: 'order.completed',
});

/** How many of so many deliveries of an account that come now go out quickly. */
function quickOf({ laneOf }: Lanes, accountId: string, count: number): number {
  const lanes = Array.from({ length: count }, () => laneOf(delivery(accountId)));
  expect(lanes.every((lane) => lane === 'quick' || lane === 'gathering')).toBe(true);
  return lanes.filter((lane) => lane === 'quick').length;
}

const pass = (ms: number) => vi.advanceTimersByTime(ms);

test('a few go out quickly, and of a flood only its beginning', () => {
  const lanes = lanesOf();
  expect(quickOf(lanes, 'a', 10)).toBe(10);
  expect(quickOf(lanes, 'a', 1000)).toBeLessThan(100);
  expect(quickOf(lanes, 'a', 10)).toBe(0);
});

test('an account that keeps to the pace goes out quickly while another floods', () => {
  const lanes = lanesOf();
  quickOf(lanes, 'a', 1000);
  for (let n = 0; n < 20; n++) {
    pass(200);
    expect(quickOf(lanes, 'a', 1000)).toBe(0);
    expect(quickOf(lanes, 'b', 1)).toBe(1);
  }
});

test('many accounts that keep to the pace go out quickly as long as all of them do together', () => {
  const lanes = lanesOf();
  const quick = Array.from({ length: 1000 }, (_, n) => quickOf(lanes, `account ${n}`, 1)).filter(Boolean);
  expect(quick.length).toBeGreaterThan(10);
  expect(quick.length).toBeLessThan(100);
});

test('of an account that begins to flood beside others hardly any go out quickly', () => {
  const lanes = lanesOf({ isBesideOthers: (accountId) => accountId === 'a' });
  expect(quickOf(lanes, 'a', 1000)).toBe(Math.min(SAVED, 2 * availableParallelism()));
  expect(quickOf(lanes, 'b', 10)).toBe(10);
});

test('accounts that spare their pace go out quickly for a moment longer than all of them together keep to it', () => {
  const lanes = lanesOf();
  // What each of these has saved, and all of them together.
  quickOf(lanes, 'a', 1000);
  expect(quickOf(lanes, 'b', 1)).toBe(1);
  expect(quickOf(lanes, 'b', 1000)).toBeLessThan(20);
});

test('after a flood its account goes out quickly again', () => {
  const lanes = lanesOf();
  quickOf(lanes, 'a', 10_000);
  pass(3000);
  expect(quickOf(lanes, 'a', 5)).toBe(5);
});

test('what sleeps first goes out in its time, and takes nothing from the others', () => {
  const lanes = lanesOf();
  for (let n = 0; n < 1000; n++) {
    expect(lanes.laneOf({ ...delivery('a'), handedOver: true })).toBe('later');
    expect(lanes.laneOf({ ...delivery('a'), deliverAt: new Date() })).toBe('later');
  }
  expect(quickOf(lanes, 'a', 10)).toBe(10);
});

test('what waited for room at its endpoint goes on in a burst', () => {
  const lanes = lanesOf();
  for (let n = 0; n < 1000; n++)
    expect(lanes.laneOf({ ...delivery('a'), wokenAt: new Date() })).toBe('gathering');
  expect(quickOf(lanes, 'a', 10)).toBe(10);
});

test('nothing goes out quickly where all is to go together', () => {
  expect(quickOf(lanesOf({ alwaysTogether: true }), 'a', 10)).toBe(0);
});
