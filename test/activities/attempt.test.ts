import { expect, test } from 'vitest';
import { createAttempt } from '../../activities/attempt.ts';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import { createVault } from '../../src/db/vault.ts';
import { createLogger } from '../../src/log.ts';

const vault = createVault([{ id: 'test', key: Buffer.alloc(32) }]);

const claim = {
  deliveryId: 'dlv_1',
  accountId: 'shop',
  endpointId: 'ep_1',
  number: 1,
  try: 1,
  startedAt: new Date(),
  profile: 'standard',
  url: 'https://shop.example/',
  headers: {},
  secretsSealed: [vault.seal(`whsec_${Buffer.alloc(24).toString('base64')}`)],
  timeoutMs: 15_000,
  maxConcurrency: 32,
  policy: { scheduleS: [300], jitter: 0, retryOn: [] },
  event: {
    id: 'evt_1',
    type: 'order.completed',
    createdAt: new Date(),
    acceptedAt: new Date(),
    selzToken: 'token-of-16-chars',
    data: '{}',
  },
} as const;

test('an outcome that a silent database does not take is handed to the workflow, before the attempt is repeated', async () => {
  let posts = 0;
  const attempt = createAttempt({
    writes: {
      claim: async () => ({ kind: 'claimed', claim: { ...claim, secretsSealed: [...claim.secretsSealed] } }),
      record: () => new Promise(() => undefined),
      release: async () => undefined,
      settle: () => Promise.reject(new Error('not here')),
      handOver: () => Promise.reject(new Error('not here')),
      ingest: () => Promise.reject(new Error('not here')),
    },
    vault,
    post: async () => {
      posts++;
      return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false };
    },
    taskRoom: createTaskRoom(),
    turns: createEndpointTurns(),
    heartbeat: () => undefined,
    logger: createLogger('fatal'),
    // Not used by an attempt.
    pool: undefined as never,
    offer: () => undefined,
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
