import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopedTo } from '../../src/db/account-scope.ts';
import { dayOf } from '../../src/db/days.ts';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { findEvent } from '../../src/db/events.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { newId } from '../support/ids.ts';
import { migrateFirst } from '../support/migrate-first.ts';
import { freshDatabase } from '../support/postgres.ts';

const DAY = 86_400_000;
/** Migrations of before events, deliveries and attempts were kept by day. */
const BEFORE_DAYS = 6;
const NOW = Date.now();
const daysAgo = (days: number) => new Date(NOW - days * DAY);

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let tenants: pg.Pool;
let writes: DeliveryWrites;

const resendOfQuietDay = newId('dlv', daysAgo(40).getTime());
const endedOpenLong = newId('dlv', daysAgo(30).getTime());
const plainEvent = newId('evt', daysAgo(30).getTime());
/** Chosen by a caller, and yet like one of ours, of a day that has nothing to do with it. */
const givenEvent = newId('evt', daysAgo(300).getTime());

beforeAll(async () => {
  database = await freshDatabase({ isMigrated: false });
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  await migrateFirst(client, BEFORE_DAYS);
  await client.query('set role posthaste_engine');
  await client.query(`insert into accounts (id) values ('shop')`);
  await client.query(
    `insert into endpoints (id, account_id, url, profile, events, secret_sealed)
     values ('ep', 'shop', 'https://shop.example/', 'standard', '{*}', 'sealed')`,
  );
  for (const [id, days] of [
    [plainEvent, 30],
    [givenEvent, 50],
  ] as const)
    await client.query(
      `insert into events (account_id, id, type, data, created_at, accepted_at, selz_token, content_hash)
       values ('shop', $1, 'a.type', '{}', $2, $2, 'token-of-16-chars', 'hash')`,
      [id, daysAgo(days)],
    );
  const deliveries = [
    { id: endedOpenLong, event: plainEvent, at: daysAgo(30), ended: daysAgo(29) },
    { id: resendOfQuietDay, event: givenEvent, at: daysAgo(40), ended: null },
  ];
  for (const { id, event, at, ended } of deliveries) {
    await client.query(
      `insert into deliveries (id, account_id, event_id, endpoint_id, event_type, status, created_at, started_at, completed_at)
       values ($1, 'shop', $2, 'ep', 'a.type', $3, $4, $4, $5)`,
      [id, event, ended ? 'succeeded' : 'pending', at, ended],
    );
    if (ended)
      await client.query(
        `insert into attempts (delivery_id, account_id, number, try, started_at, finished_at, duration_ms, step)
         values ($1, 'shop', 1, 1, $2, $2, 5, '{}')`,
        [id, ended],
      );
  }
  await client.end();
  await migrate(database.databaseUrl);
  pool = createPool(database.databaseUrl, () => undefined);
  tenants = createPool(database.databaseUrl, () => undefined, { role: 'tenant' });
  writes = createDeliveryWrites(pool);
});
afterAll(async () => {
  await Promise.all([pool.end(), tenants.end()]);
  await database.drop();
});

test('what had ended lies on its day, with its attempts', async () => {
  const { rows } = await pool.query(
    `select d.day::text as day, t.day::text as attempt_day from deliveries d join attempts t on t.delivery_id = d.id
     where d.id = $1`,
    [endedOpenLong],
  );
  const day = dayOf(endedOpenLong);
  expect(rows).toEqual([{ day, attempt_day: day }]);
});

test('what was open ends on its day, though nothing else is there', async () => {
  const request = { deliveryId: resendOfQuietDay, number: 1 };
  const answer = await writes.claim(request);
  if (answer.kind !== 'claimed') throw new Error(JSON.stringify(answer));
  const attempt = { number: 1, startedAt: answer.claim.startedAt.toISOString(), durationMs: 5 };
  await writes.record({
    ...request,
    try: answer.claim.try,
    durationMs: 5,
    step: { kind: 'settled', status: 'succeeded', attempt },
  });
  const { rows } = await pool.query('select day::text as day from deliveries where id = $1', [
    resendOfQuietDay,
  ]);
  expect(rows).toEqual([{ day: dayOf(resendOfQuietDay) }]);
});

test('events are found by whatever id they had, and taken for repeats when they are sent again', async () => {
  const ours = scopedTo(tenants, 'shop');
  for (const id of [plainEvent, givenEvent]) {
    expect(await findEvent(ours, 'shop', id)).toMatchObject({ id });
    const again = await writes.ingest({
      accountId: 'shop',
      id,
      type: 'a.type',
      data: '{}',
      selzToken: 'token-of-16-chars',
      contentHash: 'hash',
      profiles: ['standard'],
    });
    expect(again).toMatchObject({ kind: 'accepted', repeated: true, id });
  }
});
