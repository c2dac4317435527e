import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNetworks } from '../../src/http/address.ts';
import { makeCertificates } from '../support/certificates.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, drip, hang, raw, redirect, reset, type Step } from '../support/steps.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  const addressPolicy = { allowNetworks: parseNetworks('127.0.0.1/32'), allowHttp: true };
  [posthaste, receiver] = await Promise.all([startPosthaste({ addressPolicy }), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** Delivers one event to a URL, and gives the delivery once its first attempt has ended. */
async function firstAttempt(url: string, fields: object = {}) {
  const merchant = await openAccount(posthaste);
  const endpoint = await merchant.endpoint({ url, timeoutMs: 10_000, ...fields });
  const event = endpoint.profile === 'selz' ? 'order_completed' : 'order.completed';
  const id = await merchant.deliver(event);
  const delivery = await merchant.until(id, ({ attemptCount }) => attemptCount === 1);
  return { merchant, endpoint, delivery };
}

let paths = 0;

function scripted(step: number | Step): string {
  const path = `/${++paths}`;
  receiver.script(path, step);
  return receiver.url(path);
}

async function expectRetry(url: string, error: string, fields: object = {}) {
  const { merchant, delivery } = await firstAttempt(url, fields);
  expect(delivery).toMatchObject({ status: 'retrying', attempts: [{ number: 1, error }] });
  const [attempt] = delivery.attempts;
  const endedAt = Date.parse(attempt?.startedAt ?? '') + (attempt?.durationMs ?? 0);
  expect(Date.parse(delivery.nextAttemptAt ?? '') - endedAt).toBe(300_000);
  return { merchant, delivery, attempt };
}

describe.concurrent('a 2xx ends it as succeeded', () => {
  test.each([200, 201, 204, 299])('%d', async (status) => {
    const { delivery } = await firstAttempt(scripted(status));
    expect(delivery).toMatchObject({ status: 'succeeded', attempts: [{ responseStatus: status }] });
    expect(delivery.attempts[0]).not.toHaveProperty('error');
    expect(delivery).not.toHaveProperty('nextAttemptAt');
    expect(delivery.completedAt).toBeDefined();
  });

  test('also when the body breaks off after it', async () => {
    const { delivery } = await firstAttempt(
      scripted(reset('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')),
    );
    expect(delivery).toMatchObject({ status: 'succeeded', attempts: [{ responseTruncated: true }] });
  });
});

describe.concurrent('a 4xx ends it as rejected', () => {
  test.each([
    ['standard', 400],
    ['standard', 401],
    ['standard', 404],
    ['selgora', 429],
    ['selz', 429],
    ['selgora', 408],
  ])('to a %s endpoint, %d', async (profile, status) => {
    const { delivery } = await firstAttempt(scripted(status), { profile });
    expect(delivery).toMatchObject({
      status: 'failed',
      reason: 'rejected',
      attempts: [{ responseStatus: status, error: 'rejected' }],
    });
  });

  test('a 410 also disables the endpoint, and holds what comes after', async () => {
    const { merchant, endpoint, delivery } = await firstAttempt(scripted(410));
    expect(delivery).toMatchObject({ status: 'failed', reason: 'gone', attempts: [{ error: 'rejected' }] });
    expect(await merchant.showEndpoint(endpoint.id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'gone',
    });
    await merchant.until(await merchant.deliver('order.completed'), 'held');
  });
});

describe.concurrent('it is retried after', () => {
  test.each([500, 502, 503, 599])('a %d', async (status) => {
    const { attempt } = await expectRetry(scripted(status), 'server_error');
    expect(attempt?.responseStatus).toBe(status);
  });

  test.each([408, 425, 429])('a %d from a standard endpoint', async (status) => {
    const { attempt } = await expectRetry(scripted(status), 'server_error');
    expect(attempt?.responseStatus).toBe(status);
  });

  test('a 4xx that the endpoint asks to have retried', async () => {
    await expectRetry(scripted(404), 'server_error', { profile: 'selgora', retryOn: [404] });
  });

  test.each([301, 302, 307, 308])('a %d, which is never followed', async (status) => {
    const elsewhere = receiver.url(`/elsewhere-${status}`);
    const { attempt } = await expectRetry(scripted(redirect(status, elsewhere)), 'redirect');
    expect(attempt).toMatchObject({ responseStatus: status, responseHeaders: { location: elsewhere } });
    expect(receiver.requests.some(({ path }) => path === `/elsewhere-${status}`)).toBe(false);
  });

  test.each<[string, Step, string]>([
    ['no answer at all', hang(), 'timeout'],
    ['a head that drips', drip('HTTP/1.1 200 OK\r\nX-Slow: yes\r\n\r\n', 100), 'timeout'],
    ['a reset', reset(), 'reset'],
    ['garbage instead of HTTP', raw('what is it?\r\n\r\n', { close: true }), 'protocol'],
  ])('%s', async (_, step, error) => {
    const { attempt } = await expectRetry(scripted(step), error, { timeoutMs: 1000 });
    expect(attempt).not.toHaveProperty('responseStatus');
    if (error === 'timeout') expect(attempt?.durationMs).toBeLessThan(3000);
  });

  test('a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expectRetry(`http://127.0.0.1:${port}/`, 'connect');
  });

  test('a name that does not exist', async () => {
    await expectRetry('http://nobody.invalid/', 'dns');
  });

  test('a certificate that nobody vouches for', async () => {
    const { selfSigned } = await makeCertificates();
    const secure = await startReceiver({ tls: selfSigned });
    await expectRetry(secure.url('/'), 'tls');
    expect(secure.requests).toHaveLength(0);
    await secure.close();
  });
});

test('an address that is not allowed ends it as blocked, and no socket is opened', async () => {
  const unreachable = await startReceiver({ host: '127.0.0.2' });
  const merchant = await openAccount(posthaste);
  const refused = await merchant.call('POST', '/endpoints', {
    url: unreachable.url('/'),
    profile: 'standard',
    events: ['*'],
  });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/url' }] } });

  // As if its name had moved since it was created.
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/moved') });
  const database = new pg.Client({ connectionString: posthaste.databaseUrl });
  await database.connect();
  await database.query('update endpoints set url = $2 where id = $1', [endpointId, unreachable.url('/')]);
  await database.end();

  const delivery = await merchant.until(await merchant.deliver('order.completed'), 'failed');
  expect(delivery).toMatchObject({ reason: 'blocked', attempts: [{ error: 'blocked' }] });
  expect(unreachable.connections).toBe(0);
  await unreachable.close();
});

test('what an endpoint answers is kept, its own secret redacted', async () => {
  const merchant = await openAccount(posthaste);
  const { secret } = await merchant.endpoint({ url: receiver.url('/echo') });
  receiver.script('/echo', answer(200, { body: `got ${secret}`, headers: { 'X-Echo': secret } }));
  const { attempts } = await merchant.until(await merchant.deliver('order.completed'), 'succeeded');
  expect(attempts[0]).toMatchObject({
    responseBody: 'got [redacted]',
    responseHeaders: { 'x-echo': '[redacted]' },
    responseTruncated: false,
  });
});
