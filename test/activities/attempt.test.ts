import { expect, test } from 'vitest';
import { createAttempt } from '../../activities/attempt.ts';
import { attemptDeps } from './attempt-deps.ts';

test('an outcome that a silent database does not take is handed to the workflow, before the attempt is repeated', async () => {
  let posts = 0;
  const attempt = createAttempt({
    ...attemptDeps({
      writes: { record: () => new Promise(() => undefined) },
      post: async () => {
        posts++;
        return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false };
      },
    }),
    heartbeat: () => undefined,
  });
  const begunAt = performance.now();
  expect(await attempt({ deliveryId: 'dlv_1', number: 1 })).toMatchObject({
    kind: 'unrecorded',
    number: 1,
    try: 1,
    step: { kind: 'settled', status: 'succeeded' },
  });
  // Claim and POST may have taken 45 s of the minute that the workflow gives an attempt.
  expect(performance.now() - begunAt).toBeLessThan(15_000);
  expect(posts).toBe(1);
});
