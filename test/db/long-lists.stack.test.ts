import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDay, dayAfter, dayAt } from '../../src/db/days.ts';
import { type DeliveryFilter, listDeliveries } from '../../src/db/deliveries.ts';
import { cursorAt } from '../../src/db/page.ts';
import { createPool } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';

const DELIVERIES = 100_000;
const DAYS = 10;
const PAGE = 50;
/** Failed is one of so many, so that a page of them is spread over all days. */
const FAILED_EVERY = 1000;
/** Of 8 kB: a page's rows lie in one place each at most, and an index is a few blocks deep in every part looked at. */
const MOST_BLOCKS = 150;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let tenants: Pool;
let client: PoolClient;
let endpointIds: string[];

beforeAll(async () => {
  database = await freshDatabase();
  const engine = createPool(database.databaseUrl, () => undefined);
  const today = dayAt(new Date());
  for (let back = DAYS; back > 1; back--) await addDay(engine, dayAfter(today, -back));
  await engine.query(`insert into accounts (id, created_at) values ('shop', now() - interval '20 days')`);
  const made = await engine.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     select 'shop', 'https://shop.example/' || n, 'standard', '{*}', 'sealed' from generate_series(1, 4) n
     returning id`,
  );
  endpointIds = made.rows.map(({ id }) => id);
  await engine.query(
    `with spread as (
       select n, now() - make_interval(secs => n * $1::float8) as at from generate_series(0, $2 - 1) n
     ), made as (
       select n, at, 'dlv_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0') as id
       from spread
     )
     insert into deliveries (id, account_id, event_id, endpoint_id, event_type, status, reason, attempt_count,
       last_response_status, created_at, completed_at, day, event_day)
     select id, 'shop', 'evt_' || n, ($3::text[])[1 + n % 4], 'order.' || n % 20,
       case when n % $4 = 0 then 'failed' else 'succeeded' end, case when n % $4 = 0 then 'rejected' end, 1,
       case when n % $4 = 0 then 404 else 200 end, at, at, day_of(id), day_of(id)
     from made`,
    [(DAYS * 86_400) / DELIVERIES, DELIVERIES, endpointIds, FAILED_EVERY],
  );
  await engine.query('vacuum analyze deliveries');
  await engine.end();
  tenants = createPool(database.databaseUrl, () => undefined, { role: 'tenant' });
  client = await tenants.connect();
  await client.query(`select set_config('posthaste.account', 'shop', false)`);
}, 120_000);
afterAll(async () => {
  client.release();
  await tenants.end();
  await database.drop();
});

interface Look {
  ids: string[];
  plans: string[];
  /** How many blocks were looked at for it. */
  blocks: number;
}

/** A page as an account reads it, after the delivery with this number, and how Postgres came by it. */
async function look(filter: DeliveryFilter, after?: number): Promise<Look> {
  const plans: string[] = [];
  const explaining = {
    async query(text: string, values: unknown[]) {
      if (text.includes('limit')) {
        const explained = await client.query<{ 'QUERY PLAN': string }>(
          `explain (analyze, buffers) ${text}`,
          values,
        );
        plans.push(explained.rows.map((row) => row['QUERY PLAN']).join('\n'));
      }
      return client.query(text, values);
    },
  };
  const last = after === undefined ? undefined : await cursorOf(after);
  const rows = await listDeliveries(explaining as never, 'shop', filter, { rows: PAGE, after: last });
  const blocks = plans.map(blocksOf).reduce((sum, one) => sum + one, 0);
  return { ids: rows.map(({ id }) => id), plans, blocks };
}

async function cursorOf(number: number) {
  const { rows } = await client.query<{ id: string; at: string }>(
    `select id, ${cursorAt('created_at')} as at from deliveries where event_id = $1`,
    [`evt_${number}`],
  );
  if (!rows[0]) throw new Error(`there is no delivery ${number}`);
  return rows[0];
}

/** Of the whole plan: its first line of buffers counts those of all below it. */
function blocksOf(plan: string): number {
  const [, counts = ''] = /Buffers: shared (.*)/.exec(plan) ?? [];
  const looked = [...counts.matchAll(/(?:hit|read)=(\d+)/g)];
  return looked.reduce((sum, [, count]) => sum + Number(count), 0);
}

const numbered = (filter: (n: number) => boolean, from = 0) =>
  Array.from({ length: DELIVERIES - from }, (_, index) => from + index)
    .filter(filter)
    .slice(0, PAGE);

test.each<[string, () => DeliveryFilter, (n: number) => boolean]>([
  ['of all', () => ({}), () => true],
  ['of an endpoint', () => ({ endpointId: endpointIds[2] ?? '' }), (n) => n % 4 === 2],
  ['of a type', () => ({ eventType: 'order.7' }), (n) => n % 20 === 7],
  ['of the one in a thousand that failed', () => ({ statuses: ['failed'] }), (n) => n % FAILED_EVERY === 0],
  [
    'of those that failed with 404 at an endpoint',
    () => ({ statuses: ['failed'], responseStatus: 404, endpointId: endpointIds[0] ?? '' }),
    (n) => n % FAILED_EVERY === 0,
  ],
  [
    'of those that sleep or are held, which are none',
    () => ({ statuses: ['retrying', 'held'] }),
    () => false,
  ],
])(
  'of 100,000 deliveries a page %s is read through an index, and nothing else is looked at',
  async (_what, filter, has) => {
    const first = await look(filter());
    expect(first.ids.map(numberOf)).toEqual(numbered(has));
    expectRead(first);
  },
);

test('the page after the 90,000th is read as quickly as the first', async () => {
  const deep = await look({}, 90_000);
  expect(deep.ids.map(numberOf)).toEqual(numbered(() => true, 90_001));
  expectRead(deep);
});

function expectRead({ plans, blocks }: Look): void {
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) {
    expect(plan).toMatch(/Index Scan using deliveries_/);
    expect(plan).not.toMatch(/Seq Scan|Bitmap|-> {2}(?:Incremental )?Sort/);
  }
  expect(blocks, plans.join('\n')).toBeLessThanOrEqual(MOST_BLOCKS);
}

/** As it was numbered when it was made: the newest is 0. */
const numberOf = (id: string) => Number.parseInt(id.slice(-20), 16);
