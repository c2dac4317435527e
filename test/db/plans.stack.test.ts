import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMade } from '../../src/db/claim.ts';
import { dayAt, moveEnded } from '../../src/db/days.ts';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { expungePayload } from '../../src/db/expunge.ts';
import { failWaiting, releaseWaiting } from '../../src/db/lane-waits.ts';
import { lanesToMove, letOverdueGo, passTurns } from '../../src/db/ordered-lanes.ts';
import {
  deleteUnheard,
  markStarted,
  signalOpenDeliveries,
  takeSignals,
  takeUnstarted,
} from '../../src/db/outbox.ts';
import { WALKS } from '../../src/db/overlooked.ts';
import { crowdedEndpoints, recallParked, wakeParked } from '../../src/db/parking.ts';
import { createPool, inTransaction } from '../../src/db/pool.ts';
import { readOpen, reclaimLost, untoldRuns, writeTold } from '../../src/db/reconcile.ts';
import { insertRecovery } from '../../src/db/recoveries.ts';
import { countRecoverable, recoverNextPage } from '../../src/db/recovery-page.ts';
import { resendDelivery } from '../../src/db/resend.ts';
import { cancelUnmoved, readResting, writeSettled } from '../../src/db/resting.ts';
import { BEGINNING, dropEvents, dropPayloads, dropRecoveries } from '../../src/db/retention.ts';
import { freshDatabase } from '../support/postgres.ts';

/** Tables of which the engine holds few rows now, and ten thousands a minute later. */
const COMES_AND_GOES =
  /^(deliveries|attempts|events)(_open|_\d{4}_\d\d_\d\d)$|^(signals|lanes|lane_turns|endpoint_health|event_names)$/;
/** Counted when all had just gone, and their blocks were still there or were not. */
const LOOK_EMPTY = [
  `delete from attempts; delete from deliveries; delete from events; delete from event_names; delete from signals;
   delete from lanes; delete from lane_turns; delete from endpoint_health; analyze`,
  'truncate attempts, deliveries, events, event_names, signals, lanes, lane_turns, endpoint_health; analyze',
  // And when some indexes were counted a moment before others: those that begin with the key look the largest.
  `select pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text,
     'relpages', 2, 'reltuples', case when attname in ('id', 'delivery_id') then 100 else 0 end::real)
   from pg_index join pg_class on pg_class.oid = indexrelid
   join pg_attribute on attrelid = indrelid and attnum = indkey[0]
   where relname ~ '^(deliveries|attempts)_'`,
];
/** Where the statements are that have a name: they are run the most. */
const SOURCES = ['claim', 'record', 'outbox', 'parking', 'ordered-lanes', 'lane-waits', 'overlooked', 'days']
  .concat('reconcile', 'ingest')
  .map((name) => new URL(`../../src/db/${name}.ts`, import.meta.url));

let database: Awaited<ReturnType<typeof freshDatabase>>;
/** What it does is noted; what is done by hand to get it to do it is not. */
let pool: pg.Pool;
let byHand: pg.Pool;
let writes: DeliveryWrites;
/** All that was asked of the database, and the names of those that have one. */
const statements = new Set<string>();
const names = new Set<string>();

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.databaseUrl, () => undefined);
  byHand = createPool(database.databaseUrl, () => undefined);
  pool.on('connect', noteStatements);
  writes = createDeliveryWrites(pool);
});
afterAll(async () => {
  await Promise.all([pool.end(), byHand.end()]);
  await database.drop();
});

function noteStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const noting = (asked: string | pg.QueryConfig, ...rest: unknown[]) => {
    statements.add(typeof asked === 'string' ? asked : asked.text);
    if (typeof asked !== 'string' && asked.name !== undefined) names.add(asked.name);
    return query(asked, ...rest);
  };
  client.query = noting as typeof client.query;
}

async function endpoint(ordered: boolean): Promise<string> {
  const { rows } = await byHand.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, ordered, max_concurrency)
     values ('shop', 'https://shop.example/', 'standard', '{some.type}', 'sealed', $1, 1) returning id`,
    [ordered],
  );
  return rows[0]?.id ?? '';
}

/** @returns its event, and its deliveries in the order of their endpoints */
async function accepted(
  endpointIds: string[],
  orderingKey?: string,
): Promise<{ eventId: string; ids: string[] }> {
  const event = {
    accountId: 'shop',
    id: randomUUID(),
    type: 'some.type',
    data: '{}',
    selzToken: 'token-of-16-chars',
    contentHash: 'hash',
    profiles: ['standard' as const],
    ...(orderingKey !== undefined && { orderingKey }),
  };
  const ingested = await writes.ingest(event);
  await writes.ingest(event);
  if (ingested.kind !== 'accepted') throw new Error(ingested.kind);
  const of = new Map(ingested.deliveries.map(({ id, endpointId }) => [endpointId, id]));
  return { eventId: ingested.id, ids: endpointIds.map((endpointId) => of.get(endpointId) ?? '') };
}

const attempt = { number: 1, startedAt: new Date().toISOString(), durationMs: 5 };
const succeeded = { kind: 'settled', status: 'succeeded', attempt } as const;
const recorded = (deliveryId: string) => ({ deliveryId, number: 1, try: 1, durationMs: 5, step: succeeded });

/** All that the engine does with deliveries, so that each of its statements is run. */
async function doAll(): Promise<void> {
  const [plain, ordered] = [await endpoint(false), await endpoint(true)];
  const both = [plain, ordered];
  const burst = 'burst';
  const { ids: first } = await accepted(both, 'key');
  const { ids: second } = await accepted(both, 'key');
  const { ids: third, eventId } = await accepted(both, 'key');
  const { ids: fourth } = await accepted(both, 'other');
  const [one = '', front = ''] = first;
  const [two = ''] = second;
  const [three = ''] = third;
  const [four = ''] = fourth;

  for (const handedOver of [false, true]) await takeUnstarted(pool, { handedOver, graceMs: 0, limit: 10 });
  await markStarted(pool, [one]);
  for (const id of [one, front])
    expect(await writes.claim({ deliveryId: id, number: 1 })).toMatchObject({ kind: 'claimed' });
  expect(await writes.claim({ deliveryId: two, number: 1, burst, parks: true })).toEqual({ kind: 'parked' });
  await writes.claim({ deliveryId: three, number: 1 });
  await readMade(pool, three, 1);
  for (const walk of Object.values(WALKS)) await walk(pool, { after: undefined, quietMs: 0, limit: 10 });
  for (const id of [one, front]) await writes.record(recorded(id));
  await writes.claim({ deliveryId: one, number: 1 });
  await passTurns(pool, 10);
  await letOverdueGo(pool, ordered, 10);
  await lanesToMove(pool);
  for (const ifLocked of ['wait', 'skip'] as const) await wakeParked(pool, [plain], ifLocked);
  await crowdedEndpoints(pool);
  await byHand.query(`update endpoints set status = 'paused' where id = $1`, [plain]);
  await recallParked(pool, [plain]);
  await byHand.query(`update endpoints set status = 'active' where id = $1`, [plain]);
  await writes.handOver({ deliveryId: two, burst });
  await signalOpenDeliveries(pool, plain, 'somebody');
  const signals = await takeSignals(pool, 10);
  await deleteUnheard(
    pool,
    signals.map(({ id }) => id),
  );
  await inTransaction(pool, (db) => releaseWaiting(db, ordered, 1));
  await accepted(both, 'other');
  await inTransaction(pool, (db) => failWaiting(db, ordered, 10));

  await readOpen(pool, [two]);
  await readResting(pool, two);
  await untoldRuns(pool, [{ deliveryId: two, runId: 'run' }]);
  await reclaimLost(pool, two, 1, attempt.startedAt);
  await cancelUnmoved(pool, two, 0);
  await writeTold(pool, three, [], { revision: await revisionOf(three), status: 'cancelled' });
  await writeSettled(pool, four, 'failed', 'exhausted');
  await byHand.query(
    `update deliveries set completed_at = completed_at - interval '1 hour' where day is null`,
  );
  await moveEnded(pool, 10);

  await resendDelivery(pool, 'shop', one, async () => undefined);
  await byHand.query(
    `update deliveries set completed_at = now(), status = 'succeeded' where resend_of is not null`,
  );
  const since = new Date(Date.now() - 3_600_000);
  const scope = { accountId: 'shop', endpointId: plain, since, statuses: ['failed', 'cancelled'] as const };
  await countRecoverable(pool, scope);
  const recovery = await insertRecovery(pool, scope, 2);
  await recoverNextPage(pool, recovery?.id ?? '', { rows: 10, mostWaiting: 100 });
  await expungePayload(pool, 'shop', eventId, 'somebody');
  await writes.release({ deliveryId: two, number: 1, try: 1 });
  const before = new Date(Date.now() + 60_000);
  const walk = { accountId: 'shop', day: dayAt(new Date()), before, after: BEGINNING, limit: 10 };
  await dropRecoveries(pool, 'shop', before, 10);
  await dropPayloads(pool, walk);
  await dropEvents(pool, walk);
}

async function revisionOf(id: string): Promise<number> {
  const { rows } = await byHand.query<{ revision: number }>('select revision from deliveries where id = $1', [
    id,
  ]);
  return rows[0]?.revision ?? 0;
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  'Join Filter'?: string;
  'CTE Name'?: string;
  'Parent Relationship'?: string;
  'Subplan Name'?: string;
  Output?: string[];
  Alias?: string;
  Plans?: Plan[];
}

/** By what a row is named. */
const KEYS = [
  ['deliveries', 'id'],
  ['attempts', 'delivery_id'],
] as const;
/** The columns that indexes begin with. */
let leads: Map<string, string>;

/**
 * Where a plan goes through rows that it was not asked for: a scan finds its rows by what its index begins with, but for
 * the first ones in the order of an index.
 */
function readsThrough(plan: Plan, parent?: Plan): string[] {
  const relation = plan['Relation Name'];
  const index = plan['Index Name'] ?? 'no index';
  const isScan = relation !== undefined && COMES_AND_GOES.test(relation) && /Scan$/.test(plan['Node Type']);
  const lead = leads.get(index);
  const isFound =
    parent?.['Node Type'] === 'Limit' ||
    new RegExp(`\\b${lead} (=|<|>|IS NOT NULL)|ROW\\(${lead}, `).test(plan['Index Cond'] ?? '');
  // One that is named is not looked for among all that its endpoint or account has.
  const key = KEYS.find(([table]) => relation?.startsWith(table))?.[1];
  const conditions = `${plan['Index Cond']} ${plan.Filter?.replace(/NOT .*/, '')}`;
  const isMissed = key !== undefined && lead !== key && new RegExp(`\\b${key} = `).test(conditions);
  return [
    ...(isScan && (!isFound || isMissed) ? [`${relation} ${plan.Alias}, all of ${index}`] : []),
    ...(plan.Plans ?? []).flatMap((inner) =>
      readsThrough(inner, plan['Node Type'] === 'LockRows' ? parent : plan),
    ),
  ];
}

/** Every node of a plan. */
function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Where a plan compares each row of one list with each of another. */
function comparesEach(plan: Plan): string[] {
  return nodesOf(plan).flatMap((node) => {
    const inner = node.Plans?.find((child) => child['Parent Relationship'] === 'Inner');
    return node['Join Filter'] && inner?.['CTE Name'] ? [inner['CTE Name']] : [];
  });
}

async function planned(statement: string, verbose = false): Promise<Plan> {
  const { rows } = await byHand.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (generic_plan, verbose ${verbose}, format json) ${statement}`,
  );
  if (!rows[0]) throw new Error('no plan');
  return rows[0]['QUERY PLAN'][0].Plan;
}

test('what the engine asks while its tables look empty is looked up by key all the same, however many come then', async () => {
  await byHand.query(`insert into accounts (id) values ('shop')`);
  await doAll();
  const asked = [...statements].filter((text) => /^\s*(with|select|insert|update|delete)/.test(text));

  const named = SOURCES.flatMap((source) => [
    ...readFileSync(source, 'utf8').matchAll(/name: (?:\w+ \? )?[`']([a-z]+-[a-z-]+)/g),
  ]);
  const missing = named
    .map(([, name = '']) => name)
    .filter((name) => ![...names].some((seen) => seen.startsWith(name)));
  expect(missing, 'statements that were not run here').toEqual([]);

  const owner = new pg.Client({ connectionString: database.databaseUrl });
  await owner.connect();
  const { rows: indexes } = await owner.query<{ name: string; lead: string }>(
    `select indexrelid::regclass::text as name, attname as lead from pg_index
     join pg_attribute on attrelid = indrelid and attnum = indkey[0]`,
  );
  leads = new Map(indexes.map(({ name, lead }) => [name, lead]));
  const found: string[] = [];
  for (const looksEmpty of LOOK_EMPTY) {
    await owner.query(looksEmpty);
    for (const text of asked)
      for (const through of readsThrough(await planned(text)))
        found.push(`${through}: ${text.trim().replace(/\s+/g, ' ').slice(0, 120)}`);
  }
  await owner.end();
  expect(found).toEqual([]);
});

const LOOK_UP = 'jsonb_object_agg';

test('what a statement looks up by name for each of many rows is gathered once for all of them', async () => {
  const lookingUp = [...statements].filter((text) => text.includes(`(select ${LOOK_UP}`));
  expect(lookingUp.length).toBeGreaterThan(1);
  for (const text of lookingUp) {
    const gathered = nodesOf(await planned(text, true)).filter(
      (node) => node['Subplan Name']?.startsWith('InitPlan') && node.Output?.[0]?.startsWith(LOOK_UP),
    );
    expect(gathered, text).toHaveLength(text.split(`(select ${LOOK_UP}`).length - 1);
  }
});

test('of events that are stored together none is compared with each other', async () => {
  const [ingest = ''] = [...statements].filter((text) => /\binsert into events\b/.test(text));
  expect(comparesEach(await planned(ingest))).toEqual([]);
});
