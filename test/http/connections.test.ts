import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseNetworks } from '../../src/http/address.ts';
import { answer, reset } from '../support/steps.ts';
import { loopbackAllowed, poster, receiver } from './posting.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a refusal opens no socket', () => {
  const onlyPublic = { allowNetworks: [], allowHttp: true };

  test('to a literal address', async () => {
    const here = await receiver();
    const post = poster({ policy: onlyPublic });
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      'localhost',
      '0',
    ]) {
      expect(await post(`http://${host}:${here.port}/`)).toMatchObject({ kind: 'blocked' });
    }
    expect(here.connections).toBe(0);
  });

  test('to a name, also when only one of its addresses is refused', async () => {
    const here = await receiver();
    const post = poster({
      policy: { allowNetworks: parseNetworks('127.0.0.1/32'), allowHttp: true },
      resolve: async () => ['127.0.0.1', '127.0.0.2'],
    });
    expect(await post(`http://receiver.example:${here.port}/`)).toEqual({
      kind: 'blocked',
      detail: 'receiver.example leads to an address that deliveries may not reach.',
      address: '127.0.0.2',
    });
    expect(here.connections).toBe(0);
  });

  test('to a URL that the policy no longer takes', async () => {
    const here = await receiver();
    const post = poster({ policy: { ...loopbackAllowed, allowHttp: false } });
    expect(await post(here.url())).toMatchObject({ kind: 'blocked' });
    expect(await post('nonsense')).toMatchObject({ kind: 'blocked' });
    expect(here.connections).toBe(0);
  });

  test('to a name that was allowed a moment ago (DNS rebinding)', async () => {
    const allowed = await receiver();
    const refused = await receiver({ host: '127.0.0.2' });
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    const post = poster({
      policy: { allowNetworks: parseNetworks('127.0.0.1/32'), allowHttp: true },
      resolve: async () => answers.shift() ?? [],
    });
    allowed.script('*', answer(200, { close: true }));
    expect(await post(`http://rebound.example:${allowed.port}/`)).toMatchObject({ status: 200 });
    expect(await post(`http://rebound.example:${refused.port}/`)).toMatchObject({ kind: 'blocked' });
    expect(refused.connections).toBe(0);
  });
});

test('a name is resolved when a connection is opened, and the connection stays with the address that was checked', async () => {
  const here = await receiver();
  const resolve = vi
    .fn(async () => ['127.0.0.1'])
    .mockResolvedValue(['10.0.0.1'])
    .mockResolvedValueOnce(['127.0.0.1']);
  const post = poster({ resolve });
  const url = `http://moving.example:${here.port}/`;
  expect(await post(url)).toMatchObject({ status: 200 });
  expect(await post(url)).toMatchObject({ status: 200 });
  expect([here.connections, resolve.mock.calls.length]).toEqual([1, 1]);
  here.closeIdle();
  await vi.waitFor(async () => expect(await post(url)).toMatchObject({ kind: 'blocked' }));
});

test('localhost is reached where each of its addresses is allowed', async () => {
  const here = await receiver();
  expect(await poster()(`http://localhost:${here.port}/`)).toMatchObject({ status: 200 });
});

test('the request goes over the wire as it was signed', async () => {
  const here = await receiver();
  const body = '{"name":"Łódź 🎉"}';
  await poster()(here.url('/a/b?c=d%20e&f'), {
    headers: { 'X-Selgora-Signature': 'sha256=ab', 'webhook-id': 'e' },
    body,
  });
  const [request] = here.requests;
  expect(request?.body.toString()).toBe(body);
  expect(request).toMatchObject({ method: 'POST', target: '/a/b?c=d%20e&f' });
  expect(request?.rawHeaders).toEqual([
    ...['X-Selgora-Signature', 'sha256=ab', 'webhook-id', 'e', 'Accept-Encoding', 'identity'],
    ...[
      'Content-Length',
      String(Buffer.byteLength(body)),
      'Host',
      `127.0.0.1:${here.port}`,
      'Connection',
      'keep-alive',
    ],
  ]);
});

test('headers go over the wire in Latin-1, beside whatever body, on a connection that is used again, too', async () => {
  const here = await receiver();
  const post = poster();
  const bodies = ['', '{}', '{"name":"Łódź 🎉"}'];
  // Each byte that a value may have beyond ASCII.
  const value = Array.from({ length: 96 }, (_, n) => String.fromCharCode(0xa0 + n)).join('');
  for (const body of bodies) await post(here.url(), { headers: { 'X-Shop': `x${value}x` }, body });
  expect(here.requests.map(({ headers }) => headers['x-shop'])).toEqual(bodies.map(() => `x${value}x`));
  expect(here.requests.map(({ body }) => body.toString())).toEqual(bodies);
  expect(here.connections).toBe(1);
});

test('proxies of the environment are ignored', async () => {
  const proxy = await receiver();
  const here = await receiver();
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, proxy.url());
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  expect(await poster()(here.url())).toMatchObject({ status: 200 });
  expect([here.requests.length, proxy.connections]).toEqual([1, 0]);
});

describe('a kept-alive connection', () => {
  test('is used again, and by one POST at a time', async () => {
    const here = await receiver();
    const post = poster();
    for (let n = 0; n < 5; n++) await post(here.url());
    expect(here.connections).toBe(1);
    await Promise.all([post(here.url()), post(here.url()), post(here.url())]);
    expect(here.connections).toBe(3);
  });

  test('that the peer closes just as we POST is repeated once, on a fresh one', async () => {
    const here = await receiver();
    here.script('*', 200, reset(), 202);
    const post = poster();
    expect(await post(here.url())).toMatchObject({ status: 200 });
    expect(await post(here.url())).toMatchObject({ status: 202 });
    expect(here.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('that is closed again on the repeat is one classified failure', async () => {
    const here = await receiver();
    here.script('*', 200, reset());
    const post = poster();
    await post(here.url());
    expect(await post(here.url())).toMatchObject({ kind: 'unreachable', fault: 'reset' });
    expect(here.requests).toHaveLength(3);
  });

  test('that is closed after a part of the answer is not repeated', async () => {
    const here = await receiver();
    here.script('*', 200, reset('HTTP/1.1 2'));
    const post = poster();
    await post(here.url());
    expect(await post(here.url())).toMatchObject({ kind: 'unreachable' });
    expect(here.requests).toHaveLength(2);
  });

  test('never loses a POST, whenever the peer closes it', async () => {
    const here = await receiver();
    const post = poster();
    for (let n = 0; n < 100; n++) {
      const outcome = post(here.url());
      if (n % 3 === 0) setImmediate(here.closeIdle);
      expect(await outcome).toMatchObject({ status: 200 });
    }
  });

  test('is not kept once its POST timed out', async () => {
    const here = await receiver();
    here.script('*', answer(200, { delayMs: 150 }), 201);
    const post = poster();
    expect(await post(here.url(), { timeoutMs: 50 })).toMatchObject({ fault: 'timeout' });
    expect(await post(here.url())).toMatchObject({ status: 201 });
    expect(here.connections).toBe(2);
  });
});
