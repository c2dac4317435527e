import { createServer } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseNetworks } from '../../src/http/address.ts';
import { EgressProxy, ProxyFault } from '../../src/http/proxy.ts';
import { freePort } from '../../src/local/ports.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { type ConnectStep, type EgressProxyServer, startEgressProxy } from '../support/egress-proxy.ts';
import { answer, hang, raw, reset } from '../support/steps.ts';
import { poster, receiver } from './posting.ts';

const CREDENTIALS = 'ann:hunter2%40';

let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

async function egress(options: Parameters<typeof startEgressProxy>[0] = {}): Promise<EgressProxyServer> {
  const started = await startEgressProxy(options);
  onTestFinished(() => started.close());
  return started;
}

/** A poster whose names all lead to 127.0.0.1 unless told otherwise. */
function through(proxy: Pick<EgressProxyServer, 'url'>, options: Parameters<typeof poster>[0] = {}) {
  return poster({
    proxy: new EgressProxy(proxy.url(CREDENTIALS)),
    resolve: async () => ['127.0.0.1'],
    authority: certificates.authority,
    ...options,
  });
}

async function faultOf(outcome: Promise<unknown>): Promise<ProxyFault> {
  const fault = await outcome.then(
    (came) => expect.fail(`no fault, but ${JSON.stringify(came)}`),
    (error) => error,
  );
  expect(fault).toBeInstanceOf(ProxyFault);
  expect(fault.message).toMatch(/^[^\n]{10,200}$/);
  expect(fault.message).not.toMatch(/hunter2|Basic|receiver\.example|\/path/);
  return fault;
}

describe('through the egress proxy', () => {
  test('goes a POST over plain http, by CONNECT to the address that was checked', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    expect(await through(proxy)(`http://receiver.example:${here.port}/path?a`)).toMatchObject({
      status: 200,
    });
    expect(proxy.connects).toEqual([
      {
        target: `127.0.0.1:${here.port}`,
        headers: expect.objectContaining({
          host: `127.0.0.1:${here.port}`,
          'proxy-authorization': `Basic ${btoa('ann:hunter2@')}`,
        }),
      },
    ]);
    expect(here.requests).toMatchObject([
      { target: '/path?a', headers: { host: `receiver.example:${here.port}` } },
    ]);
    expect(here.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test.each(['http', 'https'] as const)('goes TLS with the endpoint itself: %s proxy', async (scheme) => {
    const proxy = await egress(scheme === 'https' ? { tls: certificates.good } : {});
    const here = await receiver({ tls: certificates.good });
    const post = through(proxy);
    expect(await post(`https://localhost:${here.port}/`)).toMatchObject({ status: 200 });
    expect(await post(`https://127.0.0.1:${here.port}/`)).toMatchObject({ status: 200 });
    expect(proxy.connects.map(({ target }) => target)).toEqual(Array(2).fill(`127.0.0.1:${here.port}`));
    // The certificate is for localhost, and the proxy was asked for an address.
    expect(await post(`https://receiver.example:${here.port}/`)).toMatchObject({ fault: 'tls' });
    expect(here.requests).toHaveLength(2);
  });

  test.each(['expired', 'selfSigned', 'wrongHost'] as const)(
    'an endpoint whose certificate is %s is a tls fault of the endpoint',
    async (kind) => {
      const [proxy, here] = [await egress(), await receiver({ tls: certificates[kind] })];
      expect(await through(proxy)(`https://localhost:${here.port}/`)).toMatchObject({ fault: 'tls' });
      expect(here.requests).toHaveLength(0);
    },
  );

  test('goes what was addressed to an IPv6 literal', async () => {
    const [proxy, here] = [await egress(), await receiver({ host: '::1' })];
    expect(await through(proxy)(here.url())).toMatchObject({ status: 200 });
    expect(proxy.connects[0]?.target).toBe(`[::1]:${here.port}`);
  });

  test('go requests to the default ports', async () => {
    const proxy = await egress();
    proxy.script(503);
    await through(proxy)('http://receiver.example/');
    await through(proxy)('https://receiver.example/');
    expect(proxy.connects.map(({ target }) => target)).toEqual(['127.0.0.1:80', '127.0.0.1:443']);
  });

  test('is heard what an endpoint says before it is asked', async () => {
    const proxy = await egress();
    proxy.script({ write: 'HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n' });
    expect(await through(proxy)('http://receiver.example:8022/')).toMatchObject({ fault: 'protocol' });
    proxy.script({ write: 'HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n' });
    expect(await through(proxy)('https://receiver.example:8022/')).toMatchObject({ fault: 'tls' });
  });

  test('go no proxies of the environment', async () => {
    const [proxy, other, here] = [await egress(), await egress(), await receiver()];
    for (const name of ['HTTP_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, other.url());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await through(proxy)(here.url())).toMatchObject({ status: 200 });
    expect([proxy.connections, other.connections]).toEqual([1, 0]);
  });
});

describe('the guard stays ours: the proxy is not even asked', () => {
  const policy = { allowNetworks: parseNetworks('127.0.0.1/32'), allowHttp: true };

  test.each(['127.0.0.2', '[::1]', '10.0.0.1', '169.254.169.254', '[::ffff:127.0.0.2]', '2130706434'])(
    'for the literal %s',
    async (host) => {
      const proxy = await egress();
      expect(await through(proxy, { policy })(`http://${host}/`)).toMatchObject({ kind: 'blocked' });
      expect(proxy.connections).toBe(0);
    },
  );

  test('for a name with one refused address, now or later', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    const resolve = vi
      .fn(async () => ['127.0.0.1', '10.0.0.7'])
      .mockResolvedValueOnce(['127.0.0.1'])
      .mockResolvedValueOnce(['127.0.0.1', '::1']);
    const post = through(proxy, { policy, resolve });
    const url = `http://receiver.example:${here.port}/`;
    here.script('*', answer(200, { close: true }));
    expect(await post(url)).toMatchObject({ status: 200 });
    expect(await post(url)).toMatchObject({ kind: 'blocked', address: '::1' });
    expect(await post(url)).toEqual({
      kind: 'blocked',
      detail: 'receiver.example leads to an address that deliveries may not reach.',
      address: '10.0.0.7',
    });
    expect([proxy.connects.length, here.connections]).toEqual([1, 1]);
  });

  test('for a name that does not resolve', async () => {
    const proxy = await egress();
    expect(await through(proxy, { resolve: async () => [] })('http://a.example/')).toMatchObject({
      fault: 'dns',
    });
    const never = through(proxy, { resolve: () => new Promise(() => undefined) });
    expect(await never('http://a.example/', { timeoutMs: 100 })).toMatchObject({ fault: 'timeout' });
    expect(proxy.connections).toBe(0);
  });
});

describe('a proxy that does not do its part is our own fault', () => {
  test.each<[string, ConnectStep]>([
    ...[100, 199, 301, 302, 400, 401, 404, 405, 407, 429, 500, 501, 505, 511, 599].map(
      (status): [string, ConnectStep] => [`answers ${status}`, status],
    ),
    ['answers garbage', { write: 'It is a good day to be a proxy.\r\n\r\n' }],
    ['answers as another protocol', { write: '\x05\x00' }],
    ['answers without end', { write: `HTTP/1.1 200 OK\r\n${'h: v\r\n'.repeat(9000)}` }],
    ['answers with a status of four digits', { write: 'HTTP/1.1 2000 OK\r\n\r\n' }],
    ['closes the connection', 'close'],
    ['resets the connection', 'reset'],
    ['breaks off its answer', { write: 'HTTP/1.1 200' }],
  ])('that %s', async (_, step) => {
    const [proxy, here] = [await egress(), await receiver()];
    proxy.script(step);
    proxy.answersOthers = false;
    await faultOf(through(proxy)(`http://receiver.example:${here.port}/path`, { timeoutMs: 300 }));
    expect(here.connections).toBe(0);
  });

  test('that nobody listens in the place of', async () => {
    const port = await freePort();
    const post = through({ url: (credentials = '') => `http://${credentials}@127.0.0.1:${port}` });
    expect((await faultOf(post('http://receiver.example/'))).message).toContain('ECONNREFUSED');
  });

  test('whose name does not resolve', async () => {
    await faultOf(
      through({ url: () => 'http://proxy.invalid:3128' })('http://receiver.example/', { timeoutMs: 9000 }),
    );
  });

  test.each(['expired', 'selfSigned', 'wrongHost'] as const)('whose certificate is %s', async (kind) => {
    const proxy = await egress({ tls: certificates[kind] });
    await faultOf(through(proxy)('https://receiver.example/'));
    expect(proxy.connects).toHaveLength(0);
  });

  test('that speaks plain http where TLS is to be spoken, or TLS where it is not', async () => {
    const [plain, secure] = [await egress(), await egress({ tls: certificates.good })];
    await faultOf(through({ url: () => plain.url().replace('http', 'https') })('http://receiver.example/'));
    await faultOf(through({ url: () => secure.url().replace('https', 'http') })('http://receiver.example/'));
  });

  test('that takes connections and stalls in the TLS handshake', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const post = through({ url: () => `https://127.0.0.1:${port}` });
    expect((await faultOf(post('http://receiver.example/', { timeoutMs: 200 }))).message).toBe(
      'the egress proxy did not answer within 200 ms (reaching the proxy)',
    );
  });

  test('that is dead: it takes connections and answers nothing', async () => {
    const proxy = await egress();
    proxy.script('hang');
    proxy.answersOthers = false;
    const startedAt = performance.now();
    const fault = await faultOf(through(proxy)('http://receiver.example/path', { timeoutMs: 400 }));
    expect(fault.message).toBe('the egress proxy did not answer within 400 ms (waiting for the proxy)');
    expect(performance.now() - startedAt).toBeLessThan(1500);
    await vi.waitFor(() => expect(proxy.open).toBe(0));
  });
});

describe('an endpoint that the proxy cannot reach has had its attempt', () => {
  test.each([
    [403, { kind: 'blocked', detail: 'The egress proxy refused the address (403).' }],
    [502, { fault: 'connect', detail: 'the egress proxy cannot connect to the address (502)' }],
    [503, { fault: 'connect', detail: 'the egress proxy cannot connect to the address (503)' }],
    [504, { fault: 'timeout', detail: 'the address did not answer the egress proxy (504)' }],
  ])('CONNECT answered with %d', async (status, outcome) => {
    const proxy = await egress();
    proxy.script(status);
    expect(await through(proxy)('http://receiver.example/')).toMatchObject(outcome);
    await vi.waitFor(() => expect(proxy.open).toBe(0));
  });

  test('CONNECT without an answer, while the proxy answers other requests', async () => {
    const proxy = await egress();
    proxy.script('hang');
    expect(await through(proxy)('http://receiver.example/', { timeoutMs: 600 })).toEqual({
      kind: 'unreachable',
      fault: 'timeout',
      detail: 'no answer within 600 ms (connecting)',
    });
    await vi.waitFor(() => expect(proxy.open).toBe(0));
  });

  test('only when none of its addresses could be reached', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    const post = through(proxy, { resolve: async () => ['::1', '127.0.0.1'] });
    const url = `http://receiver.example:${here.port}/`;
    proxy.script(502, 'tunnel');
    expect(await post(url)).toMatchObject({ status: 200 });
    expect(proxy.connects.map(({ target }) => target)).toEqual([
      `[::1]:${here.port}`,
      `127.0.0.1:${here.port}`,
    ]);
    here.closeIdle();
    proxy.script(502, 504);
    await vi.waitFor(async () => expect(await post(url)).toMatchObject({ fault: 'timeout' }));
    proxy.script(502, 407);
    await faultOf(post(url));
  });

  test('and a tunnel that breaks is a fault of the endpoint, which is all that can be seen', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    const secure = await receiver({ tls: certificates.good });
    here.script('*', hang());
    const waiting = through(proxy)(here.url());
    await here.waitFor(1);
    proxy.cut();
    expect(await waiting).toMatchObject({ fault: 'reset' });
    proxy.script({ write: 'HTTP/1.1 200 OK\r\n\r\n' });
    const shaking = through(proxy)(secure.url());
    await vi.waitFor(() => expect(proxy.connects).toHaveLength(2));
    proxy.cut();
    expect(await shaking).toMatchObject({ kind: 'unreachable', fault: 'tls' });
  });
});

describe('a kept-alive tunnel', () => {
  test.each(['http', 'https'])(
    'to an %s endpoint is used again, and closed with the poster',
    async (scheme) => {
      const [proxy, here] = [
        await egress(),
        await receiver(scheme === 'https' ? { tls: certificates.good } : {}),
      ];
      const resolve = vi.fn(async () => ['127.0.0.1']);
      const post = through(proxy, { resolve });
      const url = `${scheme}://localhost:${here.port}/`;
      for (let n = 0; n < 5; n++) expect(await post(url)).toMatchObject({ status: 200 });
      expect([proxy.connects.length, here.connections, resolve.mock.calls.length]).toEqual([1, 1, 1]);
      await Promise.all([post(url), post(url), post(url)]);
      expect(proxy.connects).toHaveLength(3);
    },
  );

  test('whose endpoint closes it just as we POST is repeated once, in a fresh one', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    here.script('*', 200, reset(), 202);
    const post = through(proxy);
    expect(await post(here.url())).toMatchObject({ status: 200 });
    expect(await post(here.url())).toMatchObject({ status: 202 });
    expect([proxy.connects.length, here.requests.length]).toEqual([2, 3]);
  });

  test('that cannot be had again is our own fault', async () => {
    const [proxy, here] = [await egress(), await receiver()];
    here.script('*', 200, raw('', { close: true }), 202);
    const post = through(proxy);
    await post(here.url());
    proxy.script(407);
    await faultOf(post(here.url()));
  });

  test('leaves nothing open once its POST timed out, or came too late', async () => {
    const [proxy, here] = [await egress(), await receiver({ tls: certificates.good })];
    here.script('*', hang());
    const post = through(proxy);
    expect(await post(here.url(), { timeoutMs: 300 })).toMatchObject({ fault: 'timeout' });
    await vi.waitFor(() => expect(proxy.open).toBe(0));
  });
});

test('closing the poster closes its tunnels', async () => {
  const [proxy, here] = [await egress(), await receiver({ tls: certificates.good })];
  const { createPost } = await import('../../src/http/post.ts');
  const { post, close } = createPost({
    policy: { allowNetworks: parseNetworks('127.0.0.0/8'), allowHttp: true },
    proxy: new EgressProxy(proxy.url()),
    authority: certificates.authority,
  });
  expect(await post({ url: here.url(), headers: {}, body: '{}', timeoutMs: 3000 })).toMatchObject({
    status: 200,
  });
  expect(proxy.open).toBe(2);
  await close();
  await vi.waitFor(() => expect(proxy.open).toBe(0));
});
