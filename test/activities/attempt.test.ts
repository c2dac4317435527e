import { describe, expect, test } from 'vitest';
import { createAttempt } from '../../activities/attempt.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import type { Step } from '../../src/domain/delivery.ts';
import { alone, attemptDeps } from './attempt-deps.ts';

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
    ...alone,
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

describe('where the worker has no room inside its workflow tasks', () => {
  const inTask = {
    deliveryId: 'dlv_1',
    number: 1,
    whose: { accountId: 'shop', endpointId: 'ep_1' },
    inTask: true,
  };
  const without = (made: Step | undefined) =>
    createAttempt({
      ...attemptDeps({
        taskRoom: { ...createTaskRoom(), ride: async (_, __, otherwise) => otherwise },
        post: () => Promise.reject(new Error('not to be sent')),
      }),
      ...alone,
      readMade: async () => made,
    });

  test('an attempt goes out as an activity of its own', async () => {
    expect(await without(undefined)(inTask)).toEqual({ kind: 'due', apart: true });
  });

  test('what came of one that a burst has made is told there all the same', async () => {
    const step: Step = {
      kind: 'waiting',
      waitMs: 300_000,
      until: '2026-11-28T12:00:00.000Z',
      because: 'retry_schedule',
    };
    expect(await without(step)(inTask)).toEqual(step);
  });
});
