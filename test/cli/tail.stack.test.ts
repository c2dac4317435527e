import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import buildProduct from '../faults/support/built-product.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitUntil } from '../support/wait.ts';
import { type Begun, beginPosthaste, runPosthaste } from './run-posthaste.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver(), buildProduct()]);
}, 180_000);
afterAll(async () => {
  await receiver?.close();
  await posthaste?.stop();
});

/** A merchant with a key of the account, who says nothing of which account it is. */
async function seated(url = posthaste.url) {
  const merchant = await openAccount(posthaste);
  const { body } = await merchant.call<{ key: string }>('POST', '/keys', { name: 'k', scopes: ['read'] });
  const env = { POSTHASTE_URL: url, POSTHASTE_API_KEY: body.key };
  return {
    merchant,
    env,
    tail(...args: string[]): Begun {
      const begun = beginPosthaste(['tail', ...args], { env });
      onTestFinished(() => begun.kill('SIGKILL'));
      return begun;
    },
  };
}

const isWatching = ({ said }: Begun) =>
  waitUntil(
    () => said.stderr,
    (text) => text.includes('Watching'),
  );
const linesOf = ({ said }: Begun) => said.stdout.split('\n').filter((line) => line !== '');

test('a delivery is one line each time it moves, and Ctrl-C ends it well', async () => {
  const { merchant, tail } = await seated();
  receiver.script('/moves', 500, 200);
  const endpoint = await merchant.endpoint({ url: receiver.url('/moves') });
  const watching = tail();
  await isWatching(watching);
  const id = await merchant.deliver('order.moved', {});
  await waitUntil(
    () => linesOf(watching),
    (lines) => lines.some((line) => line.includes('retrying')),
  );
  await merchant.command(id, 'retry');
  const lines = await waitUntil(
    () => linesOf(watching),
    (all) => all.some((line) => line.includes('succeeded')),
  );
  watching.kill('SIGINT');
  expect(await watching.ended).toMatchObject({ code: 0 });
  const told = (status: string) => lines.find((line) => line.includes(status));
  const rest = `${endpoint.id}  ${id}`;
  expect(told('retrying')).toMatch(
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d  retrying    order.moved  500 server_error  \\d+ ms  #1  ${rest}$`),
  );
  expect(told('succeeded')).toMatch(
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d  succeeded   order.moved  200  \\d+ ms  #2  ${rest}$`),
  );
});

test('only what is asked for is told, with --json as a line of JSON each', async () => {
  const { merchant, tail } = await seated();
  receiver.script('/refuses', 404);
  await merchant.endpoint({ url: receiver.url('/takes') });
  const refusing = await merchant.endpoint({ url: receiver.url('/refuses'), events: ['b.type'] });
  const all = tail();
  const byStatus = tail('--json', '--status', 'failed,cancelled');
  const byEndpoint = tail('--json', '--endpoint', refusing.id, '--response-status', '404');
  const byEvent = tail('--json', '--event', 'b.type');
  await isWatching(all);
  await merchant.send('a.type', {});
  // Those with --json say nothing when they have begun.
  const failed = new Set<string>();
  await waitUntil(async () => {
    const { deliveries } = await merchant.send('b.type', {});
    failed.add(deliveries.find(({ endpointId }) => endpointId === refusing.id)?.id ?? '');
    return [byStatus, byEndpoint, byEvent].every((one) => linesOf(one).length > 0);
  });
  for (const one of [byStatus, byEndpoint, byEvent]) one.kill('SIGINT');
  const deliveriesOf = async (one: Begun) =>
    (await one.ended).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DeliveryAnswer);
  for (const told of await deliveriesOf(byStatus))
    expect(told).toMatchObject({ status: 'failed', endpointId: refusing.id, event: 'b.type' });
  for (const told of await deliveriesOf(byEndpoint)) {
    expect(told).toMatchObject({ endpointId: refusing.id, attempts: [{ responseStatus: 404 }] });
    expect(failed).toContain(told.id);
  }
  expect(new Set((await deliveriesOf(byEvent)).map(({ event }) => event))).toEqual(new Set(['b.type']));
});

test('a stream that breaks is taken up again, and what moved meanwhile is told', async () => {
  const wire = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(posthaste.url).port) });
  onTestFinished(() => wire.close());
  const { merchant, tail } = await seated(`http://127.0.0.1:${wire.port}`);
  await merchant.endpoint({ url: receiver.url('/broken') });
  const watching = tail();
  await isWatching(watching);
  const first = await merchant.deliver('a.type', {});
  await waitUntil(() => linesOf(watching).some((line) => line.endsWith(first)));
  wire.cut();
  const missed = await merchant.deliver('a.type', {});
  await merchant.until(missed, 'succeeded');
  await waitUntil(
    () => watching.said.stderr,
    (text) => text.includes('Trying again.'),
  );
  wire.mend();
  await waitUntil(() => linesOf(watching).some((line) => line.endsWith(missed)));
  watching.kill('SIGINT');
  const { code, stdout } = await watching.ended;
  expect(code).toBe(0);
  const lines = stdout.split('\n').map((line) => line.slice(10));
  expect(new Set(lines).size).toBe(lines.length);
});

test('a key that is wrong, and nobody at the address, end it at once', async () => {
  const { env } = await seated();
  expect(await runPosthaste(['tail', '--key', 'ph_wrong'], { env })).toMatchObject({ code: 4, stdout: '' });
  const nowhere = ['tail', '--url', 'http://127.0.0.1:9', '--account', 'a'];
  expect(await runPosthaste(nowhere, { env })).toMatchObject({ code: 6, stdout: '' });
});

test('whoami tells whose key it is; the account of an account’s key need not be named', async () => {
  const { merchant, env } = await seated();
  const told = await runPosthaste(['whoami', '--json'], { env });
  expect(JSON.parse(told.stdout)).toMatchObject({
    url: posthaste.url,
    kind: 'account',
    account: merchant.id,
    scopes: ['read'],
  });
  await merchant.send('a.type', {}, { id: 'evt_mine' });
  expect((await runPosthaste(['events', 'show', 'evt_mine'], { env })).code).toBe(0);
  const operator = { ...env, POSTHASTE_API_KEY: posthaste.operatorKey };
  expect((await runPosthaste(['whoami'], { env: operator })).stdout).toMatch(/^key +the operator's$/m);
  const unnamed = await runPosthaste(['events', 'list'], { env: operator });
  expect({ code: unnamed.code, said: unnamed.stderr.includes('--account') }).toEqual({ code: 2, said: true });
});
