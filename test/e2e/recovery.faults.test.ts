import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { historyOf } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { afterOutage } from '../support/outage.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { HOUR_AGO, recovering } from '../support/recovering.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { testTemporal } from '../support/temporal.ts';
import { waitUntil } from '../support/wait.ts';

let receiver: Receiver;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let posthaste: Posthaste;

beforeAll(async () => {
  [receiver, database] = await Promise.all([startReceiver(), freshDatabase()]);
  pool = createPool(database.databaseUrl, () => undefined, { max: 2 });
  posthaste = await startPosthaste({ databaseUrl: database.databaseUrl });
});
afterAll(async () => {
  await posthaste.stop();
  await pool.end();
  await database.drop();
  await receiver.close();
});

let merchant: Merchant;
let endpointId: string;
let path: string;

beforeEach(async () => {
  merchant = await openAccount(posthaste);
  path = `/${merchant.id}`;
  endpointId = (await merchant.endpoint({ url: receiver.url(path) })).id;
});

const missed = (count: number) => afterOutage(posthaste, { accountId: merchant.id, id: endpointId }, count);

/** A recovery of 120 that holds back after 100, because its endpoint is paused. */
async function heldBack(): Promise<string> {
  await missed(120);
  await merchant.pause(endpointId);
  const { start, until } = recovering(merchant);
  const { id } = await start(endpointId);
  await until(id, ({ resent }) => resent === 100);
  return id;
}

/** A recovery of five that was paused before its first page, its workflow at rest. */
async function paused(): Promise<string> {
  await missed(5);
  const id = await committed('paused', null);
  await waitUntil(
    () => historyOf(posthaste.client, id),
    (events) => events.some(({ activityTaskCompletedEventAttributes: completed }) => completed),
    30_000,
  );
  return id;
}

async function committed(status: 'running' | 'paused', startedAt: Date | null): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into recoveries (account_id, endpoint_id, since, until, statuses, total, status, started_at)
     values ($1, $2, now() - interval '1 day', now(), '{failed}', 5, $3, $4) returning id`,
    [merchant.id, endpointId, status, startedAt],
  );
  return rows[0]?.id ?? '';
}

async function timesResent(): Promise<number[]> {
  const { rows } = await pool.query<{ times: number }>(
    `select (select count(*)::int from deliveries r where r.resend_of = d.id) as times
     from deliveries d where d.endpoint_id = $1 and d.resend_of is null`,
    [endpointId],
  );
  return rows.map(({ times }) => times);
}

const audit = async (id: string) =>
  (await pool.query('select action, actor, details from audit_log where target = $1 order by id', [id])).rows;

test('a recovery whose process was halted in the middle goes on when it is back, and sends nothing twice', async () => {
  const missedEvents = await missed(150);
  const { id } = await recovering(merchant).start(endpointId);
  await recovering(merchant).until(id, ({ resent }) => resent >= 50);
  await posthaste.stop();

  posthaste = await startPosthaste({ ...posthaste.parts });
  const { completed } = recovering({
    call: (method, below, ...rest) =>
      posthaste.api.call(method, `/v1/accounts/${merchant.id}${below}`, ...rest),
  });
  expect(await completed(id)).toMatchObject({ total: 150, resent: 150, skipped: 0 });
  const statuses = () =>
    pool.query('select status, count(*)::int from deliveries where recovery_id = $1 group by 1', [id]);
  await waitUntil(
    async () => (await statuses()).rows,
    (rows) => rows.every(({ status }) => status === 'succeeded'),
    90_000,
  );
  const came = receiver.requests.filter((request) => request.path === path);
  // What was under way when its process ended may come a second time, with the same ids.
  const events = new Set(came.map(({ headers }) => headers['webhook-id']));
  expect([...events].sort()).toEqual(missedEvents);
  expect(await timesResent()).toEqual(Array.from({ length: 150 }, () => 1));
}, 180_000);

test('a recovery asked for while Temporal is away is accepted, and starts when it is back', async () => {
  const { address, namespace } = testTemporal();
  const [host = '', port = ''] = address.split(':');
  const proxy = await startTcpProxy({ host, port: Number(port) });
  const temporal = { connectionOptions: { address: `127.0.0.1:${proxy.port}` }, namespace };
  const behind = await startPosthaste({ ...posthaste.parts, temporal, role: 'api' });
  try {
    await missed(5);
    proxy.cut();
    const url = `/v1/accounts/${merchant.id}/endpoints/${endpointId}/recover`;
    const answer = await behind.api.call<{ id: string }>('POST', url, { since: HOUR_AGO() });
    expect(answer).toMatchObject({ status: 202, body: { status: 'running', total: 5 } });
    const read = await behind.api.call('GET', `/v1/accounts/${merchant.id}/recoveries/${answer.body.id}`);
    expect(read).toMatchObject({ status: 200, body: { status: 'running' } });
    proxy.mend();
    expect(await recovering(merchant).completed(answer.body.id)).toMatchObject({ resent: 5 });
  } finally {
    proxy.mend();
    await behind.stop();
    await proxy.close();
  }
});

test.each([
  ['was committed and never started', null],
  ['Temporal has lost', new Date()],
])('a recovery that %s is started, once', async (_what, startedAt) => {
  await missed(5);
  const id = await committed('running', startedAt);
  expect(await historyOf(posthaste.client, id)).toEqual([]);
  expect(await recovering(merchant).completed(id)).toMatchObject({ resent: 5, skipped: 0 });
  expect(await timesResent()).toEqual([1, 1, 1, 1, 1]);
});

test('one that is terminated in Temporal is cancelled here, and the audit log says so', async () => {
  const id = await paused();
  await posthaste.client.workflow.getHandle(id).terminate();
  expect(await recovering(merchant).until(id, ({ status }) => status !== 'paused')).toMatchObject({
    status: 'cancelled',
    resent: 0,
  });
  expect(await audit(id)).toMatchObject([
    { action: 'recovery.cancelled', actor: 'temporal', details: { because: 'terminated' } },
  ]);
});

test('one that was terminated can be cancelled here at once, and not be resumed', async () => {
  const id = await paused();
  await posthaste.client.workflow.getHandle(id).terminate();
  const { press, read } = recovering(merchant);
  expect(await press(id, 'resume')).toMatchObject({ status: 409, body: { code: 'recovery_over' } });
  // Who looks after it may have been quicker.
  expect([202, 409]).toContain((await press(id, 'cancel')).status);
  expect(await read(id)).toMatchObject({ status: 'cancelled' });
});

test('one that is cancelled in Temporal is cancelled here', async () => {
  const id = await paused();
  const handle = posthaste.client.workflow.getHandle(id);
  await handle.cancel();
  await recovering(merchant).until(id, ({ status }) => status === 'cancelled');
  await expect(handle.result()).rejects.toThrow();
  expect(await audit(id)).toMatchObject([{ action: 'recovery.cancelled', actor: 'temporal' }]);
});

test('an endpoint that is deleted meanwhile ends its recovery, and a deleted one has none', async () => {
  const id = await paused();
  const { press, until, ask } = recovering(merchant);
  await merchant.deleteEndpoint(endpointId);
  await press(id, 'resume');
  expect(await until(id, ({ completedAt }) => completedAt !== undefined)).toMatchObject({
    status: 'cancelled',
    resent: 0,
  });
  expect((await audit(id)).at(-1)).toMatchObject({ details: { because: 'endpoint_deleted' } });
  expect(await ask(endpointId)).toMatchObject({ status: 404 });
});

test('a long life is cut into short histories, and forgets nothing', async () => {
  const id = await heldBack();
  const handle = posthaste.client.workflow.getHandle(id);
  const { runId } = (await handle.describe()) as { runId: string };
  for (let n = 0; n < 200; n++) await handle.signal(n % 2 === 0 ? 'pause' : 'resume', { by: `press ${n}` });
  await waitUntil(async () => (await handle.describe()).runId !== runId, Boolean, 60_000);
  const presses = await waitUntil(
    async () => (await audit(id)).filter(({ actor }) => actor.startsWith('press ')),
    ({ length }) => length >= 200,
    60_000,
  );
  expect(presses.map(({ actor }) => actor)).toEqual(Array.from({ length: 200 }, (_, n) => `press ${n}`));
  await handle.signal('pause');
  await recovering(merchant).until(id, ({ status }) => status === 'paused');
  expect((await audit(id)).at(-1)).toMatchObject({ action: 'recovery.paused', actor: 'temporal' });
  expect(await handle.query('progress')).toMatchObject({ status: 'paused', resent: 100, total: 120 });
}, 120_000);
