import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { MAX_FIRST_ATTEMPTS } from '../../src/temporal/worker.ts';
import { openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

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
