import pg from 'pg';
import { expect, test } from 'vitest';
import { waitUntil } from '../support/wait.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { ownPostgres } from './support/own-servers.ts';
import { smallDisk } from './support/small-disk.ts';
import { openStage, type Stage } from './support/stage.ts';
import {
  type Accepted,
  gate,
  incompressible,
  openShop,
  sendPatiently,
  someEvents,
} from './support/traffic.ts';

const EVENTS = 20;

/** SQLSTATE of a server that has as many clients as it may have. */
const TOO_MANY_CONNECTIONS = '53300';

test('a server without a free connection refuses events with 503 and loses nothing, POSTs under way included', async (context) => {
  // As in earnest: a server for tests takes more connections.
  const { databaseUrl } = await ownPostgres(context, { durable: true });
  const stage = await openStage(context, { databaseUrl });
  const { receiver, api } = stage;
  await stage.start();
  const merchant = await openShop(stage);
  const held = gate();
  receiver.script('/hook', held.step);
  const accepted = await sendPatiently(stage, merchant, someEvents(EVENTS));
  await receiver.waitFor(EVENTS, 30_000);

  const taken = await takeAllConnections(databaseUrl);
  const since = performance.now();
  held.open();
  const [late] = someEvents(1, { event: 'too.many' });
  const refused = await api.call<{ code: string }>('POST', `/v1/accounts/${merchant.id}/events`, late);
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await api.call('GET', '/readyz')).status).toBe(503);
  expect((await api.call('GET', '/healthz')).status).toBe(200);
  // Longer than an attempt tries to write its outcome down before it leaves that to the workflow.
  await waitUntil(
    () => performance.now() - since,
    (passedMs) => passedMs > 15_000,
    20_000,
  );
  await Promise.all(taken.map((client) => client.end()));

  const freedAt = performance.now();
  accepted.push(...(await sendPatiently(stage, merchant, late ? [late] : [])));
  const figures = await expectAllDelivered(stage, merchant, accepted, { since: freedAt });
  expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
  figure('no connection free', {
    ...figures,
    connections: taken.length,
    outageMs: Math.round(freedAt - since),
  });
});

/** Connects until the server takes no more, and the product has no connection left. */
async function takeAllConnections(databaseUrl: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch (error) {
      if ((error as { code?: string }).code !== TOO_MANY_CONNECTIONS) throw error;
      const cut = await taken[0]?.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'posthaste'`,
      );
      if (cut?.rowCount === 0) return taken;
    }
  }
}

test('a full disk refuses events with 503, leaves nothing half-written, and all flows when there is room', async (context) => {
  const disk = smallDisk(context);
  if ('reason' in disk) return context.skip(disk.reason);
  const { databaseUrl } = await ownPostgres(context, { folder: disk.folder });
  const stage = await openStage(context, { databaseUrl });
  const { database } = stage;
  await stage.start();
  const merchant = await openShop(stage);
  const events = someEvents(EVENTS, { padding: incompressible(100_000) });
  const [first, ...rest] = events;
  const accepted = await sendPatiently(stage, merchant, first ? [first] : []);
  await untilDeliveries(stage, 1, `status = 'succeeded'`);

  disk.fill();
  const path = `/v1/accounts/${merchant.id}/events`;
  const answers = await Promise.all(rest.map((event) => stage.api.call('POST', path, event)));
  const refused = answers.filter(({ status }) => status === 503).length;
  expect(refused).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 202).length + refused).toBe(rest.length);
  await expectNothingHalfWritten(stage);
  expect((await stage.api.call('GET', '/healthz')).status).toBe(200);
  disk.free();

  const since = performance.now();
  accepted.push(...(await sendPatiently(stage, merchant, rest)));
  const figures = await expectAllDelivered(stage, merchant, accepted, { since });
  expect(figures).toMatchObject({ duplicates: 0 });
  expect((await database.query('select from events')).rowCount).toBe(EVENTS);
  figure('disk full', { ...figures, refused });
});

/** Every event has its delivery, for every event has its one subscriber. */
async function expectNothingHalfWritten({ database }: Stage): Promise<void> {
  const { rows } = await database.query(
    `select v.id from events v left join deliveries d on d.account_id = v.account_id and d.event_id = v.id
     where d.id is null`,
  );
  expect(rows).toEqual([]);
}

/** What the product was doing when another transaction locked the same rows in the other order. */
const LOCKED_DURING = [{ statement: 'claim' as const }, { statement: 'record' as const }];

test.concurrent.for(LOCKED_DURING)(
  'a deadlock during the $statement costs neither a delivery nor a second POST',
  async ({ statement }, context) => {
    const stage = await openStage(context);
    const { database } = stage;
    // Time enough to close the circle before the product looks for one.
    const { rows } = await database.query<{ name: string }>('select current_database() as name');
    await database.query(`alter database ${rows[0]?.name} set deadlock_timeout = '5s'`);
    await stage.start();
    const merchant = await openShop(stage);
    const accepted: Accepted[] = [];
    // The locked row may be the first that the product wants: then it holds none, and that was no circle.
    for (let wave = 0, closed = false; !closed; wave++) {
      expect(wave).toBeLessThan(5);
      const sent = someEvents(EVENTS, { event: `deadlock.wave${wave}` });
      closed = await closeCircle(stage, statement, async () => {
        const batch = await sendPatiently(stage, merchant, sent);
        accepted.push(...batch);
        return batch.flatMap(({ answer }) => answer.deliveries.map(({ id }) => id)).sort();
      });
    }

    const since = performance.now();
    const figures = await expectAllDelivered(stage, merchant, accepted, { since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    const deadlocks = await waitUntil(() => deadlocksIn(stage), Boolean, 30_000);
    figure(`deadlock during the ${statement}`, { ...figures, deadlocks });
  },
);

/**
 * Locks one of the rows that a statement of the product is about to lock and, when it waits for that one and holds
 * others, wants those: one of the two must give up. Answers whether it came to that.
 */
async function closeCircle(
  { database, temporal, receiver }: Stage,
  statement: 'claim' | 'record',
  send: () => Promise<string[]>,
): Promise<boolean> {
  const held = gate();
  receiver.script('/hook', statement === 'record' ? held.step : 200);
  const posted = receiver.requests.length;
  if (statement === 'claim') temporal.cut();
  const ids = await send();
  if (statement === 'record') await receiver.waitFor(posted + ids.length, 20_000);

  const other = await database.connect();
  const lock = (rows: string[]) =>
    other.query('select from deliveries where id = any($1) order by id for no key update', [rows]);
  await other.query('begin');
  // It does not look for circles: so the product's statement is the one that is given up.
  await other.query(`set local deadlock_timeout = '1min'`);
  await lock(ids.slice(-1));
  if (statement === 'claim') temporal.mend();
  else held.open();
  const closed = await waitUntil(() => waitsAndHolds(database, ids), Boolean, 20_000).catch(() => false);
  if (closed) await lock(ids);
  await other.query('rollback');
  other.release();
  return closed;
}

/** Whether the product waits for a row, and has locked others than the one that it waits for. */
async function waitsAndHolds(database: pg.Pool, ids: string[]): Promise<boolean> {
  const waiting = await database.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name = 'posthaste' and wait_event_type = 'Lock'`,
  );
  const free = await database.query(
    'select from deliveries where id = any($1) for no key update skip locked',
    [ids],
  );
  return waiting.rowCount !== 0 && (free.rowCount ?? 0) < ids.length - 1;
}

async function deadlocksIn({ database }: Stage): Promise<number> {
  const { rows } = await database.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
}
