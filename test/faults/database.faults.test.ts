import pg from 'pg';
import { expect, test } from 'vitest';
import { waitUntil } from '../support/wait.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { ownPostgres } from './support/own-servers.ts';
import { smallDisk } from './support/small-disk.ts';
import { openStage, type Stage } from './support/stage.ts';
import { gate, incompressible, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const EVENTS = 20;

/** SQLSTATE of a server that has as many clients as it may have. */
const TOO_MANY_CONNECTIONS = '53300';

test('a server without a free connection refuses events with 503 and loses nothing, POSTs under way included', async (context) => {
  const { databaseUrl } = await ownPostgres(context);
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

/** Statements of one kind that a process has under way at most; the second carries many rows. */
const GATHERED_RUNS = 2;

/** What the product was doing when another transaction locked the same rows in the other order. */
const LOCKED_DURING = [{ statement: 'claim' as const }, { statement: 'record' as const }];

test.concurrent.for(LOCKED_DURING)(
  'a deadlock during the $statement costs neither a delivery nor a second POST',
  async ({ statement }, context) => {
    const stage = await openStage(context);
    const { database, receiver } = stage;
    // Time enough to close the circle before anybody looks for one.
    const { rows } = await database.query<{ name: string }>('select current_database() as name');
    await database.query(`alter database ${rows[0]?.name} set deadlock_timeout = '5s'`);
    await stage.start('api');
    const merchant = await openShop(stage);
    const held = gate();
    receiver.script('/hook', held.step);
    const accepted = await sendPatiently(stage, merchant, someEvents(2 * EVENTS));
    await untilDeliveries(stage, 2 * EVENTS, 'started_at is not null');
    if (statement === 'record') {
      await stage.start('worker');
      await receiver.waitFor(2 * EVENTS, 30_000);
    } else held.open();

    const other = await database.connect();
    await other.query('begin');
    // It does not look for circles: so the product's statement is the one that is given up.
    await other.query(`set local deadlock_timeout = '1min'`);
    const lock = (parity: number) =>
      other.query(
        `select from (select id, row_number() over (order by id) % 2 as parity from deliveries) d
       join deliveries locked using (id) where d.parity = $1 for no key update of locked`,
        [parity],
      );
    await lock(1);
    if (statement === 'record') held.open();
    else await stage.start('worker');
    await waitUntil(
      () => waitingForLocks(stage),
      (waiting) => waiting >= GATHERED_RUNS,
      30_000,
    );
    await lock(0);
    await other.query('rollback');
    other.release();

    const since = performance.now();
    const figures = await expectAllDelivered(stage, merchant, accepted, { since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    const deadlocks = await deadlocksIn(stage);
    expect(deadlocks).toBeGreaterThan(0);
    figure(`deadlock during the ${statement}`, { ...figures, deadlocks });
  },
);

async function waitingForLocks({ database }: Stage): Promise<number> {
  const { rowCount } = await database.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name = 'posthaste' and wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

async function deadlocksIn({ database }: Stage): Promise<number> {
  return waitUntil(async () => {
    const { rows } = await database.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.deadlocks);
  });
}
