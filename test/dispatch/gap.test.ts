import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGap } from '../../src/dispatch/gap.ts';

const LETS_BY_MS = 100 / availableParallelism();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what waits for a gap, and has found one, lets the next one by as long as the first', () => {
  let isBusy = true;
  const gap = createGap(() => isBusy);
  expect(gap.waitMs()).toBe(LETS_BY_MS);
  // There is nothing to begin in this one.
  isBusy = false;
  expect(gap.waitMs()).toBe(0);
  vi.advanceTimersByTime(10 * LETS_BY_MS);
  isBusy = true;
  expect(gap.waitMs()).toBe(LETS_BY_MS);
});

test('what found no gap begins after a while, and the next one waits again', () => {
  const gap = createGap(() => true);
  expect(gap.waitMs()).toBe(LETS_BY_MS);
  vi.advanceTimersByTime(LETS_BY_MS);
  expect(gap.waitMs()).toBe(0);
  gap.taken();
  expect(gap.waitMs()).toBe(LETS_BY_MS);
});
