import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { verifyStandard } from '../../packages/receiver/src/index.ts';
import type { Problem } from '../../src/api/problem.ts';
import { MOST_WAITING } from '../../src/db/listener-requests.ts';
import { createPool } from '../../src/db/pool.ts';
import { parseNetworks } from '../../src/http/address.ts';
import { knock, makeListener, read } from '../support/listening.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { waitUntil } from '../support/wait.ts';

/** Long enough for everything that a test does before somebody reads, and short enough to wait for. */
const UNREAD_MS = 3000;

let posthaste: Posthaste;
let merchant: Merchant;
const logged: string[] = [];

beforeAll(async () => {
  posthaste = await startPosthaste({
    listenerUnreadMs: UNREAD_MS,
    logger: pino({ level: 'trace' }, { write: (line) => logged.push(line) }),
  });
});
afterAll(() => posthaste.stop());
beforeEach(async () => {
  merchant = await openAccount(posthaste);
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const urlOf = async (endpointId: string) => (await merchant.showEndpoint(endpointId)).url;

test('a delivery is held until whoever listens has answered, and their answer is its answer', async () => {
  const listener = await makeListener(merchant, { profile: 'selgora', events: ['order.*'] });
  expect(listener).toMatchObject({
    profile: 'selgora',
    events: ['order.*'],
    secret: expect.stringMatching(/^whsec_/),
  });
  expect(Date.parse(listener.expiresAt) - Date.now()).toBeLessThanOrEqual(UNREAD_MS);
  const reading = await read(posthaste, merchant, listener.id);
  const id = await merchant.deliver('order.completed');
  const request = await reading.next();
  expect(request).toMatchObject({ deliveryId: id, attempt: 1, method: 'POST' });
  const body = Buffer.from(request.bodyBase64, 'base64');
  expect(request.headers['Content-Type']).toBe('application/json; charset=utf-8');
  expect(Object.keys(request.headers).map((name) => name.toLowerCase())).not.toContain('host');
  const { secret } = listener;
  await expect(
    verifyStandard({ rawBody: body, headers: request.headers, secret, profile: 'selgora' }),
  ).resolves.toMatchObject({ event: 'order.completed' });
  expect((await merchant.delivery(id)).status).toBe('delivering');
  const answer = { status: 201, headers: { 'X-Local': 'yes' }, bodyBase64: base64('taken') };
  expect((await reading.answer(request, answer)).status).toBe(204);
  const { attempts } = await merchant.until(id, 'succeeded');
  expect(attempts).toMatchObject([{ responseStatus: 201, responseBody: 'taken' }]);
  expect(attempts[0]?.responseHeaders).toMatchObject({ 'x-local': 'yes' });
  // Nobody waits for it any more.
  expect((await reading.answer(request, answer)).status).toBe(404);
});

test('a failure of whoever listens is retried like any other', async () => {
  const listener = await makeListener(merchant);
  const reading = await read(posthaste, merchant, listener.id);
  const id = await merchant.deliver('a.type', {});
  await reading.answer(await reading.next(), { error: 'connect ECONNREFUSED 127.0.0.1:3000' });
  await merchant.until(id, 'retrying');
  await merchant.command(id, 'retry');
  const again = await reading.next();
  expect(again).toMatchObject({ deliveryId: id, attempt: 2 });
  await reading.answer(again, { status: 200 });
  const { attempts } = await merchant.until(id, 'succeeded');
  expect(attempts).toMatchObject([
    { responseStatus: 502, error: 'server_error', responseBody: expect.stringContaining('ECONNREFUSED') },
    { responseStatus: 200 },
  ]);
});

test('while nobody reads, the answer is a 503 at once', async () => {
  await makeListener(merchant);
  const id = await merchant.deliver('a.type', {});
  const { attempts } = await merchant.until(id, 'retrying');
  expect(attempts).toMatchObject([{ responseStatus: 503, responseBody: expect.stringContaining('Nobody') }]);
  expect(attempts[0]?.durationMs).toBeLessThan(1500);
});

test('a reader that has gone with a request leaves a 503, and a reader that comes again at once is sent it', async () => {
  const listener = await makeListener(merchant);
  const first = await read(posthaste, merchant, listener.id);
  const id = await merchant.deliver('a.type', {});
  const request = await first.next();
  first.close();
  const second = await read(posthaste, merchant, listener.id);
  expect(await second.next()).toEqual(request);
  await second.answer(request, { status: 200 });
  await merchant.until(id, 'succeeded');
  const abandoned = await merchant.deliver('a.type', {});
  await second.next();
  second.close();
  const { attempts } = await merchant.until(abandoned, 'retrying');
  expect(attempts).toMatchObject([{ responseStatus: 503 }]);
});

test('a listener has one reader: who comes later takes the place', async () => {
  const listener = await makeListener(merchant);
  const first = await read(posthaste, merchant, listener.id);
  const second = await read(posthaste, merchant, listener.id);
  await first.ended;
  const id = await merchant.deliver('a.type', {});
  await second.answer(await second.next(), { status: 200 });
  await merchant.until(id, 'succeeded');
  expect(first.requests()).toEqual([]);
});

test('while who had the place is still there, a request goes to who has it, once', async () => {
  const other = await startPosthaste({ ...posthaste.parts, port: 0, logger: pino({ level: 'silent' }) });
  try {
    const listener = await makeListener(merchant);
    // One in this process is told at once, one in another sees it when it looks.
    const before = [
      await read(other, merchant, listener.id),
      await read(posthaste, merchant, listener.id),
      await read(other, merchant, listener.id),
    ];
    const last = await read(posthaste, merchant, listener.id);
    const id = await merchant.deliver('a.type', {});
    const request = await last.next();
    await Promise.all(before.map(({ ended }) => ended));
    await last.answer(request, { status: 200 });
    await merchant.until(id, 'succeeded');
    expect(before.flatMap(({ requests }) => requests())).toEqual([]);
    expect(last.requests()).toEqual([request]);
  } finally {
    await other.stop();
  }
});

test('a listener that nobody reads ends, with its endpoint and its deliveries', async () => {
  const listener = await makeListener(merchant);
  const reading = await read(posthaste, merchant, listener.id);
  // Read for longer than it may be unread.
  const readUntil = Date.now() + UNREAD_MS + 1000;
  await waitUntil(() => Date.now() > readUntil);
  const id = await merchant.deliver('a.type', {});
  await reading.answer(await reading.next(), { status: 500 });
  await merchant.until(id, 'retrying');
  reading.close();
  expect(await merchant.until(id, 'failed', 20_000)).toMatchObject({ reason: 'endpoint_deleted' });
  expect((await merchant.call('GET', `/endpoints/${listener.endpointId}`)).status).toBe(404);
  expect((await read(posthaste, merchant, listener.id)).status).toBe(404);
  const { body } = await merchant.call<{ data: object[] }>('GET', `/audit-log?actor=posthaste`);
  expect(body.data).toMatchObject([
    { action: 'endpoint.deleted', target: listener.endpointId },
    { action: 'listener.expired', target: listener.id },
  ]);
}, 40_000);

test('it ends when it is told to, or its endpoint is deleted: the stream, the endpoint and the door', async () => {
  for (const path of [
    (made: { id: string }) => `/listeners/${made.id}`,
    (made: { endpointId: string }) => `/endpoints/${made.endpointId}`,
  ]) {
    const listener = await makeListener(merchant);
    const url = await urlOf(listener.endpointId);
    const reading = await read(posthaste, merchant, listener.id);
    expect((await merchant.call('DELETE', path(listener))).status).toBe(204);
    await reading.ended;
    expect((await knock({ ...listener, url })).status).toBe(404);
    expect((await merchant.call('GET', `/endpoints/${listener.endpointId}`)).status).toBe(404);
    expect((await merchant.call('DELETE', `/listeners/${listener.id}`)).status).toBe(404);
  }
});

test('one process is read, another is delivered to', async () => {
  const other = await startPosthaste({ ...posthaste.parts, port: 0, logger: pino({ level: 'silent' }) });
  try {
    const listener = await makeListener(merchant);
    const reading = await read(other, merchant, listener.id);
    // Its URL is that of the first.
    expect(await urlOf(listener.endpointId)).toContain(posthaste.url);
    const id = await merchant.deliver('a.type', {});
    const request = await reading.next();
    await reading.answer(request, { status: 204 });
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attempts: [{ responseStatus: 204 }] });
    reading.close();
  } finally {
    await other.stop();
  }
});

test('so many wait at a time and no more, however large they are', async () => {
  const listener = await makeListener(merchant);
  const reading = await read(posthaste, merchant, listener.id);
  const url = await urlOf(listener.endpointId);
  const aborts = new AbortController();
  onTestFinished(() => aborts.abort());
  const large = 'x'.repeat(300_000);
  const waiting = Array.from({ length: MOST_WAITING }, (_, n) =>
    knock({ ...listener, url, body: large }, { 'posthaste-delivery': `dlv_${n}` }, aborts.signal).then(
      ({ status }) => status,
    ),
  );
  await waitUntil(reading.requests, ({ length }) => length === MOST_WAITING, 20_000);
  expect((await knock({ ...listener, url })).status).toBe(503);
  const [first] = reading.requests();
  if (!first) throw new Error('none came');
  expect(Buffer.from(first.bodyBase64, 'base64').toString()).toBe(large);
  await reading.answer(first, { status: 200 });
  expect(await Promise.race(waiting)).toBe(200);
  for (const request of reading.requests().slice(1)) await reading.answer(request, { status: 200 });
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([200]));
});

describe('the door', () => {
  test('opens to its token alone, which is neither kept nor logged nor in the audit log', async () => {
    const listener = await makeListener(merchant);
    const url = await urlOf(listener.endpointId);
    const token = url.split('/').at(-1) ?? '';
    expect(url).toBe(`${posthaste.url}/listen/${listener.id}/${token}`);
    expect(token).toMatch(/^lsnt_[\w-]{43}$/);
    expect((await knock({ ...listener, url })).status).toBe(503);
    for (const wrong of [
      url.slice(0, -1),
      `${url}x`,
      url.replace('lsn_', 'lsn_0'),
      url.replace('lsnt_', 'lsnt_0'),
    ])
      expect((await knock({ ...listener, url: wrong })).status, wrong).toBe(404);
    await merchant.call('PATCH', `/endpoints/${listener.endpointId}`, { url: 'http://127.0.0.1:3999/' });
    const audited = await merchant.call('GET', '/audit-log?limit=250');
    expect(JSON.stringify(audited.body)).toContain(`/listen/${listener.id}/…`);
    expect(JSON.stringify(audited.body)).not.toContain(token);
    const knocks = await waitUntil(
      () => logged.filter((line) => line.includes('/listen/:id/:token')),
      ({ length }) => length >= 4,
    );
    expect(knocks.join()).toContain(`/listen/${listener.id}/lsnt_…`);
    expect(logged.some((line) => line.includes(token.slice(5)))).toBe(false);
    const pool = createPool(posthaste.databaseUrl, () => undefined, { max: 1 });
    const { rows } = await pool.query('select * from listeners');
    await pool.end();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('takes deliveries only, and no page can make them', async () => {
    const listener = await makeListener(merchant);
    const url = await urlOf(listener.endpointId);
    await read(posthaste, merchant, listener.id);
    expect((await knock({ ...listener, url }, { 'posthaste-delivery': '' })).status).toBe(400);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(url, { method: 'OPTIONS' })).headers.get('access-control-allow-headers')).toBeNull();
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(600_000) })).status).toBe(413);
  });

  test('passes on what its endpoint has signed just now, and nothing else', async () => {
    const listener = await makeListener(merchant);
    const { secret } = await makeListener(merchant);
    const url = await urlOf(listener.endpointId);
    const reading = await read(posthaste, merchant, listener.id);
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    for (const refused of [
      knock({ url, secret }),
      knock({ ...listener, url, at: minutesAgo(6) }),
      knock({ ...listener, url, at: minutesAgo(-6) }),
      knock({ ...listener, url }, { 'webhook-id': 'evt_2' }),
      knock({ ...listener, url }, { 'webhook-signature': '' }),
      fetch(url, {
        method: 'POST',
        body: '{}',
        headers: { 'posthaste-delivery': 'dlv_1', 'posthaste-attempt': '1', cookie: 'session=1' },
      }),
    ]) {
      const response = await refused;
      expect([response.status, await response.json()]).toMatchObject([401, { code: 'unauthorized' }]);
    }
    const passed = knock({ ...listener, url });
    await reading.answer(await reading.next(), { status: 200 });
    expect((await passed).status).toBe(200);
    expect(reading.requests()).toHaveLength(1);
  });

  test.each(['standard', 'selgora', 'selz'])(
    'passes on whatever comes of a %s endpoint, tests, retries, resends and rotations',
    async (profile) => {
      const listener = await makeListener(merchant, { profile });
      const endpoint = `/endpoints/${listener.endpointId}`;
      const reading = await read(posthaste, merchant, listener.id);
      const { body: sent } = await merchant.call<{ deliveryId: string }>('POST', `${endpoint}/test`, {});
      await reading.answer(await reading.next(), { status: 500 });
      await merchant.until(sent.deliveryId, 'retrying');
      await merchant.command(sent.deliveryId, 'retry');
      await reading.answer(await reading.next(), { status: 200 });
      await merchant.until(sent.deliveryId, 'succeeded');
      for (const body of [{}, { overlapSeconds: 0 }]) {
        expect((await merchant.call('POST', `${endpoint}/secret/rotate`, body)).status).toBe(200);
        await merchant.call('POST', `/deliveries/${sent.deliveryId}/resend`);
        const again = await reading.next();
        await reading.answer(again, { status: 200 });
        await merchant.until(again.deliveryId, 'succeeded');
      }
    },
  );

  test('keeps the headers that make pages harmless, whatever an answer says', async () => {
    const listener = await makeListener(merchant);
    const reading = await read(posthaste, merchant, listener.id);
    const answered = knock({ ...listener, url: await urlOf(listener.endpointId) });
    const request = await reading.next();
    const headers = {
      'content-security-policy': "script-src 'unsafe-inline'",
      'content-type': 'text/html',
      'content-length': '1',
      connection: 'close',
    };
    await reading.answer(request, { status: 200, headers, bodyBase64: base64('<script>') });
    const { headers: came } = await answered;
    expect(came.get('content-security-policy')).toContain("default-src 'none'");
    expect(came.get('content-type')).toBe('text/html');
    expect(await (await answered).text()).toBe('<script>');
  });
});

describe('what is refused', () => {
  test('more than ten listeners, types of another product, and answers that are none', async () => {
    const wrong = await merchant.call<Problem>('POST', '/listeners', {
      profile: 'selz',
      events: ['order.completed'],
    });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/events/0' }] } });
    for (let n = 0; n < 10; n += 1) await makeListener(merchant, { events: ['none'] });
    const more = await merchant.call('POST', '/listeners', {});
    expect(more).toMatchObject({ status: 422, body: { code: 'too_many_listeners' } });
    for (const body of [
      {},
      { status: 100 },
      { status: 200, error: 'x' },
      { status: 200, headers: { 'a b': 'c' } },
      { status: 200, headers: { a: 'b\r\nc: d' } },
      { status: 200, bodyBase64: '%' },
    ]) {
      const { status } = await merchant.call('POST', '/listeners/lsn_1/requests/lrq_1/answer', body);
      expect([status, body]).toEqual([400, body]);
    }
  });

  test('a listener, where nobody said how this product is reached, or deliveries may not go there', async () => {
    const elsewhere = await startPosthaste({ servesThisMachine: false });
    try {
      const shop = await openAccount(elsewhere);
      expect(await shop.call('POST', '/listeners', {})).toMatchObject({
        status: 422,
        body: { code: 'public_url_not_set', detail: expect.stringContaining('POSTHASTE_PUBLIC_URL') },
      });
    } finally {
      await elsewhere.stop();
    }
    const guarded = await startPosthaste({
      addressPolicy: { allowNetworks: parseNetworks(''), allowHttp: true },
      publicUrl: 'http://127.0.0.1:3000',
    });
    try {
      const shop = await openAccount(guarded);
      const answer = await shop.call('POST', '/listeners', {});
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'address_not_allowed', detail: expect.stringContaining('POSTHASTE_PUBLIC_URL') },
      });
    } finally {
      await guarded.stop();
    }
  });

  test('a key without the scope, and a key of another account', async () => {
    const { body: reader } = await merchant.call<{ key: string }>('POST', '/keys', {
      name: 'r',
      scopes: ['read'],
    });
    const listener = await makeListener(merchant);
    const path = `/listeners/${listener.id}/requests`;
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await merchant.call('GET', path, undefined, as(reader.key))).status).toBe(403);
    const other = await openAccount(posthaste);
    const { body: theirs } = await other.call<{ key: string }>('POST', '/keys', {
      name: 'k',
      scopes: ['read', 'write'],
    });
    expect((await merchant.call('GET', path, undefined, as(theirs.key))).status).toBe(404);
    expect((await other.call('GET', path, undefined, as(theirs.key))).status).toBe(404);
    expect((await other.call('DELETE', `/listeners/${listener.id}`)).status).toBe(404);
    expect((await other.call('POST', `${path}/lrq_1/answer`, { status: 200 })).status).toBe(404);
  });
});
