import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import type { NewEvent } from '../../src/db/new-event.ts';
import { createPool } from '../../src/db/pool.ts';
import { noticesDuty } from '../../src/dispatch/notices.ts';
import type { CommittedDelivery } from '../../src/domain/delivery.ts';
import { freshDatabase } from '../support/postgres.ts';

let pool: Pool;
let writes: DeliveryWrites;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  pool = createPool(database.databaseUrl, () => undefined);
  writes = createDeliveryWrites(pool);
});
afterAll(async () => {
  await pool.end();
  await drop();
});

/** An account with an endpoint that asks for operational events, and notices about another endpoint of it. */
async function account({ notices }: { notices: number }): Promise<string> {
  const id = `shop-${randomUUID()}`;
  await pool.query('insert into accounts (id) values ($1)', [id]);
  await pool.query(
    `insert into endpoints (id, account_id, url, profile, events, secret_sealed)
     values ($1 || '-watch', $1, 'https://shop.example/', 'standard', '{endpoint.*}', 'sealed')`,
    [id],
  );
  await pool.query(
    `insert into notices (account_id, type, data, at)
     select $1, 'endpoint.failing', json_build_object('endpointId', 'ep', 'attempt', n), '2026-01-02T03:04:05.678Z'
     from generate_series(1, $2) n`,
    [id, notices],
  );
  return id;
}

/** One process that tells, and what it offered to the relay. */
function teller(overrides: Partial<{ pool: Pool; ingest: DeliveryWrites['ingest'] }> = {}) {
  const offered: CommittedDelivery[] = [];
  const duty = noticesDuty({
    pool,
    ingest: writes.ingest,
    relay: { offer: (deliveries) => void offered.push(...deliveries) },
    newSelzToken: () => 'token-of-16-chars',
    ...overrides,
  });
  return { run: duty.run, offered };
}

async function toldTo(accountId: string) {
  const { rows } = await pool.query<{ id: string; data: string; created_at: Date; deliveries: number }>(
    `select v.id, v.data, v.created_at,
       (select count(*)::int from deliveries d where d.account_id = v.account_id and d.event_id = v.id) as deliveries
     from events v where v.account_id = $1 order by (v.data::json ->> 'attempt')::int`,
    [accountId],
  );
  return rows;
}

const left = async (accountId: string) =>
  (await pool.query('select 1 from notices where account_id = $1', [accountId])).rowCount;

test('each notice is an event, from the time it tells of, with its deliveries offered', async () => {
  const id = await account({ notices: 250 });
  const { run, offered } = teller();
  await run();
  const told = await toldTo(id);
  expect(told.map(({ data }) => data)).toEqual(
    Array.from({ length: 250 }, (_, n) => `{"endpointId":"ep","attempt":${n + 1}}`),
  );
  for (const event of told) {
    expect(event.created_at).toEqual(new Date('2026-01-02T03:04:05.678Z'));
    expect(event.deliveries).toBe(1);
  }
  expect(offered).toHaveLength(250);
  expect(await left(id)).toBe(0);
});

test('one that was told before its process died is told once', async () => {
  const id = await account({ notices: 3 });
  const dying: Pool = Object.create(pool, {
    query: {
      value: (query: string, ...rest: unknown[]) =>
        typeof query === 'string' && query.startsWith('delete from notices')
          ? Promise.reject(new Error('killed'))
          : Reflect.apply(pool.query, pool, [query, ...rest]),
    },
  });
  await expect(teller({ pool: dying }).run()).rejects.toThrow('killed');
  expect(await left(id)).toBe(3);
  const before = await toldTo(id);
  expect(before).toHaveLength(3);
  const { run, offered } = teller();
  await run();
  expect(await toldTo(id)).toEqual(before);
  expect(before.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1]);
  // The relay's sweep has what the dead process did not start.
  expect(offered).toEqual([]);
  expect(await left(id)).toBe(0);
});

test('two processes at once tell each once', async () => {
  const id = await account({ notices: 40 });
  const other = createDeliveryWrites(pool);
  const both = [teller(), teller({ ingest: other.ingest })];
  await Promise.all(both.map(({ run }) => run()));
  const told = await toldTo(id);
  expect(told).toHaveLength(40);
  for (const { deliveries } of told) expect(deliveries).toBe(1);
  expect(both.flatMap(({ offered }) => offered)).toHaveLength(40);
});

test('one that cannot be told keeps nothing back', async () => {
  const id = await account({ notices: 3 });
  const ingest = (event: NewEvent) =>
    event.data.includes('"attempt":2') ? Promise.reject(new Error('not this one')) : writes.ingest(event);
  await expect(teller({ ingest }).run()).rejects.toThrow('not this one');
  expect(await left(id)).toBe(1);
  await teller().run();
  expect(await toldTo(id)).toHaveLength(3);
});

test('an event that nobody asked for is stored all the same', async () => {
  const id = await account({ notices: 1 });
  await pool.query('update endpoints set events = $2 where account_id = $1', [id, ['*']]);
  const { run, offered } = teller();
  await run();
  expect(await toldTo(id)).toMatchObject([{ deliveries: 0 }]);
  expect(offered).toEqual([]);
});
