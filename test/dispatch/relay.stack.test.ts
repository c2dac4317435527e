import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createPool } from '../../src/db/pool.ts';
import { createRelay } from '../../src/dispatch/relay.ts';
import type { CommittedDelivery } from '../../src/domain/delivery.ts';
import { createLogger } from '../../src/log.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('what waits in memory is not started once more by the sweep', async () => {
  const pool = createPool(database.databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);
  await pool.query(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', '{*}', 'sealed')`,
  );
  const { ingest } = createDeliveryWrites(pool);
  const deliveries: CommittedDelivery[] = [];
  for (let n = 0; n < 5; n++) {
    const ingested = await ingest({
      accountId: 'shop',
      type: 'some.type',
      data: '{}',
      selzToken: 'token-of-16-chars',
      contentHash: randomUUID(),
      profiles: ['standard'],
    });
    if (ingested.kind === 'accepted') deliveries.push(...ingested.deliveries);
  }
  await pool.query(`update deliveries set created_at = now() - interval '1 minute'`);

  const started: string[] = [];
  const workflows = {
    async start({ id }: CommittedDelivery) {
      started.push(id);
      await delay(600);
      return { runsHere: false };
    },
    signal: async () => true,
    log: async () => undefined,
  };
  const relay = createRelay({ pool, workflows, logger: createLogger('fatal') }, { maxInFlight: 1 });
  relay.offer(deliveries);
  await waitUntil(
    async () => (await pool.query('select 1 from deliveries where started_at is null')).rowCount,
    (unstarted) => unstarted === 0,
  );
  await relay.stop();
  await pool.end();
  expect(started.toSorted()).toEqual(deliveries.map(({ id }) => id).toSorted());
});
