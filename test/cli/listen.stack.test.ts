import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { verifyStandard } from '../../packages/receiver/src/index.ts';
import buildProduct from '../faults/support/built-product.ts';
import { knock } from '../support/listening.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitUntil } from '../support/wait.ts';
import { type Begun, beginPosthaste, runPosthaste } from './run-posthaste.ts';

/** Long enough to start the command line in. */
const UNREAD_MS = 5000;

let posthaste: Posthaste;
/** The server on the developer's machine. */
let local: Receiver;
let merchant: Merchant;
let env: Record<string, string>;

beforeAll(async () => {
  [posthaste, local] = await Promise.all([
    startPosthaste({ listenerUnreadMs: UNREAD_MS }),
    startReceiver(),
    buildProduct(),
  ]);
}, 180_000);
afterAll(async () => {
  await local?.close();
  await posthaste?.stop();
});
beforeEach(async () => {
  merchant = await openAccount(posthaste);
  const { body } = await merchant.call<{ key: string }>('POST', '/keys', {
    name: 'k',
    scopes: ['read', 'write'],
  });
  env = { POSTHASTE_URL: posthaste.url, POSTHASTE_API_KEY: body.key };
});

type Line = { kind: 'listener'; id: string; endpointId: string; secret: string } | RequestLine;
interface RequestLine {
  kind: 'request';
  deliveryId: string;
  event: string;
  attempt: number;
  status?: number;
  error?: string;
  ms: number;
}

const linesOf = ({ said }: Begun) =>
  said.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const requestsOf = (begun: Begun) => linesOf(begun).filter((line) => line.kind === 'request');

/** Begins to listen with --json, and waits until it does. */
async function listening(forwardTo: string, args: string[] = [], url = posthaste.url) {
  const begun = beginPosthaste(['listen', '--forward-to', forwardTo, '--json', ...args], {
    env: { ...env, POSTHASTE_URL: url },
  });
  onTestFinished(() => begun.kill('SIGKILL'));
  const [listener] = await waitUntil(
    () => linesOf(begun),
    ({ length }) => length > 0,
  );
  if (listener?.kind !== 'listener') throw new Error(JSON.stringify(listener));
  return { begun, listener };
}

async function interrupted(begun: Begun) {
  begun.kill('SIGINT');
  return begun.ended;
}

test('a delivery comes to the local server byte for byte, and its signature verifies there', async () => {
  local.script('/hooks', answer(202, { body: 'kept', headers: { 'X-Local': 'yes' } }));
  const { begun, listener } = await listening(local.url('/hooks?from=posthaste'), [
    '--profile',
    'selgora',
    '--events',
    'order.*',
  ]);
  const id = await merchant.deliver('order.completed');
  const { attempts } = await merchant.until(id, 'succeeded');
  expect(attempts).toMatchObject([{ number: 1, responseStatus: 202, responseBody: 'kept' }]);
  expect(attempts[0]?.responseHeaders).toMatchObject({ 'x-local': 'yes' });
  const request = local.requests.find(({ headers }) => headers['posthaste-delivery'] === id);
  if (!request) throw new Error('it never came');
  expect([request.method, request.target]).toEqual(['POST', '/hooks?from=posthaste']);
  const { secret } = listener;
  await expect(
    verifyStandard({ rawBody: request.body, headers: request.headers, secret, profile: 'selgora' }),
  ).resolves.toMatchObject({ event: 'order.completed' });
  // As they were signed and sent.
  const { body: sent } = await merchant.call<{ body: string; headers: Record<string, string> }>(
    'GET',
    `/deliveries/${id}/attempts/1/request`,
  );
  expect(request.body.toString()).toBe(sent.body);
  for (const [name, value] of Object.entries(sent.headers))
    if (!/^(?:host|content-length|connection)$/i.test(name))
      expect([name, request.headers[name.toLowerCase()]]).toEqual([name, value]);
  expect(request.headers.host).toBe(`127.0.0.1:${local.port}`);
  await waitUntil(() => requestsOf(begun).length === 1);
  expect(requestsOf(begun)).toEqual([
    {
      kind: 'request',
      deliveryId: id,
      event: 'order.completed',
      attempt: 1,
      status: 202,
      ms: expect.any(Number),
    },
  ]);
  expect(await interrupted(begun)).toMatchObject({ code: 0, stderr: '' });
  expect((await merchant.call('GET', `/endpoints/${listener.endpointId}`)).status).toBe(404);
});

test('a local failure is a failed attempt, and the retry comes, too', async () => {
  local.script('/fails', 500, 200);
  const { begun } = await listening(local.url('/fails'));
  const id = await merchant.deliver('a.type', {});
  await merchant.until(id, 'retrying');
  await merchant.command(id, 'retry');
  const { attempts } = await merchant.until(id, 'succeeded');
  expect(attempts).toMatchObject([
    { number: 1, responseStatus: 500, error: 'server_error' },
    { number: 2, responseStatus: 200 },
  ]);
  await waitUntil(() => requestsOf(begun).length === 2);
  expect(requestsOf(begun)).toMatchObject([
    { attempt: 1, status: 500 },
    { attempt: 2, status: 200 },
  ]);
});

test('a local server that is down is told to the delivery, which is retried', async () => {
  const { begun } = await listening('http://127.0.0.1:9/hooks');
  const id = await merchant.deliver('a.type', {});
  const { attempts } = await merchant.until(id, 'retrying');
  expect(attempts).toMatchObject([
    { responseStatus: 502, responseBody: expect.stringContaining('ECONNREFUSED') },
  ]);
  await waitUntil(() => requestsOf(begun).length === 1);
  expect(requestsOf(begun)).toMatchObject([{ error: expect.stringContaining('http://127.0.0.1:9') }]);
});

test('Ctrl-C waits for what is under way, then deletes the endpoint', async () => {
  local.script('/slow', answer(200, { delayMs: 3500 }));
  const { begun, listener } = await listening(local.url('/slow'));
  const id = await merchant.deliver('a.type', {});
  await local.waitFor((all) => all.some(({ headers }) => headers['posthaste-delivery'] === id));
  expect((await interrupted(begun)).code).toBe(0);
  expect(await merchant.until(id, 'succeeded')).toMatchObject({ attempts: [{ responseStatus: 200 }] });
  expect((await merchant.call('GET', `/endpoints/${listener.endpointId}`)).status).toBe(404);
});

test('one that is killed leaves 503s, and no endpoint for long', async () => {
  const { begun, listener } = await listening(local.url('/killed'));
  begun.kill('SIGKILL');
  await begun.ended;
  const id = await merchant.deliver('a.type', {});
  expect(await merchant.until(id, 'retrying')).toMatchObject({ attempts: [{ responseStatus: 503 }] });
  expect(await merchant.until(id, 'failed', 25_000)).toMatchObject({ reason: 'endpoint_deleted' });
  expect((await merchant.call('GET', `/endpoints/${listener.endpointId}`)).status).toBe(404);
}, 40_000);

test('a connection that breaks is taken up again', async () => {
  const wire = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(posthaste.url).port) });
  onTestFinished(() => wire.close());
  const { begun } = await listening(local.url('/again'), [], `http://127.0.0.1:${wire.port}`);
  wire.cut();
  wire.mend();
  const id = await merchant.deliver('a.type', {});
  await merchant.until(id, 'succeeded');
  expect((await interrupted(begun)).code).toBe(0);
});

test('a listener that has ended ends it', async () => {
  const { begun, listener } = await listening(local.url('/ended'));
  expect((await merchant.call('DELETE', `/listeners/${listener.id}`)).status).toBe(204);
  const { code, stderr } = await begun.ended;
  expect([code, JSON.parse(stderr).error.detail]).toEqual([3, expect.stringContaining('Start again')]);
});

test('people are told the secret and what to do, and a line of each request', async () => {
  const begun = beginPosthaste(['listen', '--forward-to', local.url('/people')], { env });
  onTestFinished(() => begun.kill('SIGKILL'));
  await waitUntil(() => begun.said.stdout.includes('Ctrl-C'));
  expect(begun.said.stdout).toMatch(/^secret +whsec_\S+\nendpoint +ep_\w+$/m);
  const [, words] = /^ {2}posthaste (endpoints test ep_\w+)$/m.exec(begun.said.stdout) ?? [];
  expect((await runPosthaste(words?.split(' ') ?? [], { env })).code).toBe(0);
  await waitUntil(() => /^\d\d:\d\d:\d\d {2}\S+ {2}#1 {2}200 {2}\d+ ms {2}dlv_\w+$/m.test(begun.said.stdout));
  expect((await interrupted(begun)).code).toBe(0);
});

test.each(['{"event":5}', '{"event":{"a":1},"type":["b"]}', 'null', 'no JSON'])(
  'a body %s, which no delivery has, is passed on like any other',
  async (body) => {
    const path = `/${merchant.id}`;
    const begun = beginPosthaste(['listen', '--forward-to', local.url(path)], { env });
    onTestFinished(() => begun.kill('SIGKILL'));
    await waitUntil(() => begun.said.stdout.includes('Ctrl-C'));
    const [, secret = ''] = /^secret +(\S+)$/m.exec(begun.said.stdout) ?? [];
    const [, endpointId = ''] = /^endpoint +(\S+)$/m.exec(begun.said.stdout) ?? [];
    const { url } = await merchant.showEndpoint(endpointId);
    for (let n = 0; n < 2; n += 1) expect((await knock({ url, secret, body })).status).toBe(200);
    expect(local.requests.filter((request) => request.path === path)).toHaveLength(2);
    await waitUntil(() => begun.said.stdout.match(/ {2}\? {2}#1 {2}200 {2}/g)?.length === 2);
    expect(await interrupted(begun)).toMatchObject({ code: 0, stderr: '' });
  },
);

test.each([
  [2, ['--forward-to', 'localhost:3000']],
  [2, []],
  [2, ['--forward-to', 'http://localhost:1', '--profile', 'selz', '--events', 'order.completed']],
  [4, ['--forward-to', 'http://localhost:1', '--key', 'ph_wrong']],
  [6, ['--forward-to', 'http://localhost:1', '--url', 'http://127.0.0.1:9', '--account', 'a']],
])('%i: %j', async (code, args) => {
  const ended = await runPosthaste(['listen', ...args], { env });
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});
