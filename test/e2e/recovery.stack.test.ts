import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import type { RecoveryProgress } from '../../src/domain/recovery.ts';
import { historyOf, timersOf, workflowEnded } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { afterOutage, type Ended } from '../support/outage.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { eventsAt, recovering } from '../support/recovering.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** A merchant whose only endpoint missed this many events. */
async function missed(count: number, fields: object = {}, ended: Ended = {}) {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  const { id } = await merchant.endpoint({ url: receiver.url(path), ...fields });
  const more = (n: number, how: Ended) => afterOutage(posthaste, { accountId: merchant.id, id }, n, how);
  return { merchant, path, endpointId: id, events: await more(count, ended), more, ...recovering(merchant) };
}

/** The deliveries that repeat another one. */
async function resends(merchant: Merchant) {
  const { body } = await merchant.call<{ data: { resendOf?: string; eventId: string; status: string }[] }>(
    'GET',
    '/deliveries?limit=250',
  );
  return body.data.filter(({ resendOf }) => resendOf !== undefined);
}

const allArrived = (merchant: Merchant) =>
  waitUntil(
    () => resends(merchant),
    (all) => all.every(({ status }) => status === 'succeeded'),
    90_000,
  );

test('a dry run counts what is resent then, each event once, and starts nothing', async () => {
  const { merchant, path, endpointId, events, dryRun, start, completed } = await missed(30);
  expect(await dryRun(endpointId)).toEqual({ count: 30, skipped: 0 });
  expect((await merchant.call<{ data: object[] }>('GET', '/recoveries')).body.data).toEqual([]);

  const started = await start(endpointId);
  expect(started).toMatchObject({
    endpointId,
    status: 'running',
    statuses: ['failed'],
    total: 30,
    workflowId: started.id,
  });
  const done = await completed(started.id);
  expect(done).toMatchObject({ total: 30, resent: 30, skipped: 0 });
  expect(Date.parse(done.completedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(done.createdAt));
  const came = await eventsAt(receiver, path, 30);
  expect(came.sort()).toEqual(events);
  await allArrived(merchant);
  expect(await dryRun(endpointId)).toEqual({ count: 0, skipped: 30 });
});

test('300 are recovered at a bounded pace; paused, nothing moves; resumed, it goes on to the end', async () => {
  const { merchant, path, endpointId, events, start, press, until, completed, read } = await missed(300, {
    timeoutMs: 30_000,
  });
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  receiver.script(path, async (socket) => {
    await gate;
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
  const { id } = await start(endpointId);
  const handle = posthaste.client.workflow.getHandle(id);
  const heldBack = await until(id, ({ resent }) => resent === 100);
  expect(heldBack).toMatchObject({ status: 'running', total: 300, skipped: 0 });
  await waitUntil(
    () => handle.query<RecoveryProgress | undefined, []>('progress'),
    (progress) => progress?.status === 'running' && progress.resent === 100 && progress.total === 300,
  );

  await waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length > 0,
    30_000,
  );
  expect((await press(id, 'pause')).status).toBe(202);
  expect(await until(id, ({ status }) => status === 'paused')).toMatchObject({ resent: 100 });
  expect(await press(id, 'pause')).toMatchObject({ status: 409, body: { code: 'recovery_not_running' } });
  open();
  await eventsAt(receiver, path, 100);
  await allArrived(merchant);
  expect(await read(id)).toMatchObject({ status: 'paused', resent: 100 });
  // It has no timer and no activity that could wake it.
  const history = await historyOf(posthaste.client, id);
  const timers = history.filter(({ timerStartedEventAttributes: started }) => started);
  const over = history.filter(
    (event) => event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes,
  );
  expect(over).toHaveLength(timers.length);
  expect((await handle.describe()).raw.pendingActivities ?? []).toEqual([]);

  expect((await press(id, 'resume')).status).toBe(202);
  expect(await completed(id)).toMatchObject({ resent: 300, skipped: 0, total: 300 });
  expect((await eventsAt(receiver, path, 300)).sort()).toEqual(events);
  expect(await press(id, 'resume')).toMatchObject({ status: 409, body: { code: 'recovery_over' } });
}, 180_000);

test('oldest first; cancelled, it makes no more; those it has made go on, and the rest can be recovered later', async () => {
  const { merchant, path, endpointId, events, start, press, until, completed, ask } = await missed(120);
  await merchant.pause(endpointId);
  const { id } = await start(endpointId);
  // The deliveries of a paused endpoint are held, so the recovery holds back.
  await until(id, ({ resent }) => resent === 100);
  for (const [command, leadsTo] of [
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ] as const) {
    expect((await press(id, command)).status).toBe(202);
    expect(await until(id, ({ status }) => status === leadsTo)).toMatchObject({ resent: 100 });
  }
  expect(await auditOf(id)).toEqual(
    ['started', 'paused', 'resumed', 'cancelled'].map((done) => ({
      action: `recovery.${done}`,
      actor: 'operator',
    })),
  );
  const oldest = events.slice(0, 100);
  expect((await resends(merchant)).map(({ eventId }) => eventId).sort()).toEqual(oldest);
  expect(await press(id, 'cancel')).toMatchObject({ status: 409, body: { code: 'recovery_over' } });
  expect(await press(id, 'pause')).toMatchObject({ status: 409, body: { code: 'recovery_over' } });
  await workflowEnded(posthaste.client, id);

  const again = await ask(endpointId);
  expect(again).toMatchObject({ status: 202, body: { total: 120 } });
  expect(await completed(again.body.id)).toMatchObject({ resent: 20, skipped: 100 });
  await merchant.resume(endpointId);
  await allArrived(merchant);
  expect((await eventsAt(receiver, path, 120)).sort()).toEqual(events);
}, 180_000);

test('of ten asked for at once one is started, and the others name it', async () => {
  const { merchant, endpointId } = await missed(3);
  // Nobody works there, so the one that is started does not end.
  const idle = await startPosthaste({ ...posthaste.parts, role: 'api', taskQueue: 'without-a-worker' });
  try {
    const { ask } = recovering({
      call: (method, below, ...rest) => idle.api.call(method, `/v1/accounts/${merchant.id}${below}`, ...rest),
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(endpointId)));
    const [one, ...more] = answers.filter(({ status }) => status === 202);
    expect(more).toEqual([]);
    const id = one?.body.id ?? 'none';
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused.map(({ status, body }) => [status, body.code, body.detail?.includes(id)])).toEqual(
      Array.from({ length: 9 }, () => [409, 'recovery_open', true]),
    );
  } finally {
    await idle.stop();
  }
});

describe.concurrent('what is recovered', () => {
  test('is what failed, unless other endings are asked for', async () => {
    const { endpointId, more, dryRun, start, completed } = await missed(2);
    await more(3, { status: 'cancelled' });
    await more(4, { status: 'succeeded' });
    expect(await dryRun(endpointId)).toEqual({ count: 2, skipped: 0 });
    expect(await dryRun(endpointId, { status: 'cancelled' })).toEqual({ count: 3, skipped: 0 });
    expect(await dryRun(endpointId, { status: ['failed', 'cancelled'] })).toEqual({ count: 5, skipped: 0 });
    const { id } = await start(endpointId, { status: 'cancelled' });
    expect(await completed(id)).toMatchObject({ statuses: ['cancelled'], total: 3, resent: 3 });
  });

  test('was created in the span that is asked for', async () => {
    const { merchant, endpointId, events, start, completed, dryRun } = await missed(10, {}, { agoS: 600 });
    const listed = await merchant.call<{ data: { createdAt: string; eventId: string }[] }>(
      'GET',
      '/deliveries',
    );
    const [, , , fourth, , , seventh] = listed.body.data.toReversed();
    const span = { since: fourth?.createdAt, until: seventh?.createdAt };
    expect(await dryRun(endpointId, span)).toEqual({ count: 3, skipped: 0 });
    const { id } = await start(endpointId, span);
    expect(await completed(id)).toMatchObject({ ...span, resent: 3 });
    expect((await resends(merchant)).map(({ eventId }) => eventId).sort()).toEqual(events.slice(3, 6));
  });

  test('has not arrived: not what was resent by hand with success, or is on its way', async () => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url(path) });
    receiver.script(path, 404, 404, 404, 200, 500, 200);
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      ids.push(await merchant.deliver('stock.moved', { n }));
      await merchant.until(ids.at(-1) ?? '', 'failed');
    }
    const [arrived = '', onItsWay = '', lost = ''] = ids;
    await merchant.until((await merchant.command(arrived, 'resend')).id, 'succeeded');
    await merchant.until((await merchant.command(onItsWay, 'resend')).id, 'retrying');

    const { dryRun, start, completed } = recovering(merchant);
    expect(await dryRun(endpointId)).toEqual({ count: 1, skipped: 2 });
    const { id } = await start(endpointId);
    expect(await completed(id)).toMatchObject({ total: 3, resent: 1, skipped: 2 });
    const [last] = await resends(merchant);
    expect(last).toMatchObject({ resendOf: lost });
  });

  test('goes out once, however often it has failed', async () => {
    const { merchant, path, endpointId, dryRun, start, completed } = await missed(1);
    receiver.script(path, 404, 404, 200);
    const { body } = await merchant.call<{ data: { id: string }[] }>('GET', '/deliveries');
    const original = body.data[0]?.id ?? '';
    for (let n = 0; n < 2; n++)
      await merchant.until((await merchant.command(original, 'resend')).id, 'failed');
    expect(await dryRun(endpointId)).toEqual({ count: 1, skipped: 2 });
    const { id } = await start(endpointId);
    expect(await completed(id)).toMatchObject({ total: 3, resent: 1, skipped: 2 });
    expect(await eventsAt(receiver, path, 3)).toHaveLength(3);
  });

  test('has its payload, and was no test', async () => {
    const { merchant, endpointId, events, dryRun, start, completed } = await missed(4);
    const pool = createPool(posthaste.databaseUrl, () => undefined, { max: 1 });
    const of = (id: string | undefined) => [merchant.id, id];
    try {
      await pool.query(
        'update events set data = null, expunged_at = now() where account_id = $1 and id = $2',
        of(events[1]),
      );
      await pool.query('update events set test = true where account_id = $1 and id = $2', of(events[2]));
    } finally {
      await pool.end();
    }
    expect(await dryRun(endpointId)).toEqual({ count: 2, skipped: 2 });
    const { id } = await start(endpointId);
    expect(await completed(id)).toMatchObject({ resent: 2, skipped: 2 });
    expect((await resends(merchant)).map(({ eventId }) => eventId).sort()).toEqual([events[0], events[3]]);
  });
});

test('nothing to recover is a recovery that is complete at once', async () => {
  const { endpointId, dryRun, start, completed } = await missed(0);
  expect(await dryRun(endpointId)).toEqual({ count: 0, skipped: 0 });
  expect(await completed((await start(endpointId)).id)).toMatchObject({ total: 0, resent: 0, skipped: 0 });
});

/** Who did what to a recovery, in order. */
async function auditOf(id: string) {
  const pool = createPool(posthaste.databaseUrl, () => undefined, { max: 1 });
  try {
    return (await pool.query('select action, actor from audit_log where target = $1 order by id', [id])).rows;
  } finally {
    await pool.end();
  }
}

test('recoveries are listed newest first, by endpoint, page by page', async () => {
  const { merchant, endpointId, start, completed } = await missed(1);
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    ids.unshift((await start(endpointId)).id);
    await completed(ids[0] ?? '');
  }
  type List = { data: { id: string }[]; nextCursor: string | null };
  const list = async (query: string) => (await merchant.call<List>('GET', `/recoveries?${query}`)).body;
  const first = await list('limit=2');
  const second = await list(`limit=2&cursor=${first.nextCursor}`);
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
  expect((await list(`endpointId=${endpointId}`)).data).toHaveLength(3);
  expect((await list('endpointId=ep_other')).data).toEqual([]);
});

test.each([
  ['since is missing', { since: undefined }, '/since'],
  ['since is ahead', { since: '2999-01-01T00:00:00Z' }, '/since'],
  ['until is before since', { until: '2020-01-01T00:00:00Z' }, '/until'],
  ['the status is one that did arrive', { status: 'succeeded' }, '/status'],
  ['no status is asked for', { status: [] }, '/status'],
  ['dryRun is no boolean', { dryRun: 'yes' }, '/dryRun'],
  ['a field does not exist', { from: 'x' }, '/from'],
])('a request in which %s is a 400', async (_what, body, pointer) => {
  const { endpointId, ask } = await missed(0);
  const answer = await ask(endpointId, body);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

test('another account sees nothing of it', async () => {
  const { endpointId, start, completed } = await missed(1);
  const { id } = await start(endpointId);
  const stranger = await openAccount(posthaste);
  const other = recovering(stranger);
  expect(await other.ask(endpointId)).toMatchObject({ status: 404 });
  expect(await other.ask(endpointId, { dryRun: true })).toMatchObject({ status: 404 });
  expect(await stranger.call('GET', `/recoveries/${id}`)).toMatchObject({ status: 404 });
  for (const command of ['pause', 'resume', 'cancel'] as const) {
    expect(await other.press(id, command)).toMatchObject({ status: 404 });
  }
  expect((await stranger.call<{ data: object[] }>('GET', '/recoveries')).body.data).toEqual([]);
  await completed(id);
});
