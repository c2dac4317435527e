import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { overviewSchema } from '../../src/api/overview-contract.ts';
import { countMade } from '../../src/db/overview.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

type Overview = z.infer<typeof overviewSchema>;

const HOUR_MS = 3_600_000;

let served: ServedApi;
let merchant: Merchant;
let endpointId: string;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(async () => {
  merchant = await openAccount(served);
  endpointId = (await merchant.endpoint({ url: 'https://a.test/' })).id;
});

async function overview(query = ''): Promise<Overview> {
  const { status, body } = await merchant.call<Overview>('GET', `/overview${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/**
 * Makes so many deliveries, each some seconds before the one before it, with an attempt that took as many milliseconds as
 * it is the how manyth. Of 1000 in a row one sleeps, ten have failed, and the others have succeeded.
 */
async function made(count: number, { until, eachS }: { until: Date; eachS: number }): Promise<void> {
  const values = [count, merchant.id, endpointId, until, eachS];
  await served.pool.query(
    `insert into deliveries (id, day, account_id, event_id, event_day, endpoint_id, event_type, status, attempt_count,
       created_at, started_at, completed_at, next_attempt_at)
     select id, case when sleeps then null else day_of(id) end, $2, 'evt', day_of(id), $3, 'a.type',
       case when sleeps then 'retrying' when n % 100 = 7 then 'failed' else 'succeeded' end, 1, at, at,
       case when sleeps then null else at end, case when sleeps then now() + interval '90 minutes' end
     from generate_series(1, $1::int) n
     cross join lateral (select $4::timestamptz - n * $5::float8 * interval '1 second' as at, n % 1000 = 1 as sleeps) made
     cross join lateral (
       select 'dlv_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
         || substr(md5($3 || n), 1, 20) as id) named`,
    values,
  );
  await served.pool.query(
    `insert into attempts (day, delivery_id, account_id, number, try, started_at, finished_at, duration_ms, response_status)
     select day, id, account_id, 1, 1, created_at, created_at,
       round(extract(epoch from $2::timestamptz - created_at) / $3::float8), 200
     from deliveries where account_id = $1`,
    [merchant.id, until, eachS],
  );
}

test('deliveries are counted in the bucket of when they were made, as they stand now', async () => {
  const until = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
  await made(1000, { until, eachS: 60 });
  const seen = await overview(`?until=${until.toISOString()}`);
  expect(seen).toMatchObject({
    since: new Date(until.getTime() - 24 * HOUR_MS).toISOString(),
    until: until.toISOString(),
    stepSeconds: 900,
    totals: { succeeded: 989, failed: 10, cancelled: 0, open: 1 },
    responseTime: { p50Ms: 500, p95Ms: 950, attempts: 1000 },
  });
  expect(seen.successRate).toBeCloseTo(989 / 999, 10);
  expect(seen.buckets).toHaveLength(96);
  // A quarter of an hour has fifteen of them.
  expect(seen.buckets.at(-1)).toEqual({
    at: new Date(until.getTime() - HOUR_MS / 4).toISOString(),
    succeeded: 13,
    failed: 1,
    cancelled: 0,
    open: 1,
  });
  expect(seen.buckets[0]).toMatchObject({ at: seen.since, succeeded: 0 });

  const half = await overview(`?until=${until.toISOString()}&since=${ago(until, HOUR_MS / 2)}`);
  expect(half).toMatchObject({ stepSeconds: 60, totals: { succeeded: 28, failed: 1, open: 1 } });
  expect(half.buckets).toHaveLength(30);
});

const ago = (from: Date, ms: number) => new Date(from.getTime() - ms).toISOString();

test('what waits is counted whenever it was made, and sleepers by the hour in which they wake', async () => {
  const until = new Date();
  await made(2001, { until: new Date(ago(until, HOUR_MS)), eachS: 1 });
  const seen = await overview(`?since=${ago(until, 60_000)}`);
  expect(seen.totals).toEqual({ succeeded: 0, failed: 0, cancelled: 0, open: 0 });
  expect(seen).not.toHaveProperty('successRate');
  expect(seen).not.toHaveProperty('responseTime');
  expect(seen.waiting).toMatchObject({ pending: 0, delivering: 0, retrying: 3, held: 0 });
  const nextAt = Date.parse(seen.waiting.nextAt ?? '');
  expect(Math.abs(nextAt - until.getTime() - 1.5 * HOUR_MS)).toBeLessThan(60_000);
  const at = new Date(Math.floor(nextAt / HOUR_MS) * HOUR_MS).toISOString();
  expect(seen.waiting.due).toEqual([{ at, count: 3 }]);
});

test('endpoints that are disabled or failing are named, others are not', async () => {
  const [failing, disabled] = [
    (await merchant.endpoint({ url: 'https://failing.test/' })).id,
    (await merchant.endpoint({ url: 'https://disabled.test/' })).id,
  ];
  await served.pool.query(
    `insert into endpoint_health (endpoint_id, account_id, failing_since, last_failure_at)
     values ($1, $2, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')`,
    [failing, merchant.id],
  );
  await served.pool.query(
    `update endpoints set status = 'disabled', disabled_reason = 'gone' where id = $1`,
    [disabled],
  );
  const inTrouble = [
    {
      id: failing,
      url: 'https://failing.test/',
      status: 'active',
      failingSince: '2026-01-01T00:00:00.000Z',
      lastFailureAt: '2026-01-02T00:00:00.000Z',
    },
    { id: disabled, url: 'https://disabled.test/', status: 'disabled', disabledReason: 'gone' },
  ];
  expect((await overview()).endpointsInTrouble).toEqual(inTrouble);
  expect((await overview(`?endpointId=${disabled}`)).endpointsInTrouble).toEqual(inTrouble.slice(1));
});

test('it may be of one endpoint alone, and of no other account', async () => {
  await made(1000, { until: new Date(), eachS: 1 });
  const [mine, account] = [endpointId, merchant];
  expect((await overview(`?endpointId=${mine}`)).totals.succeeded).toBe(989);
  const other = (await merchant.endpoint({ url: 'https://b.test/' })).id;
  expect((await overview(`?endpointId=${other}`)).totals.succeeded).toBe(0);
  merchant = await openAccount(served);
  expect((await overview()).totals.succeeded).toBe(0);
  expect((await overview(`?endpointId=${mine}`)).waiting.retrying).toBe(0);
  merchant = account;
  expect((await overview()).totals.succeeded).toBe(989);
});

test.each([
  ['?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z'],
  ['?since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z'],
  ['?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00.001Z'],
])('a span that is none, or longer than 31 days, is refused: %s', async (query) => {
  const { status, body } = await merchant.call('GET', `/overview${query}`);
  expect([status, body]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })]);
  expect((await overview('?since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z')).buckets).toHaveLength(93);
});

describe('with 100,000 deliveries of a day', () => {
  const ANSWERS_WITHIN_MS = 4000;

  test('it answers soon, and reads by index what was made in the span', async () => {
    const until = new Date();
    await made(100_000, { until, eachS: 0.8 });
    const before = performance.now();
    const seen = await overview();
    expect(performance.now() - before).toBeLessThan(ANSWERS_WITHIN_MS);
    expect(seen.totals).toEqual({ succeeded: 98_900, failed: 1000, cancelled: 0, open: 100 });
    expect(seen.responseTime?.attempts).toBe(2000);
    // Of all the days that there are, those of the span; what is older is passed over in the index.
    const plan = await planOfCounting({ since: new Date(until.getTime() - HOUR_MS), until });
    const scans = plan.match(/Scan.* on deliveries_\w+/g) ?? [];
    expect(scans.length).toBeLessThanOrEqual(4);
    expect(plan).not.toMatch(/Seq Scan|Bitmap/);
    expect(plan).toMatch(/Index Cond: .*created_at >= /);
  });

  async function planOfCounting(span: { since: Date; until: Date }): Promise<string> {
    let plan = '';
    const explaining = {
      async query(text: string, values: unknown[]) {
        const { rows } = await served
          .recordOf(merchant.id)
          .query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return { rows: [] };
      },
    };
    await countMade(explaining as never, merchant.id, { ...span, endpointId: undefined }, 900);
    return plan;
  }
});
