import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAttempt } from '../../activities/attempt.ts';
import { createCarriedAttempt } from '../../activities/carried-attempt.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import type { MadeRow } from '../../src/db/claim-row.ts';
import type { Waiting } from '../../src/domain/delivery.ts';
import { attemptDeps, poolOf } from './attempt-deps.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** What attempts need, where the database takes no outcome. */
function silent() {
  vi.useFakeTimers();
  let posts = 0;
  const deps = attemptDeps({
    writes: { record: () => new Promise(() => undefined) },
    post: async () => {
      posts++;
      return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false };
    },
  });
  return { deps: { ...deps, heartbeat: () => undefined }, posts: () => posts };
}

const UNRECORDED = { kind: 'unrecorded', number: 1, try: 1, step: { kind: 'settled', status: 'succeeded' } };

test('an outcome that a silent database does not take is handed to the workflow, before the attempt is repeated', async () => {
  const { deps, posts } = silent();
  const made = createAttempt(deps)({ deliveryId: 'dlv_1', number: 1 });
  // Claim and POST may have taken 45 s of the minute that the workflow gives an attempt.
  await vi.advanceTimersByTimeAsync(14_999);
  expect(await made).toMatchObject(UNRECORDED);
  expect(posts()).toBe(1);
});

test('an outcome that neither the database nor the workflow was told is told to who asks again, and nothing is sent twice', async () => {
  const { deps, posts } = silent();
  const attempt = createAttempt(deps);
  const carry = createCarriedAttempt(deps);
  const alone = () => attempt({ deliveryId: 'dlv_1', number: 1 });
  const inBurst = () =>
    carry({ deliveryId: 'dlv_2', accountId: 'shop', endpointId: 'ep_1', burst: 'burst_1' });
  for (const ask of [alone, inBurst]) {
    void ask();
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(await ask()).toMatchObject(UNRECORDED);
  }
  expect(posts()).toBe(2);
});

test('an attempt that is recorded leaves no timer behind', async () => {
  vi.useFakeTimers();
  const attempt = createAttempt({ ...attemptDeps(), heartbeat: () => undefined });
  expect(await attempt({ deliveryId: 'dlv_1', number: 1 })).toMatchObject({ kind: 'settled' });
  expect(vi.getTimerCount()).toBe(0);
});

describe('where the worker has no room inside its workflow tasks', () => {
  const inTask = {
    deliveryId: 'dlv_1',
    number: 1,
    whose: { accountId: 'shop', endpointId: 'ep_1' },
    inTask: true,
  };
  const without = (made: MadeRow[]) =>
    createAttempt({
      ...attemptDeps({
        taskRoom: { ...createTaskRoom(), ride: async (_, __, otherwise) => otherwise },
        post: () => Promise.reject(new Error('not to be sent')),
        pool: poolOf(made),
      }),
      heartbeat: () => undefined,
    });

  test('an attempt goes out as an activity of its own', async () => {
    expect(await without([])(inTask)).toEqual({ kind: 'due', apart: true });
  });

  test('what came of one that a burst has made is told there all the same', async () => {
    const step: Waiting = {
      kind: 'waiting',
      waitMs: 300_000,
      until: '2026-11-28T12:00:00.000Z',
      because: 'retry_schedule',
    };
    const next = new Date(step.until);
    const now = new Date(next.getTime() - step.waitMs);
    const made = [{ step, number: 1, attempt_count: 1, next_attempt_at: next, now }];
    expect(await without(made)(inTask)).toEqual(step);
  });
});
