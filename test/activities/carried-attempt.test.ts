import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCarriedAttempt } from '../../activities/carried-attempt.ts';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import type { ClaimAnswer, ClaimRequest } from '../../src/db/attempt-claim.ts';
import { waitUntil } from '../support/wait.ts';
import { attemptDeps, claimOf } from './attempt-deps.ts';

const BURST = 'burst_1';
const MINUTE_MS = 60_000;

const claimed = (deliveryId: string, maxConcurrency: number): ClaimAnswer => ({
  kind: 'claimed',
  claim: claimOf(deliveryId, maxConcurrency),
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** First attempts at one endpoint, whose POSTs end when they are told to. */
function attemptsAt({
  maxConcurrency = 32,
  claims,
}: {
  maxConcurrency?: number;
  /** What the database answers. Default: the claim. */
  claims?: (request: ClaimRequest, asks: number) => ClaimAnswer;
} = {}) {
  const asked: ClaimRequest[] = [];
  const ends: (() => void)[] = [];
  const turns = createEndpointTurns();
  turns.learn('ep_1', maxConcurrency);
  const attempt = createCarriedAttempt(
    attemptDeps({
      writes: {
        async claim(request) {
          asked.push(request);
          return claims?.(request, asked.length) ?? claimed(request.deliveryId, maxConcurrency);
        },
      },
      post: async () => {
        await new Promise<void>((end) => ends.push(end));
        return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false };
      },
      turns,
    }),
  );
  return {
    asked,
    posts: ends,
    carry: (n: number, burst = BURST) =>
      attempt({ deliveryId: `dlv_${n}`, accountId: 'shop', endpointId: 'ep_1', burst }),
    endOne() {
      ends.shift()?.();
    },
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const ALONE = { kind: 'due' };
const PARKED = { kind: 'parked' } as const;
const SUCCEEDED = { kind: 'settled', status: 'succeeded' };

test('an attempt waits for its turn at its endpoint, and is claimed for its burst when that comes', async () => {
  const { carry, asked, posts, endOne } = attemptsAt({ maxConcurrency: 2 });
  const carried = [1, 2, 3].map((n) => carry(n));
  await pass(500);
  expect(posts).toHaveLength(2);
  expect(asked).toHaveLength(2);
  endOne();
  await pass(0);
  expect(asked.at(-1)).toEqual({ deliveryId: 'dlv_3', number: 1, burst: BURST, parks: false });
  endOne();
  endOne();
  expect(await Promise.all(carried)).toMatchObject([SUCCEEDED, SUCCEEDED, SUCCEEDED]);
});

test('where the endpoint turns out to be slow, those that wait are parked, and so is whoever comes while it is full', async () => {
  const { carry, asked, posts, endOne } = attemptsAt({
    maxConcurrency: 1,
    claims: ({ deliveryId, parks }, asks) => (asks > 1 && parks ? PARKED : claimed(deliveryId, 1)),
  });
  const carried = [1, 2, 3].map((n) => carry(n));
  await pass(MINUTE_MS / 4);
  expect(await Promise.all(carried.slice(1))).toEqual([PARKED, PARKED]);
  expect(await carry(4)).toEqual(PARKED);
  expect(asked.map(({ parks }) => parks)).toEqual([false, true, true, true]);
  endOne();
  expect(await carried[0]).toMatchObject(SUCCEEDED);
  expect(posts).toHaveLength(0);
});

test('an endpoint that is slow, and has room, gets its attempts in the burst', async () => {
  const { carry, posts, endOne } = attemptsAt({ maxConcurrency: 2 });
  const first = carry(1);
  await pass(MINUTE_MS / 4);
  const second = carry(2);
  await pass(0);
  expect(posts).toHaveLength(2);
  endOne();
  endOne();
  expect(await Promise.all([first, second])).toMatchObject([SUCCEEDED, SUCCEEDED]);
});

describe('an attempt that is under way already', () => {
  test.each([
    ['was begun by this very burst, in a process that died: it goes on by itself', BURST, ALONE],
    ['is made by another burst', 'burst_2', { kind: 'elsewhere' }],
    ['is made by a workflow of its own', null, { kind: 'elsewhere' }],
  ])('%s', async (_, burst, expected) => {
    const { carry, posts } = attemptsAt({ claims: () => ({ kind: 'under_way', forMs: 1000, burst }) });
    expect(await carry(1)).toEqual(expected);
    expect(posts).toHaveLength(0);
  });

  test('in this process is joined, and not made again', async () => {
    const { carry, asked, endOne } = attemptsAt();
    const both = [carry(1), carry(1)];
    await pass(0);
    endOne();
    expect(await Promise.all(both)).toMatchObject([SUCCEEDED, SUCCEEDED]);
    expect(asked).toHaveLength(1);
  });
});

describe('where other workers fill the endpoint', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  test('an attempt asks again, and is made when there is room', async () => {
    const { carry, asked, posts, endOne } = attemptsAt({
      claims: ({ deliveryId }, asks) => (asks < 3 ? { kind: 'crowded' } : claimed(deliveryId, 32)),
    });
    const carried = carry(1);
    await waitUntil(() => posts.length === 1);
    expect(asked).toHaveLength(3);
    endOne();
    expect(await carried).toMatchObject(SUCCEEDED);
  });

  test('and go on filling it, the attempt is parked after a few looks', async () => {
    const { carry, asked } = attemptsAt({ claims: ({ parks }) => (parks ? PARKED : { kind: 'crowded' }) });
    expect(await carry(1)).toEqual(PARKED);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(10);
  });
});

test('what the database says instead of a claim is what comes of it', async () => {
  const step = { kind: 'held', endpoint: 'paused' } as const;
  const { carry, posts } = attemptsAt({ claims: () => ({ kind: 'step', step }) });
  expect(await carry(1)).toEqual(step);
  expect(posts).toHaveLength(0);
});

test('a fault of ours is not remembered: the next time it is asked again', async () => {
  const { carry, endOne } = attemptsAt({
    claims: ({ deliveryId }, asks) => {
      if (asks === 1) throw new Error('the database is away');
      return claimed(deliveryId, 32);
    },
  });
  await expect(carry(1)).rejects.toThrow('away');
  const again = carry(1);
  await pass(0);
  endOne();
  expect(await again).toMatchObject(SUCCEEDED);
});
