import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MadeEach } from '../../activities/attempt-each-input.ts';
import { createAttemptsAhead } from '../../activities/attempts-ahead.ts';
import { createActivities } from '../../activities/index.ts';
import type { ClaimRequest } from '../../src/db/attempt-claim.ts';
import type { DeliveryWrites } from '../../src/db/delivery-writes.ts';
import type { Outcome } from '../../src/domain/delivery.ts';
import { attemptDeps, claimOf } from './attempt-deps.ts';

const DELIVERY = { id: 'dlv_1', accountId: 'shop', endpointId: 'ep_1' };
const FIRST = { deliveryId: DELIVERY.id, number: 1, whose: DELIVERY, inTask: true };
const OK: Outcome = { kind: 'answered', status: 200, headers: {}, body: '', truncated: false };
const SUCCEEDED = { kind: 'settled', status: 'succeeded' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Attempts ahead and the activity that joins them, in one process, with a receiver that answers when it is told to. */
function stage({
  post = async () => OK,
  attemptEach = () => Promise.reject(new Error('no burst is made here')),
  ...writes
}: Partial<DeliveryWrites> & {
  post?: () => Promise<Outcome>;
  attemptEach?: () => Promise<MadeEach>;
} = {}) {
  const asked: ClaimRequest[] = [];
  let posts = 0;
  const deps = attemptDeps({
    writes: {
      ...writes,
      async claim(request) {
        asked.push(request);
        return (await writes.claim?.(request)) ?? { kind: 'claimed', claim: claimOf(request.deliveryId) };
      },
    },
    post() {
      posts++;
      return post();
    },
  });
  const ahead = createAttemptsAhead(deps, attemptEach);
  const activities = createActivities({ ...deps, ahead, heartbeat: () => undefined }, attemptEach);
  const { taskRoom, turns } = deps;
  return {
    ...activities,
    ahead,
    begin: (delivery = DELIVERY) => ahead.begin(delivery),
    asked,
    posts: () => posts,
    taskRoom,
    turns,
  };
}

test('an activity joins the attempt that was begun ahead, and makes none of its own', async () => {
  let end = (_: Outcome) => {};
  const { attempt, begin, asked, posts } = stage({ post: () => new Promise((resolve) => (end = resolve)) });
  await begin();
  const joined = attempt(FIRST);
  const again = attempt(FIRST);
  await vi.advanceTimersByTimeAsync(0);
  end(OK);
  expect(await joined).toMatchObject(SUCCEEDED);
  expect(await again).toMatchObject(SUCCEEDED);
  expect(asked).toHaveLength(1);
  expect(posts()).toBe(1);
});

test('an activity that comes late is told the outcome', async () => {
  const { attempt, begin, asked } = stage();
  await begin();
  await vi.advanceTimersByTimeAsync(400);
  expect(await attempt(FIRST)).toMatchObject(SUCCEEDED);
  expect(asked).toHaveLength(1);
});

test('what the database says instead of a claim is what the activity is told, once: it may say another thing later', async () => {
  const held = { kind: 'step', step: { kind: 'held', endpoint: 'busy' } } as const;
  const { attempt, begin, asked, posts } = stage({ claim: async () => held });
  await begin();
  expect(await attempt(FIRST)).toEqual(held.step);
  expect(asked).toHaveLength(1);
  expect(posts()).toBe(0);
  await attempt(FIRST);
  expect(asked).toHaveLength(2);
});

test('one that another process makes is asked for again by the activity', async () => {
  const { attempt, begin, asked } = stage({
    claim: async () => ({ kind: 'under_way', forMs: 1000, burst: null }),
  });
  await begin();
  expect(await attempt(FIRST)).toEqual({ kind: 'due', apart: true });
  expect(asked).toHaveLength(2);
});

test('a fault of ours is met by the activity, and not by whoever began ahead', async () => {
  let asks = 0;
  const { attempt, begin, turns } = stage({
    claim: async ({ deliveryId }) => {
      if (++asks === 1) throw new Error('the database is away');
      return { kind: 'claimed', claim: claimOf(deliveryId) };
    },
  });
  turns.learn(DELIVERY.endpointId, 1);
  await begin();
  expect(await attempt(FIRST)).toMatchObject(SUCCEEDED);
  expect(turns.isFull(DELIVERY.endpointId)).toBe(false);
});

test('where attempts wait for their turn, or go out otherwise, nothing is begun ahead', async () => {
  const { begin, asked, taskRoom, turns } = stage();
  void taskRoom.watch('ep_slow', new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2000);
  expect(begin({ ...DELIVERY, endpointId: 'ep_slow' })).toBeUndefined();
  turns.learn('ep_full', 1);
  expect(begin({ ...DELIVERY, endpointId: 'ep_full' })).toBeDefined();
  expect(begin({ ...DELIVERY, id: 'dlv_2', endpointId: 'ep_full' })).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('as many are under way as there is room for inside workflow tasks', () => {
  const { begin, taskRoom } = stage({ post: () => new Promise(() => undefined) });
  const deliveries = Array.from({ length: 300 }, (_, n) => ({
    ...DELIVERY,
    id: `dlv_${n}`,
    endpointId: `ep_${n}`,
  }));
  const rooms = deliveries.map((delivery) => {
    const hasRoom = taskRoom.hasRoomFor(delivery);
    expect(begin(delivery) !== undefined).toBe(hasRoom);
    return hasRoom;
  });
  expect(new Set(rooms).size).toBe(2);
});

test('another attempt of the delivery, and another delivery, are made as ever', async () => {
  const { attempt, begin, asked } = stage();
  await begin();
  await attempt({ ...FIRST, number: 2 });
  await attempt({ ...FIRST, deliveryId: 'dlv_2' });
  expect(asked).toHaveLength(3);
});

test('what is over is kept for a little while only, and stopping waits for what is not', async () => {
  let end = (_: Outcome) => {};
  const { ahead, begin } = stage({ post: () => new Promise((resolve) => (end = resolve)) });
  await begin();
  await vi.advanceTimersByTimeAsync(0);
  let stopped = false;
  const stopping = ahead.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(stopped).toBe(false);
  end(OK);
  await stopping;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ahead.take(DELIVERY.id, 1)).toBeUndefined();
});

describe('the attempts of a burst', () => {
  const BURST = { burst: 'burst_1', deliveries: { shop: { ep_1: ['dlv_1'] } } };
  const made = (settled: number): MadeEach => ({
    settled,
    handedOver: 0,
    parked: 0,
    log: {},
    unrecorded: [],
  });

  test('are joined by its activity, while they are under way and soon after', async () => {
    const ends: ((made: MadeEach) => void)[] = [];
    const { ahead, attemptEach } = stage({ attemptEach: () => new Promise((end) => ends.push(end)) });
    ahead.beginEach(BURST);
    const joined = attemptEach(BURST);
    ends[0]?.(made(1));
    expect(await joined).toEqual(made(1));

    ahead.beginEach({ ...BURST, burst: 'burst_2' });
    ends[1]?.(made(2));
    await vi.advanceTimersByTimeAsync(400);
    expect(await attemptEach({ ...BURST, burst: 'burst_2' })).toEqual(made(2));
    expect(ends).toHaveLength(2);
  });

  test('are made by its activity when it comes late, when it is another, or when they failed', async () => {
    let asks = 0;
    const { ahead, attemptEach } = stage({
      async attemptEach() {
        if (++asks === 3) throw new Error('the thread has ended');
        return made(asks);
      },
    });
    ahead.beginEach(BURST);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await attemptEach(BURST)).toEqual(made(2));

    ahead.beginEach(BURST);
    await vi.advanceTimersByTimeAsync(0);
    expect(await attemptEach(BURST)).toEqual(made(4));

    ahead.beginEach(BURST);
    expect(await attemptEach({ ...BURST, burst: 'burst_2' })).toEqual(made(6));
  });

  test('fail for an activity that has joined them, for Temporal to repeat it', async () => {
    let fail = (_: Error) => {};
    const { ahead, attemptEach } = stage({
      attemptEach: () => new Promise((_, reject) => (fail = reject)),
    });
    ahead.beginEach(BURST);
    const joined = attemptEach(BURST);
    fail(new Error('the thread has ended'));
    await expect(joined).rejects.toThrow('the thread has ended');
  });

  test('are waited for by who stops', async () => {
    let end = (_: MadeEach) => {};
    const { ahead } = stage({ attemptEach: () => new Promise((resolve) => (end = resolve)) });
    ahead.beginEach(BURST);
    let stopped = false;
    const stopping = ahead.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(stopped).toBe(false);
    end(made(1));
    await stopping;
  });
});
