import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanesToMove, passTurns } from '../../src/db/ordered-lanes.ts';
import { takeUnstarted } from '../../src/db/outbox.ts';
import { WALKS } from '../../src/db/overlooked.ts';
import { createPool, type Queryable } from '../../src/db/pool.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

const WAITING = 10_000;
const BATCH = 500;

let posthaste: Posthaste;
let receiver: Receiver;
let pool: Pool;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  pool = createPool(posthaste.databaseUrl, () => undefined);
});
afterAll(async () => {
  await pool.end();
  await posthaste.stop();
  await receiver.close();
});

/** The same database, which counts what its statements read: rows that were looked at, and pages. */
function counting() {
  const read = { pages: 0, rows: 0 };
  const db: Queryable = {
    async query(query, values) {
      const { text, values: given = values } = typeof query === 'string' ? { text: query } : query;
      const explained = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        given,
      );
      const [{ Plan: plan }] = explained.rows[0]?.['QUERY PLAN'] ?? [{ Plan: {} }];
      read.pages += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      read.rows += rowsRead(plan);
      return pool.query(text, given);
    },
  };
  return { db, read };
}

interface Node {
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Relation Name'?: string;
  Plans?: Node[];
}

function rowsRead(node: Node): number {
  const own = node['Relation Name']
    ? ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1)
    : 0;
  return (node.Plans ?? []).reduce((sum, plan) => sum + rowsRead(plan), own);
}

/** Milliseconds from sending to receipt, of one delivery after the other; the middle one. */
async function quickness(merchant: Merchant, path: string): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < 21; n++) {
    const before = receiver.requests.length;
    const since = performance.now();
    await merchant.send('quick.one', { n });
    await receiver.waitFor(
      (requests) => requests.slice(before).some((request) => request.path === path),
      10_000,
    );
    took.push(performance.now() - since);
  }
  return took.toSorted((a, b) => a - b)[10] ?? 0;
}

test('ten thousand that wait in one lane have no workflows, are read by no sweep, and delay nobody', {
  timeout: 120_000,
}, async () => {
  const [merchant, other] = [await openAccount(posthaste), await openAccount(posthaste)];
  receiver.script('/blocked', answer(500));
  const { id: endpointId } = await merchant.endpoint({
    url: receiver.url('/blocked'),
    ordered: true,
    orderedMaxWait: 86_400,
    retrySchedule: [600],
  });
  await other.endpoint({ url: receiver.url('/other') });
  await quickness(other, '/other');
  const quickBefore = await quickness(other, '/other');

  const head = await merchant.deliver('a.type', { n: 0 }, { orderingKey: 'ann' });
  await merchant.until(head, 'retrying');
  for (let sent = 0; sent < WAITING; sent += BATCH) {
    const events = Array.from({ length: BATCH }, (_, n) => ({
      event: 'a.type',
      data: { n: sent + n + 1 },
      orderingKey: 'ann',
    }));
    expect((await merchant.call('POST', '/events/batch', { events })).status).toBe(207);
  }
  const waiting = async () =>
    (
      await pool.query<{ count: number }>(
        `select count(*)::int as count from deliveries
         where endpoint_id = $1 and status = 'pending' and started_at is null and revision = 0 and leased_until is null`,
        [endpointId],
      )
    ).rows[0]?.count;
  expect(await waiting()).toBe(WAITING);

  // As if they had waited for long: whatever looks for what is old, or was left behind, would take them now.
  await pool.query(
    `update deliveries set created_at = created_at - interval '1 hour' where lane_place is not null`,
  );
  const { db, read } = counting();
  expect(await takeUnstarted(db, { handedOver: false, graceMs: 0, limit: 200 })).toEqual([]);
  expect(await takeUnstarted(db, { handedOver: true, graceMs: 0, limit: 200 })).toEqual([]);
  for (const walk of Object.values(WALKS))
    expect(await walk(db, { after: undefined, quietMs: 600_000, limit: 250 })).toEqual([]);
  expect(await lanesToMove(db)).toEqual([]);
  // It is these counters that would tell.
  const all = counting();
  await all.db.query('select created_at from deliveries where lane_place is not null');
  expect(all.read.rows).toBeGreaterThanOrEqual(WAITING);
  expect(read.rows).toBeLessThan(200);
  expect(read.pages).toBeLessThan(all.read.pages / 2);
  expect(await passTurns(pool, 200)).toEqual({ letGo: [], turns: 0 });

  // Other tests may be busy just then; what the lane would cost, it would cost as long as it waits.
  await waitUntil(
    () => quickness(other, '/other'),
    (quickMeanwhile) => quickMeanwhile < 2 * quickBefore + 20,
    30_000,
  );
  expect(await waiting()).toBe(WAITING);
  const { count } = await posthaste.client.workflow.count(
    `TaskQueue = '${posthaste.taskQueue}' and EndpointId = '${endpointId}'`,
  );
  expect(count).toBeLessThanOrEqual(1);
  expect(receiver.requests.filter(({ path }) => path === '/blocked')).toHaveLength(1);

  await merchant.deleteEndpoint(endpointId);
  await waitUntil(
    async () =>
      (
        await pool.query(
          `select from deliveries where endpoint_id = $1 and reason = 'endpoint_deleted' and status = 'failed'`,
          [endpointId],
        )
      ).rowCount,
    (failed) => failed === WAITING + 1,
    20_000,
  );
});
