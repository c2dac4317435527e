import pg from 'pg';
import { expect, test } from 'vitest';
import { waitUntil } from '../support/wait.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { ownPostgres } from './support/own-servers.ts';
import { smallDisk } from './support/small-disk.ts';
import { openStage, type Stage } from './support/stage.ts';
import { holdPosts, incompressible, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const EVENTS = 20;

/** SQLSTATE of a server that has as many clients as it may have. */
const TOO_MANY_CONNECTIONS = '53300';

/** The name under which the test takes connections. */
const TAKER = 'taker';

test('a server without a free connection refuses events with 503 and loses nothing, POSTs under way included', async (context) => {
  // As in earnest: a server for tests takes more connections.
  const { databaseUrl } = await ownPostgres(context, { durable: true });
  const stage = await openStage(context, { databaseUrl });
  const { api } = stage;
  await stage.start();
  const merchant = await openShop(stage);
  const { held, accepted } = await holdPosts(stage, merchant, EVENTS, 30_000);

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

/** Connects until the server takes no more, and every connection it has is one of these. */
async function takeAllConnections(databaseUrl: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: TAKER });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch (error) {
      if ((error as { code?: string }).code !== TOO_MANY_CONNECTIONS) throw error;
      // Not by the product's name: one that is just connecting has none yet.
      const left = await taken[0]?.query<{ max: number }>(
        `select current_setting('max_connections')::int as max,
           (select count(pg_terminate_backend(pid)) from pg_stat_activity
            where backend_type = 'client backend' and application_name <> $1)`,
        [TAKER],
      );
      if (taken.length === left?.rows[0]?.max) return taken;
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
