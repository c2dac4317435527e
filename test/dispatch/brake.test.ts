import { beforeEach, expect, test } from 'vitest';
import { createBrake } from '../../src/dispatch/brake.ts';

let now = 0;
let calm = true;
const open = () =>
  createBrake(
    () => calm,
    () => now,
  );

beforeEach(() => {
  now = 0;
  calm = true;
});

/** Quick starts, one every 50 ms and a little, that take so long. */
function felt(brake: ReturnType<typeof open>, count: number, startMs: number): void {
  for (let n = 0; n < count; n++) {
    now += 51;
    brake.felt(startMs);
  }
}

test('holds nothing back while nothing goes out quickly', () => {
  const brake = open();
  expect(brake.share()).toBeUndefined();
  felt(brake, 20, 1000);
  expect(brake.share()).toBeLessThan(0.1);
  now += 1001;
  expect(brake.share()).toBeUndefined();
  felt(brake, 1, 5);
  expect(brake.share()).toBe(1);
});

test('leaves a flood its pace as long as quick starts take no longer than in calm times', () => {
  const brake = open();
  felt(brake, 20, 10);
  calm = false;
  felt(brake, 20, 14);
  expect(brake.share()).toBe(1);
});

test('slows a flood down as long as it is felt, but never to nothing, and lets it go again', () => {
  const brake = open();
  felt(brake, 20, 10);
  calm = false;
  felt(brake, 3, 40);
  const slowed = brake.share() ?? 1;
  expect(slowed).toBeLessThan(0.5);
  felt(brake, 100, 40);
  expect(brake.share()).toBeGreaterThan(0);
  felt(brake, 200, 10);
  expect(brake.share()).toBe(1);
});

test('many starts that end together are felt as one', () => {
  const brake = open();
  felt(brake, 1, 10);
  calm = false;
  now += 51;
  for (let n = 0; n < 50; n++) brake.felt(100);
  expect(brake.share()).toBeGreaterThan(0.5);
});

test('takes what is slow in calm times for the machine itself', () => {
  const brake = open();
  felt(brake, 100, 30);
  calm = false;
  felt(brake, 20, 40);
  expect(brake.share()).toBe(1);
});
