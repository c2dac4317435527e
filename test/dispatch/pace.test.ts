import { expect, test } from 'vitest';
import { createPace } from '../../src/dispatch/pace.ts';

/** Ten starts a second, by a clock that the test moves. */
function tenPerSecond() {
  let nowMs = 5000;
  const pace = createPace(10, 32, () => nowMs);
  return {
    pace,
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

/** How many starts it bears at once. */
function borne({ bears }: ReturnType<typeof tenPerSecond>['pace']): number {
  let starts = 0;
  while (bears(starts + 1)) starts++;
  return starts;
}

test('after a quiet time some may come at once, and no more the longer it was', () => {
  const { pace, pass } = tenPerSecond();
  const saved = borne(pace);
  expect(saved).toBeGreaterThan(1);
  expect(saved).toBeLessThan(100);
  pass(3_600_000);
  expect(borne(pace)).toBe(saved);
});

test('what is spent comes back steadily', () => {
  const { pace, pass } = tenPerSecond();
  pace.spend(borne(pace));
  expect(borne(pace)).toBe(0);
  expect(pace.waitMs()).toBe(100);
  pass(60);
  expect(pace.bears(1)).toBe(false);
  expect(pace.waitMs()).toBeCloseTo(40);
  pass(40);
  expect(pace.bears(1)).toBe(true);
  expect(pace.waitMs()).toBe(0);
  pass(500);
  expect(borne(pace)).toBe(6);
});

test('a flood is forgotten after a second, however large it was', () => {
  const { pace, pass } = tenPerSecond();
  pace.spend(100_000);
  pass(1000);
  expect(borne(pace)).toBe(0);
  pass(100);
  expect(borne(pace)).toBe(1);
});
