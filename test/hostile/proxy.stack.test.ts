import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EgressProxy } from '../../src/http/proxy.ts';
import { type EgressProxyServer, startEgressProxy } from '../support/egress-proxy.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

let proxy: EgressProxyServer;
let receiver: Receiver;
let posthaste: Posthaste;
let merchant: Merchant;
const logLines: string[] = [];

beforeAll(async () => {
  [proxy, receiver] = await Promise.all([startEgressProxy(), startReceiver()]);
  posthaste = await startPosthaste({
    proxy: new EgressProxy(proxy.url('ann:hunter2')),
    logger: pino({ level: 'debug' }, { write: (line) => void logLines.push(line) }),
  });
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
  await proxy.close();
});
beforeEach(async () => {
  merchant = await openAccount(posthaste);
});

let paths = 0;
/** A path of its own, so that no kept-alive tunnel is in question where it matters how one is opened. */
async function freshEndpoint() {
  receiver.closeIdle();
  const path = `/${++paths}`;
  const { id } = await merchant.endpoint({ url: receiver.url(path), timeoutMs: 1000 });
  return { id, came: () => receiver.requests.filter((request) => request.path === path) };
}

const connected = (after: number) =>
  waitUntil(
    () => proxy.connects.length,
    (count) => count >= after,
    30_000,
  );

test.each([
  ['wants other credentials', 407],
  ['has lost its way', 500],
  ['answers nonsense', { write: 'nonsense\r\n\r\n' }],
  ['goes away', 'reset'],
] as const)(
  'a proxy that %s uses up no attempt, and the delivery goes out when it works again',
  async (_, step) => {
    const { came } = await freshEndpoint();
    proxy.script(step);
    const before = proxy.connects.length;
    const id = await merchant.deliver('order.completed');
    // Tried, and tried again.
    await connected(before + 2);
    expect(await merchant.delivery(id)).toMatchObject({ attemptCount: 0, attempts: [] });
    expect((await merchant.delivery(id)).completedAt).toBeUndefined();
    proxy.script('tunnel');
    const delivery = await merchant.until(id, 'succeeded', 30_000);
    expect(delivery).toMatchObject({ attemptCount: 1, attempts: [{ number: 1, responseStatus: 200 }] });
    expect(delivery.attempts).toHaveLength(1);
    expect(came()).toHaveLength(1);
  },
);

test('a proxy that is dead uses up no attempt', async () => {
  const { came } = await freshEndpoint();
  proxy.script('hang');
  proxy.answersOthers = false;
  const before = proxy.connects.length;
  const id = await merchant.deliver('order.completed');
  await connected(before + 2);
  expect(await merchant.delivery(id)).toMatchObject({ attemptCount: 0, attempts: [] });
  // The one that hangs now ends before the proxy comes back to life.
  proxy.script('reset');
  await connected(before + 3);
  proxy.script('tunnel');
  proxy.answersOthers = true;
  expect(await merchant.until(id, 'succeeded', 30_000)).toMatchObject({ attemptCount: 1 });
  expect(came()).toHaveLength(1);
});

test.each([
  [403, 'failed', { reason: 'blocked', attempts: [{ error: 'blocked' }] }],
  [502, 'retrying', { attempts: [{ error: 'connect' }] }],
  [503, 'retrying', { attempts: [{ error: 'connect' }] }],
  [504, 'retrying', { attempts: [{ error: 'timeout' }] }],
  ['hang', 'retrying', { attempts: [{ error: 'timeout' }] }],
] as const)(
  'a target that the proxy answers with %s for has had its attempt',
  async (step, status, expected) => {
    const { came } = await freshEndpoint();
    proxy.script(step);
    const id = await merchant.deliver('order.completed');
    expect(await merchant.until(id, status, 30_000)).toMatchObject({ attemptCount: 1, ...expected });
    expect(came()).toHaveLength(0);
  },
);

test('a test-send and a resend go through it too', async () => {
  proxy.script('tunnel');
  const { id } = await freshEndpoint();
  const before = proxy.connects.length;
  const tested = await merchant.call<{ deliveryId: string }>('POST', `/endpoints/${id}/test`, {});
  await merchant.until(tested.body.deliveryId, 'succeeded', 30_000);
  receiver.closeIdle();
  await merchant.until((await merchant.command(tested.body.deliveryId, 'resend')).id, 'succeeded', 30_000);
  expect(proxy.connects.length).toBeGreaterThanOrEqual(before + 1);
  expect(proxy.connects.every(({ target }) => target === `127.0.0.1:${receiver.port}`)).toBe(true);
});

test('its password is in no log line and no history; its host and port are told at the start', async () => {
  const secrets = ['hunter2', btoa('ann:hunter2')];
  const { id } = await freshEndpoint();
  proxy.script(407);
  const before = proxy.connects.length;
  const delivery = await merchant.deliver('order.completed');
  await connected(before + 2);
  const history = await posthaste.client.workflow.getHandle(delivery).fetchHistory();
  const texts = JSON.stringify(history).replace(/"data":"([^"]+)"/g, (_, data) => atob(data));
  expect(texts).toContain(delivery);
  proxy.script('tunnel');
  await merchant.until(delivery, 'succeeded', 30_000);
  const shown = await Promise.all(
    [`/deliveries/${delivery}/log`, `/endpoints/${id}`].map((path) => merchant.call('GET', path)),
  );
  for (const secret of secrets)
    expect(texts + logLines.join('') + JSON.stringify(shown)).not.toContain(secret);
  expect(logLines.join('')).toContain(`"proxy":"127.0.0.1:${proxy.port}"`);
});
