import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { MAX_FIRST_ATTEMPTS } from '../../src/temporal/worker.ts';
import { historyOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import * as one from './one-delivery.ts';

let receiver: Receiver;
let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  [receiver, database] = await Promise.all([startReceiver(), freshDatabase()]);
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});

test('more deliveries than a worker has slots, all with a secret that nobody can open, delay no other', async () => {
  const { databaseUrl } = database;
  const posthaste = await startPosthaste({ databaseUrl });
  const pool = createPool(databaseUrl, () => undefined);
  try {
    const merchant = await openAccount(posthaste);
    const sealed = await merchant.endpoint({ url: receiver.url('/sealed'), events: ['sealed.type'] });
    await merchant.endpoint({ url: receiver.url('/open'), events: ['open.type'] });
    await pool.query(`update endpoints set secret_sealed = 'lost.AAAA' where id = $1`, [sealed.id]);
    const events = Array.from({ length: MAX_FIRST_ATTEMPTS + 10 }, () => ({
      event: 'sealed.type',
      data: {},
    }));
    await merchant.call('POST', '/events/batch', { events });

    const id = await merchant.deliver('open.type', {});
    await merchant.until(id, 'succeeded', 20_000);
    const { data } = (await merchant.call<{ data: object[] }>('GET', `/deliveries?endpointId=${sealed.id}`))
      .body;
    expect(data[0]).toMatchObject({ attemptCount: 0, attempts: [] });
  } finally {
    await pool.end();
    await posthaste.stop();
  }
});

test('cancelled in Temporal while a fault of ours keeps it from its attempt, a delivery is attempted once when that is over, unless the API cancels it, too', async () => {
  const { databaseUrl } = database;
  const posthaste = await startPosthaste({ databaseUrl });
  const pool = createPool(databaseUrl, () => undefined);
  const sealWith = (accountId: string, from: string, to: string) =>
    pool.query('update endpoints set secret_sealed = replace(secret_sealed, $2, $3) where account_id = $1', [
      accountId,
      from,
      to,
    ]);
  /** A delivery whose second attempt is kept from beginning, cancelled in Temporal. */
  const cancelled = async () => {
    const delivery = await one.asleep({ posthaste, receiver }, [500]);
    const { merchant, id } = delivery;
    await sealWith(merchant.id, 'test.', 'missing.');
    // Not pressed: nothing would show.
    const handle = posthaste.client.workflow.getHandle(id);
    await handle.signal('retryNow');
    const isRepeated = async () => ((await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1;
    await waitUntil(isRepeated, (repeated) => repeated, 20_000);
    await handle.cancel();
    await waitUntil(
      () => historyOf(posthaste.client, id),
      (events) => events.some(({ workflowExecutionCancelRequestedEventAttributes: asked }) => asked),
    );
    return delivery;
  };
  try {
    const [left, called] = await Promise.all([cancelled(), cancelled()]);
    await called.press('cancel');
    expect(await called.merchant.until(called.id, 'cancelled', 60_000)).toMatchObject({ attemptCount: 1 });
    await Promise.all([left, called].map(({ merchant }) => sealWith(merchant.id, 'missing.', 'test.')));
    const { attempts } = await left.merchant.until(left.id, 'cancelled', 60_000);
    expect(attempts).toMatchObject([{ responseStatus: 500 }, { number: 2, responseStatus: 500 }]);
    expect(left.requests()).toHaveLength(2);
    expect(called.requests()).toHaveLength(1);
  } finally {
    await pool.end();
    await posthaste.stop();
  }
}, 120_000);

test('a retry that is pressed before any worker has seen the delivery is not forgotten', async () => {
  const { databaseUrl } = database;
  const api = await startPosthaste({ role: 'api', databaseUrl, taskQueue: 'without-a-worker-yet' });
  const merchant = await openAccount(api);
  await merchant.endpoint({ url: receiver.url('/later') });
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  const id = await merchant.deliver('order.completed', undefined, { deliverAt });
  await merchant.command(id, 'retry');
  const worker = await startPosthaste({ ...api.parts, role: 'worker' });
  try {
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attemptCount: 1 });
  } finally {
    await worker.stop();
    await api.stop();
  }
});
