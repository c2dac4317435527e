import { beforeEach, expect, test } from 'vitest';
import { createBrake } from '../../src/dispatch/brake.ts';

let now = 0;
let flooding: string[] = [];
const open = () =>
  createBrake(
    (accountId) => flooding.includes(accountId),
    () => now,
  );

beforeEach(() => {
  now = 0;
  flooding = [];
});

/** Quick starts, one every so many milliseconds, that take so long. */
function felt(brake: ReturnType<typeof open>, count: number, startMs: number, everyMs = 51): void {
  for (let n = 0; n < count; n++) {
    now += everyMs;
    brake.felt('shop', startMs);
  }
}

/** The brake after a quiet time of starts that take 10 ms. */
function quiet(): ReturnType<typeof open> {
  const brake = open();
  felt(brake, 20, 10);
  return brake;
}

test('holds nothing back while nothing goes out quickly', () => {
  const brake = quiet();
  felt(brake, 20, 1000);
  expect(brake.share()).toBeLessThan(0.1);
  now += 1001;
  expect(brake.share()).toBeUndefined();
  felt(brake, 1, 5);
  expect(brake.share()).toBe(1);
});

test('tells whether others than an account go out quickly', () => {
  const brake = quiet();
  expect(brake.isBesideOthers('shop')).toBe(false);
  expect(brake.isBesideOthers('another')).toBe(true);
  flooding = ['shop'];
  expect(brake.isBesideOthers('another')).toBe(false);
});

test('leaves a flood its pace as long as quick starts take about as long as the quickest of late', () => {
  const brake = quiet();
  felt(brake, 20, 20);
  expect(brake.share()).toBe(1);
});

test('slows a flood down as long as it is felt, but never to nothing, and lets it go again', () => {
  const brake = quiet();
  felt(brake, 3, 40);
  expect(brake.share()).toBeLessThan(0.5);
  felt(brake, 50, 40);
  expect(brake.share()).toBeGreaterThan(0);
  felt(brake, 200, 10);
  expect(brake.share()).toBe(1);
});

test('what an account felt before it was held back itself is not held against it', () => {
  const brake = quiet();
  felt(brake, 20, 100);
  brake.felt('another', 100);
  expect(brake.share()).toBeLessThan(0.1);
  flooding = ['shop'];
  expect(brake.share()).toBeLessThan(0.1);
  flooding = ['shop', 'another'];
  expect(brake.share()).toBeUndefined();
});

test('many starts that end together are felt as one', () => {
  const brake = quiet();
  now += 51;
  for (let n = 0; n < 50; n++) brake.felt('shop', 100);
  expect(brake.share()).toBeGreaterThan(0.5);
});

test.each([
  ['that begins in a flood', 0],
  ['that was quick once', 20],
])('lets go of what is slow with the brake on, too: Temporal far from a process %s', (_, before) => {
  const brake = open();
  felt(brake, before, 10);
  felt(brake, 40, 70, 900);
  expect(brake.share()).toBe(1);
});

test('starts of very different lengths by nature leave a flood most of its pace', () => {
  const brake = open();
  let sum = 0;
  for (let n = 0; n < 200; n++) {
    felt(brake, 1, [14, 33, 20, 26, 38, 17, 30, 23][n % 8] ?? 0, 500);
    sum += brake.share() ?? 0;
  }
  expect(sum / 200).toBeGreaterThan(0.6);
});
