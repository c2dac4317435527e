import { expect, test } from 'vitest';
import { inTurn } from '../../src/api/check-turns.ts';

function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('others are served between long checks, however many were asked for at once', async () => {
  let served = 0;
  const other = setInterval(() => {
    served += 1;
  }, 0);
  const servedBefore = await Promise.all(
    Array.from({ length: 6 }, () =>
      inTurn(() => {
        busyFor(30);
        return served;
      }),
    ),
  );
  clearInterval(other);
  // The first of them may go on in the turn of checks before.
  expect(new Set(servedBefore).size).toBeGreaterThanOrEqual(5);
});

test('a check that throws does so to its caller alone', async () => {
  const fails = inTurn(() => {
    throw new Error('no');
  });
  await expect(fails).rejects.toThrow('no');
  expect(await inTurn(() => 1)).toBe(1);
});
