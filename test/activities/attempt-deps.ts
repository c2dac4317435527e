import type { Pool } from 'pg';
import type { BurstDeps } from '../../activities/deps.ts';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import type { AttemptClaim } from '../../src/db/attempt-claim.ts';
import type { DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createVault } from '../../src/db/vault.ts';
import { createLogger } from '../../src/log.ts';

const vault = createVault([{ id: 'test', key: Buffer.alloc(32) }]);

/** The claim of a first attempt, of which nothing is in a database. */
export function claimOf(deliveryId: string, maxConcurrency = 32): AttemptClaim {
  return {
    deliveryId,
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
    maxConcurrency,
    policy: { scheduleS: [300], jitter: 0, retryOn: [] },
    event: {
      id: 'evt_1',
      type: 'order.completed',
      createdAt: new Date(),
      acceptedAt: new Date(),
      selzToken: 'token-of-16-chars',
      data: '{}',
    },
  };
}

/** A database that answers with these rows, whatever it is asked. */
export const poolOf = (rows: readonly object[]) => ({ query: async () => ({ rows }) }) as unknown as Pool;

/** What an attempt needs, with a receiver that answers 200 and a database that claims; `writes` and the rest as given. */
export function attemptDeps({
  writes,
  ...given
}: Partial<Omit<BurstDeps, 'writes'>> & { writes?: Partial<DeliveryWrites> } = {}): BurstDeps {
  const notHere = () => Promise.reject(new Error('not here'));
  return {
    writes: {
      claim: async ({ deliveryId }) => ({ kind: 'claimed', claim: claimOf(deliveryId) }),
      record: async () => undefined,
      release: async () => undefined,
      settle: notHere,
      handOver: notHere,
      ingest: notHere,
      ...writes,
    },
    vault,
    post: async () => ({ kind: 'answered', status: 200, headers: {}, body: '', truncated: false }),
    taskRoom: createTaskRoom(),
    turns: createEndpointTurns(),
    logger: createLogger('fatal'),
    pool: poolOf([]),
    // Not used by an attempt.
    offer: () => undefined,
    ...given,
  };
}
