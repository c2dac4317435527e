import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { readFigures } from '../../src/db/figures.ts';
import { passTurns } from '../../src/db/ordered-lanes.ts';
import { createPool } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

const HOUR_S = 3600;
/** What has happened just now, however busy this machine is. */
const JUST_NOW_S = 60;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let writes: DeliveryWrites;

beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.databaseUrl, () => undefined);
  writes = createDeliveryWrites(pool);
  await pool.query(`insert into accounts (id) values ('shop'), ('other')`);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function endpoint(account: string, { ordered = false, maxConcurrency = 50 } = {}): Promise<void> {
  await pool.query(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, ordered, max_concurrency)
     values ($1, 'https://shop.example/', 'standard', '{*}', 'sealed', $2, $3)`,
    [account, ordered, maxConcurrency],
  );
}

/** @returns the id of its one delivery */
async function made(account: string, orderingKey?: string): Promise<string> {
  const ingested = await writes.ingest({
    accountId: account,
    type: 'some.type',
    data: '{}',
    selzToken: 'token-of-16-chars',
    contentHash: randomUUID(),
    profiles: ['standard'],
    ...(orderingKey !== undefined && { orderingKey }),
  });
  if (ingested.kind !== 'accepted') throw new Error(ingested.kind);
  return ingested.deliveries[0]?.id ?? '';
}

const backlog = async () => (await readFigures(pool)).backlog;

async function anHourAgo(id: string, ...columns: string[]): Promise<void> {
  const set = columns.map((column) => `${column} = ${column} - interval '1 hour'`);
  await pool.query(`update deliveries set ${set} where id = $1`, [id]);
}

async function succeeded(deliveryId: string, tryNumber = 1): Promise<void> {
  const attempt = { number: 1, startedAt: new Date().toISOString(), durationMs: 5 };
  const step = { kind: 'settled', status: 'succeeded', attempt } as const;
  await writes.record({ deliveryId, number: 1, try: tryNumber, durationMs: 5, step });
}

test('the first delivery without a workflow tells how far the relay is behind, whosever it is', async () => {
  for (const account of ['shop', 'other']) await endpoint(account);
  await made('shop');
  expect(await backlog()).toMatchObject({ unstarted: 1 });
  expect((await backlog()).unstartedForS).toBeLessThan(JUST_NOW_S);
  await anHourAgo(await made('other'), 'created_at');
  const { unstarted, unstartedForS } = await backlog();
  expect(unstarted).toBe(2);
  expect(unstartedForS).toBeGreaterThanOrEqual(HOUR_S);
});

test('one that was woken just now, after an hour of waiting for room, is as old as its being woken', async () => {
  await endpoint('shop', { maxConcurrency: 1 });
  const [first, second] = [await made('shop'), await made('shop')];
  await writes.claim({ deliveryId: first, number: 1 });
  const burst = 'burst-1';
  expect(await writes.claim({ deliveryId: second, number: 1, burst, parks: true })).toEqual({
    kind: 'parked',
  });
  await anHourAgo(second, 'created_at', 'parked_at');
  expect(await backlog()).toMatchObject({ unstarted: 0, crowded: 1, unstartedForS: 0 });
  await succeeded(first);
  const woken = await waitUntil(backlog, ({ unstarted }) => unstarted === 1);
  expect(woken.unstartedForS).toBeLessThan(JUST_NOW_S);
  await anHourAgo(second, 'woken_at');
  expect((await backlog()).unstartedForS).toBeGreaterThanOrEqual(HOUR_S);
});

test('one that was let go in its lane just now, an hour after it was made, is as old as its being let go', async () => {
  await endpoint('shop', { ordered: true });
  const [front, behind] = [await made('shop', 'key'), await made('shop', 'key')];
  for (const id of [front, behind]) await anHourAgo(id, 'created_at');
  expect(await backlog()).toMatchObject({ unstarted: 1, inLane: 1 });
  await writes.claim({ deliveryId: front, number: 1 });
  await succeeded(front);
  const { letGo } = await passTurns(pool, 10);
  expect(letGo.map(({ id }) => id)).toEqual([behind]);
  const { unstarted, unstartedForS } = await backlog();
  expect(unstarted).toBe(1);
  expect(unstartedForS).toBeLessThan(JUST_NOW_S);
  await anHourAgo(behind, 'let_go_at');
  expect((await backlog()).unstartedForS).toBeGreaterThanOrEqual(HOUR_S);
});

test('one that a burst hands over is as old as the attempt before, however long that was waited for', async () => {
  await endpoint('shop');
  const deliveryId = await made('shop');
  await anHourAgo(deliveryId, 'created_at');
  const burst = 'burst-1';
  await writes.claim({ deliveryId, number: 1, burst });
  await writes.record({
    deliveryId,
    number: 1,
    try: 1,
    durationMs: 5,
    step: {
      kind: 'waiting',
      waitMs: HOUR_S * 1000,
      because: 'retry_schedule',
      until: new Date(Date.now() + HOUR_S * 1000).toISOString(),
      attempt: { number: 1, startedAt: new Date().toISOString(), durationMs: 5, error: 'server_error' },
    },
  });
  await writes.handOver({ deliveryId, burst });
  const { handedOver, handedOverForS } = await backlog();
  expect(handedOver).toBe(1);
  expect(handedOverForS).toBeLessThan(JUST_NOW_S);
  await pool.query(
    `update attempts set finished_at = finished_at - interval '1 hour' where delivery_id = $1`,
    [deliveryId],
  );
  expect((await backlog()).handedOverForS).toBeGreaterThanOrEqual(HOUR_S);
});
