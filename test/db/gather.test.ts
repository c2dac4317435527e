import { expect, test } from 'vitest';
import { gather } from '../../src/db/gather.ts';

test('calls made while a run is in flight travel together', async () => {
  const runs: number[][] = [];
  const double = gather(
    async (items: number[]) => {
      runs.push(items);
      return items.map((item) => item * 2);
    },
    { runs: 1 },
  );
  const answers = await Promise.all([1, 2, 3].map(double));
  expect(answers).toEqual([2, 4, 6]);
  expect(runs).toEqual([[1, 2, 3]]);
});

test('no run carries more than the maximum', async () => {
  const sizes: number[] = [];
  const echo = gather(
    async (items: number[]) => {
      sizes.push(items.length);
      return items;
    },
    { max: 2 },
  );
  await Promise.all([1, 2, 3, 4, 5].map(echo));
  expect(Math.max(...sizes)).toBe(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
});

test('one bad row hurts no other', async () => {
  const check = gather(async (items: number[]) => {
    if (items.includes(2)) throw Object.assign(new Error('bad row'), { code: '22P02' });
    return items;
  });
  const answers = await Promise.allSettled([1, 2, 3].map(check));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a fault of the database is everybody’s, and is not repeated row by row', async () => {
  let runs = 0;
  const fail = gather(async (_: number[]) => {
    runs++;
    throw Object.assign(new Error('gone'), { code: '57P01' });
  });
  const answers = await Promise.allSettled([1, 2, 3].map(fail));
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  expect(runs).toBe(1);
});

test('a run that lost to a deadlock is repeated', async () => {
  const runs: number[][] = [];
  const echo = gather(async (items: number[]) => {
    runs.push(items);
    if (runs.length === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    return items;
  });
  expect(await Promise.all([1, 2, 3].map(echo))).toEqual([1, 2, 3]);
  expect(runs).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});
