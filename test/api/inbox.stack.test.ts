import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

interface Kept {
  inbox: string;
  requests: {
    id: string;
    receivedAt: string;
    method: string;
    query: string;
    headers: Record<string, string>;
    body: string;
    bodyBase64?: string;
    event?: string;
    deliveryId?: string;
    verdicts: Record<string, string>;
    answered: number;
  }[];
}

let served: ServedApi;
let inbox: string;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(() => {
  inbox = `${served.url}/inbox/box-${randomUUID().slice(0, 8)}`;
});

const post = async (
  query = '',
  headers: Record<string, string> = {},
  body: string | Uint8Array<ArrayBuffer> = '{}',
) => (await fetch(inbox + query, { method: 'POST', headers, body })).status;
const kept = async () => (await (await fetch(inbox)).json()) as Kept;

describe('the inbox', () => {
  it('keeps what it is sent, byte for byte, newest first', async () => {
    expect(
      await post('?x=1', { 'content-type': 'text/plain', 'x-mine': 'yes' }, '{"event":"order.completed" }'),
    ).toBe(200);
    expect((await fetch(inbox, { method: 'PUT', body: new Uint8Array([0, 255, 10]) })).status).toBe(200);
    const { requests } = await kept();
    expect(requests).toMatchObject([
      { method: 'PUT', query: '', bodyBase64: 'AP8K', verdicts: {}, answered: 200 },
      { method: 'POST', query: 'x=1', body: '{"event":"order.completed" }', event: 'order.completed' },
    ]);
    expect(requests[1]?.headers).toMatchObject({ 'x-mine': 'yes' });
    expect(requests[1]).not.toHaveProperty('bodyBase64');
  });

  it('says of each signature whether it is valid', async () => {
    const merchant = await openAccount(served);
    const { secret } = await merchant.endpoint({ url: 'https://a.test/', profile: 'selgora' });
    const id = await merchant.deliver('order.completed');
    const body = '{"a":1}';
    const valid = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = { 'posthaste-delivery': id, 'x-selgora-signature': valid };
    await post('', headers, body);
    await post('', headers, '{"a":2}');
    await post('', { ...headers, 'posthaste-delivery': 'dlv_none' }, body);
    const { requests } = await kept();
    expect(requests.map(({ verdicts }) => verdicts)).toEqual([
      { selgora: 'invalid' },
      { selgora: 'invalid' },
      { selgora: 'valid' },
    ]);
    expect(requests[2]?.deliveryId).toBe(id);
  });

  it('answers in turn, counted for each delivery, the last answer again and again', async () => {
    const query = '?answer=500,503,200';
    const a = { 'posthaste-delivery': 'dlv_a' };
    const b = { 'posthaste-delivery': 'dlv_b' };
    const answers = [];
    for (const headers of [a, a, b, a, a, b]) answers.push(await post(query, headers));
    expect(answers).toEqual([500, 503, 500, 200, 200, 503]);
    const nameless = [];
    for (let n = 0; n < 4; n++) nameless.push(await post(query));
    expect(nameless).toEqual([500, 503, 200, 200]);
    expect(await post('?answer=404,200')).toBe(404);
    expect((await kept()).requests.map(({ answered }) => answered)).toEqual([
      404, 200, 200, 503, 500, 503, 200, 200, 500, 503, 500,
    ]);
  });

  it('takes its time when it is told to, and shows the request at once', async () => {
    const startedAt = performance.now();
    const slow = post('?delay=600');
    while ((await kept()).requests.length === 0) expect(performance.now() - startedAt).toBeLessThan(500);
    expect(await slow).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(590);
  });

  it('keeps the last hundred', async () => {
    for (let n = 0; n < 105; n++) await post('', {}, String(n));
    const { requests } = await kept();
    expect(requests).toHaveLength(100);
    expect([requests[0]?.body, requests[99]?.body]).toEqual(['104', '5']);
    const { rows } = await served.pool.query('select count(*)::int from inbox_requests where inbox = $1', [
      inbox.split('/').at(-1),
    ]);
    expect(rows[0].count).toBe(100);
  });

  it('forgets on demand, and starts its turns again', async () => {
    expect(await post('?answer=500,200')).toBe(500);
    expect((await fetch(inbox, { method: 'DELETE' })).status).toBe(204);
    expect((await kept()).requests).toEqual([]);
    expect(await post('?answer=500,200')).toBe(500);
  });

  it.each([
    '?answer=199',
    '?answer=600',
    '?answer=',
    '?answer=200,',
    '?answer=200&answer=500',
    '?delay=60001',
    '?delay=-1',
    '?delay=x',
  ])('refuses %s and keeps nothing', async (query) => {
    expect(await post(query)).toBe(400);
    expect((await kept()).requests).toEqual([]);
  });

  it('refuses bad names and bodies over a megabyte', async () => {
    expect((await fetch(`${served.url}/inbox/a.b`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${served.url}/inbox/${'x'.repeat(65)}`)).status).toBe(400);
    expect(await post('', {}, 'x'.repeat(1024 * 1024 + 1))).toBe(413);
  });
});

describe('an account', () => {
  type Listed = {
    data: { id: string; deliveryId: string; attempt?: string; verdicts: object }[];
    nextCursor: string | null;
  };

  /** As a delivery of ours is signed. */
  function signed(secret: string, deliveryId: string, body: string, at = new Date()): Record<string, string> {
    return {
      'posthaste-delivery': deliveryId,
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('evt_1', at, body),
    };
  }

  it('sees what its deliveries brought, with headers and body, and nothing else of the same inbox', async () => {
    const [merchant, stranger] = [await openAccount(served), await openAccount(served)];
    const { secret } = await merchant.endpoint({ url: 'https://a.test/' });
    const { secret: another } = await stranger.endpoint({ url: 'https://b.test/' });
    const own = await merchant.deliver('order.completed');
    const theirs = await stranger.deliver('order.completed');
    const name = inbox.split('/').at(-1);
    const body = '{"type":"order.completed"}';
    await post('?x=1', { ...signed(secret, own, body), 'posthaste-attempt': '2' }, body);
    await post('', signed(another, theirs, '{"secret":"of theirs"}'), '{"secret":"of theirs"}');
    await post('', {}, 'nobody’s');

    const listed = await merchant.call<Listed>('GET', `/inbox-requests?inbox=${name}`);
    expect(listed.body).toEqual({
      data: [
        {
          id: expect.any(String),
          inbox: name,
          receivedAt: expect.any(String),
          method: 'POST',
          event: 'order.completed',
          deliveryId: own,
          attempt: '2',
          verdicts: { standard: 'valid' },
          answered: 200,
        },
      ],
      nextCursor: null,
    });
    const shown = await merchant.call('GET', `/inbox-requests/${listed.body.data[0]?.id}`);
    expect(shown.body).toMatchObject({
      query: 'x=1',
      body: '{"type":"order.completed"}',
      headers: { 'posthaste-attempt': '2' },
    });
    const { requests } = await kept();
    for (const { id } of requests.slice(0, 2))
      expect((await merchant.call('GET', `/inbox-requests/${id}`)).status).toBe(404);
    expect((await merchant.call<Listed>('GET', '/inbox-requests?inbox=another')).body.data).toEqual([]);
  });

  it('sees nothing that only names its delivery: whoever reaches the inbox can do that', async () => {
    const merchant = await openAccount(served);
    const { secret } = await merchant.endpoint({ url: 'https://a.test/', profile: 'selz' });
    const id = await merchant.deliver('order_completed');
    const [body, invented] = ['{"timestamp":1,"token":"t","data":1}', '{"timestamp":1,"token":"t","data":2}'];
    const selz = { 'x-selz-signature': createHmac('sha256', secret).update('1t').digest('base64') };
    const stranger = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await post('', { 'posthaste-delivery': id }, body);
    await post('', signed(stranger, id, body), body);
    await post('', signed(secret, id, body), invented);
    // Selz's own signature says nothing of the data.
    await post('', { ...selz, 'posthaste-delivery': id }, invented);
    expect((await merchant.call<Listed>('GET', '/inbox-requests')).body.data).toEqual([]);
    expect((await kept()).requests).toHaveLength(4);

    await post('', { ...selz, ...signed(secret, id, body, new Date(Date.now() - 3_600_000)) }, body);
    const { data } = (await merchant.call<Listed>('GET', '/inbox-requests')).body;
    expect(data.map(({ verdicts }) => verdicts)).toEqual([{ standard: 'expired', selz: 'valid' }]);
  });

  it('reads them page by page, newest first', async () => {
    const merchant = await openAccount(served);
    const { secret } = await merchant.endpoint({ url: 'https://a.test/' });
    const id = await merchant.deliver('order.completed');
    const headers = signed(secret, id, '{}');
    for (let n = 0; n < 3; n++) await post('', { ...headers, 'posthaste-attempt': `${n}` });
    const first = await merchant.call<Listed>('GET', '/inbox-requests?limit=2');
    const second = await merchant.call<Listed>(
      'GET',
      `/inbox-requests?limit=2&cursor=${first.body.nextCursor}`,
    );
    const attempts = [...first.body.data, ...second.body.data].map(({ attempt }) => attempt);
    expect(attempts).toEqual(['2', '1', '0']);
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('a page of another site', () => {
  it.each<Record<string, string>>([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ])('puts nothing into the inbox: %j', async (headers) => {
    expect(await post('', headers)).toBe(403);
    expect((await kept()).requests).toEqual([]);
  });
});

describe('a page of another site that rebinds its name to us', () => {
  const as = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(served.url);
      const path = new URL(inbox).pathname;
      request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it.each([
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    'a b',
  ])('does not see the inbox as "%s"', async (host) => expect([400, 403]).toContain(await as(host)));

  it.each([
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]:3000',
    'a.localhost',
    'posthaste:3000',
  ])('is not one at "%s"', async (host) => expect(await as(host)).toBe(200));

  it('nor can anybody make it unpack anything', async () => {
    const bomb = gzipSync(Buffer.alloc(1024));
    expect(await post('', { 'content-encoding': 'gzip' }, new Uint8Array(bomb))).toBe(415);
    expect((await kept()).requests).toEqual([]);
  });
});
