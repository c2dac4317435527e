import { afterEach, beforeEach, expect, test } from 'vitest';
import { workflowEnded } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { testTemporal } from '../support/temporal.ts';
import { waitUntil } from '../support/wait.ts';

/** Longer than any reconnecting takes. */
const RECOVERY_MS = 30_000;

let receiver: Receiver;
let posthaste: Posthaste;
let proxy: TcpProxy;
let dropDatabase: (() => Promise<void>) | undefined;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  proxy.mend();
  await posthaste.stop();
  await dropDatabase?.();
  dropDatabase = undefined;
  await proxy.close();
  await receiver.close();
});

const readiness = async () => (await posthaste.api.call('GET', '/readyz')).status;

test('an event taken in while Temporal is away is delivered once, when it is back', async () => {
  const { address, namespace } = testTemporal();
  const [host = '', port = ''] = address.split(':');
  proxy = await startTcpProxy({ host, port: Number(port) });
  const temporal = { connectionOptions: { address: `127.0.0.1:${proxy.port}` }, namespace };
  posthaste = await startPosthaste({ temporal });
  const merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: receiver.url('/hook') });
  await merchant.until(await merchant.deliver('order.completed'), 'succeeded');

  proxy.cut();
  expect(await waitUntil(readiness, (status) => status === 503)).toBe(503);
  const id = await merchant.deliver('order.completed');
  expect(await merchant.delivery(id)).toMatchObject({ status: 'pending', attemptCount: 0 });
  const askedAt = Date.now();
  expect(await merchant.log(id)).toMatchObject({ source: 'record', entries: [] });
  expect(Date.now() - askedAt).toBeLessThan(4500);
  proxy.mend();

  expect(await merchant.until(id, 'succeeded', RECOVERY_MS)).toMatchObject({ attemptCount: 1 });
  await waitUntil(readiness, (status) => status === 200, RECOVERY_MS);
  expect(receiver.requests).toHaveLength(2);
});

test('an outage of the database during a POST causes no second POST, and the outcome is recorded', async () => {
  const { databaseUrl, drop } = await freshDatabase();
  dropDatabase = drop;
  const server = new URL(databaseUrl);
  proxy = await startTcpProxy({ host: server.hostname, port: Number(server.port) });
  server.host = `127.0.0.1:${proxy.port}`;
  posthaste = await startPosthaste({ databaseUrl: server.href });
  const merchant = await openAccount(posthaste);
  receiver.script('/hook', answer(200, { delayMs: 400 }));
  await merchant.endpoint({ url: receiver.url('/hook') });
  const id = await merchant.deliver('order.completed');

  await receiver.waitFor(1);
  proxy.cut();
  expect(await readiness()).toBe(503);
  expect((await posthaste.api.call('GET', '/healthz')).status).toBe(200);
  expect((await merchant.call('GET', `/deliveries/${id}`)).status).toBe(503);
  proxy.mend();

  const delivery = await merchant.until(id, 'succeeded', RECOVERY_MS);
  expect(delivery).toMatchObject({ attemptCount: 1, attempts: [{ number: 1, responseStatus: 200 }] });
  await workflowEnded(posthaste.client, id);
  expect(receiver.requests).toHaveLength(1);
});
