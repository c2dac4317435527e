import { expect, test } from 'vitest';
import { createLook } from '../../src/metrics/look.ts';
import { waitUntil } from '../support/wait.ts';

test('looks when somebody asks, once for all who do, and not again before its time', async () => {
  let looks = 0;
  const latest = createLook(async () => ++looks);
  expect(looks).toBe(0);
  expect(await Promise.all([latest(), latest()])).toEqual([1, 1]);
  expect(await latest()).toBe(1);
});

test('looks again when its time has come', async () => {
  let looks = 0;
  const latest = createLook(async () => ++looks, { everyMs: 10 });
  await waitUntil(latest, (seen) => seen === 3);
});

test('a look that fails leaves nothing to tell, and the next one mends it', async () => {
  const answers = ['seen', undefined, 'again'];
  const latest = createLook(
    async () => {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('away');
      return answer;
    },
    { everyMs: 0 },
  );
  expect([await latest(), await latest(), await latest()]).toEqual(['seen', undefined, 'again']);
});

test('who asks does not wait for a slow look, and is told what was seen before', async () => {
  let looks = 0;
  const read = () => (++looks === 1 ? Promise.resolve('seen') : new Promise<never>(() => {}));
  const latest = createLook(read, { everyMs: 0, withinMs: 20 });
  await latest();
  const begun = performance.now();
  expect(await latest()).toBe('seen');
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(await latest()).toBe('seen');
  expect(looks).toBe(2);
});
