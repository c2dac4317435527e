import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createPool } from '../../src/db/pool.ts';
import { profilesReceiving } from '../../src/profiles/catalogue/index.ts';
import { historyOf, workflowEnded } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let pool: Pool;
let writes: DeliveryWrites;
let merchant: Merchant;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  pool = createPool(posthaste.databaseUrl, () => undefined);
  writes = createDeliveryWrites(pool);
  merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: receiver.url('/hook') });
});
afterAll(async () => {
  await pool.end();
  await posthaste.stop();
  await receiver.close();
});

/** An event that was committed, and whose process died before it started the workflow. */
async function leftBehind(): Promise<string> {
  const ingested = await writes.ingest({
    accountId: merchant.id,
    type: 'left.behind',
    data: '{}',
    selzToken: 'token-of-16-chars',
    contentHash: randomUUID(),
    profiles: profilesReceiving('left.behind'),
  });
  const id = ingested.kind === 'accepted' ? ingested.deliveries[0]?.id : undefined;
  if (!id) throw new Error('nothing was committed');
  return id;
}

const requestsFor = (id: string) =>
  receiver.requests.filter(({ headers }) => headers['posthaste-delivery'] === id).length;

test('a delivery that was committed and never started is started by a sweep, once', async () => {
  const id = await leftBehind();
  expect(await historyOf(posthaste.client, id)).toEqual([]);
  await merchant.until(id, 'succeeded', 15_000);
  await workflowEnded(posthaste.client, id);
  expect(requestsFor(id)).toBe(1);
});

test('two relays on one database start one workflow for each delivery', async () => {
  const { databaseUrl, taskQueue, encryptionKeys } = posthaste.parts;
  const second = await startPosthaste({ databaseUrl, taskQueue, encryptionKeys });
  try {
    const ids = await Promise.all(Array.from({ length: 30 }, leftBehind));
    // Old enough for either to take them up at its next sweep.
    await pool.query(`update deliveries set created_at = now() - interval '1 minute' where id = any($1)`, [
      ids,
    ]);
    for (const id of ids) await merchant.until(id, 'succeeded');
    expect(ids.map(requestsFor)).toEqual(ids.map(() => 1));
    await waitUntil(
      async () => (await pool.query('select 1 from deliveries where started_at is null')).rowCount,
      (unstarted) => unstarted === 0,
    );
  } finally {
    await second.stop();
  }
});
