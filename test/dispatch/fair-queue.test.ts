import { expect, test } from 'vitest';
import { createFairQueue } from '../../src/dispatch/fair-queue.ts';

function recording(maxWaiting = 100) {
  const begun: string[] = [];
  const finish: (() => void)[] = [];
  const queue = createFairQueue<string>(
    (item) => {
      begun.push(item);
      return new Promise((resolve) => finish.push(resolve));
    },
    { maxInFlight: 1, maxWaiting },
  );
  const next = async () => {
    finish.shift()?.();
    await new Promise(setImmediate);
  };
  return { queue, begun, next };
}

test('owners take turns, and the items of one come in their order', async () => {
  const { queue, begun, next } = recording();
  for (const item of ['a1', 'a2', 'a3']) void queue.push('a', item);
  for (const item of ['b1', 'b2']) void queue.push('b', item);
  void queue.push('c', 'c1');
  for (let n = 0; n < 6; n++) await next();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  expect(queue.room()).toBe(100);
});

test('when it is full, the owner who has most waiting loses its latest', async () => {
  const { queue, begun, next } = recording(3);
  const dropped: string[] = [];
  const push = (owner: string, item: string) => queue.push(owner, item).then(() => dropped.push(item));
  for (const item of ['a0', 'a1', 'a2', 'a3']) void push('a', item);
  void push('b', 'b1');
  await new Promise(setImmediate);
  expect(dropped).toEqual(['a3']);
  expect(queue.room()).toBe(0);
  for (let n = 0; n < 4; n++) await next();
  expect(begun).toEqual(['a0', 'a1', 'b1', 'a2']);
  await queue.idle();
});

test('what is dropped settles, and what is under way is waited for', async () => {
  const { queue, begun, next } = recording();
  const settled = ['a1', 'a2'].map((item) => queue.push('a', item));
  queue.drop();
  await settled[1];
  const idle = queue.idle();
  await next();
  await idle;
  expect(begun).toEqual(['a1']);
});
