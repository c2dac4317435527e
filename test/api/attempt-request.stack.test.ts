import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Endpoint, type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type ReceivedRequest, type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

interface Rebuilt {
  method: string;
  url: string;
  headers: Record<string, string>;
  signaturesWithheld: boolean;
  body: string;
  sentAt: string;
  endpointChangedSince: boolean;
  signatures: { scheme: string; header: string; signedContent: string; algorithm: string }[];
}

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

const EVENTS = { selgora: 'order.completed', selz: 'order_completed', standard: 'order.completed' } as const;
const OWN_HEADERS = { 'X-Shop': 'one  two', Authorization: 'Bearer receiver-token' };

let paths = 0;
async function shop(
  profile: keyof typeof EVENTS = 'standard',
): Promise<{ merchant: Merchant; endpoint: Endpoint; path: string }> {
  paths += 1;
  const path = `/${profile}-${paths}`;
  const merchant = await openAccount(posthaste);
  const url = `${receiver.url(path).replace('127.0.0.1', 'LOCALHOST')}?a=%20b`;
  const endpoint = await merchant.endpoint({ url, profile, retrySchedule: [1], headers: OWN_HEADERS });
  return { merchant, endpoint, path };
}

const request = (merchant: Merchant, deliveryId: string, number: number | string) =>
  merchant.call<Rebuilt>('GET', `/deliveries/${deliveryId}/attempts/${number}/request`);

const received = (path: string) => receiver.requests.filter((one) => one.path === path);

/** All that came, but for what belongs to the connection. */
function headersOf({ rawHeaders }: ReceivedRequest): Record<string, string> {
  const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, n) => rawHeaders.slice(2 * n, 2 * n + 2));
  return Object.fromEntries(pairs.filter(([name]) => name !== 'Connection'));
}

describe.each(['selgora', 'selz', 'standard'] as const)('to a %s endpoint', (profile) => {
  test('the request of each attempt is rebuilt as the receiver got it, in the overlap of a rotation, too', async () => {
    const { merchant, endpoint, path } = await shop(profile);
    await merchant.rotate(endpoint.id, { overlapSeconds: 2 });
    receiver.script(path, 500, 200);
    const id = await merchant.deliver(EVENTS[profile]);
    const { attempts } = await merchant.until(id, 'succeeded');
    const came = received(path);
    expect(came).toHaveLength(2);
    expect(came[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    // The overlap was over before anybody asked.
    await waitUntil(
      () => merchant.call('GET', `/endpoints/${endpoint.id}/secret`),
      ({ body }) => !Object.hasOwn(body as object, 'previousSecretExpiresAt'),
    );
    for (const [n, one] of came.entries()) {
      const { status, body } = await request(merchant, id, n + 1);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        method: one.method,
        endpointChangedSince: false,
        signaturesWithheld: false,
      });
      expect(body.headers).toEqual(headersOf(one));
      expect(Buffer.from(body.body).equals(one.body)).toBe(true);
      expect(new URL(body.url).pathname + new URL(body.url).search).toBe(one.target);
      expect(body.sentAt).toBe(attempts[n]?.startedAt);
    }
  });

  test('what each signature covers is told', async () => {
    const { merchant, endpoint } = await shop(profile);
    const id = await merchant.deliver(EVENTS[profile]);
    await merchant.until(id, 'succeeded');
    const { headers, signatures } = (await request(merchant, id, 1)).body;
    const { secret } = endpoint;
    const made = {
      standard: (content: string) =>
        `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
          .update(content)
          .digest('base64')}`,
      selgora: (content: string) => `sha256=${createHmac('sha256', secret).update(content).digest('hex')}`,
      selz: (content: string) => createHmac('sha256', secret).update(content).digest('base64'),
    };
    expect(signatures.map(({ scheme }) => scheme).sort()).toEqual([...new Set([profile, 'standard'])].sort());
    for (const { scheme, header, signedContent } of signatures)
      expect(headers[header]).toBe(made[scheme as keyof typeof made](signedContent));
  });
});

describe.each(['selgora', 'selz', 'standard'] as const)('of a %s endpoint, to who only reads', (profile) => {
  test('the signatures are withheld, by a key and by a portal link, and nothing else is', async () => {
    const { merchant } = await shop(profile);
    const id = await merchant.deliver(EVENTS[profile]);
    await merchant.until(id, 'succeeded');
    const whole = (await request(merchant, id, 1)).body;
    const path = `/deliveries/${id}/attempts/1/request`;
    const readWith = async (token: string) =>
      (await merchant.call<Rebuilt>('GET', path, undefined, { authorization: `Bearer ${token}` })).body;

    const key = async (scopes: string[]) =>
      (await merchant.call<{ key: string }>('POST', '/keys', { name: 'a key', scopes })).body.key;
    const link = async (scopes: string[]) =>
      (await merchant.call<{ url: string }>('POST', '/portal-links', { scopes })).body.url.split('#')[1] ??
      '';

    const signing = whole.signatures.map(({ header }) => header);
    const headers = Object.entries(whole.headers).filter(([name]) => !signing.includes(name));
    expect(headers).toHaveLength(Object.keys(whole.headers).length - signing.length);
    for (const token of [await key(['read']), await link(['read'])]) {
      const told = await readWith(token);
      expect(told).toEqual({ ...whole, headers: Object.fromEntries(headers), signaturesWithheld: true });
      for (const name of signing) expect(JSON.stringify(told)).not.toContain(whole.headers[name]);
    }
    for (const token of [await key(['read', 'write']), await link(['read', 'write'])])
      expect(await readWith(token)).toEqual(whole);
  });
});

test('whether the URL, the headers or the secret were changed since is told, and nothing else counts', async () => {
  const { merchant, endpoint } = await shop();
  const sent = async () => {
    const id = await merchant.deliver('a.type', {});
    await merchant.until(id, 'succeeded');
    return async () => (await request(merchant, id, 1)).body.endpointChangedSince;
  };
  const before = await sent();
  await merchant.editEndpoint(endpoint.id, { description: 'another', timeoutMs: 2000 });
  await merchant.pause(endpoint.id);
  await merchant.resume(endpoint.id);
  expect(await before()).toBe(false);
  const changes: (() => Promise<unknown>)[] = [
    () => merchant.editEndpoint(endpoint.id, { url: receiver.url('/another') }),
    () => merchant.editEndpoint(endpoint.id, { headers: { 'X-Shop': 'another' } }),
    () => merchant.editEndpoint(endpoint.id, { secret: endpoint.secret }),
    () => merchant.rotate(endpoint.id),
  ];
  for (const change of changes) {
    const earlier = await sent();
    await change();
    expect(await earlier(), String(change)).toBe(true);
    expect(await (await sent())()).toBe(false);
  }
});

test('attempts that are not there are not found', async () => {
  const { merchant } = await shop();
  const id = await merchant.deliver('a.type', {});
  await merchant.until(id, 'succeeded');
  for (const number of [0, 2, -1, '01', '1e0', 'x', 9_999_999_999])
    expect(await request(merchant, id, number)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect((await request(merchant, 'dlv_x', 1)).status).toBe(404);
  const another = await openAccount(posthaste);
  expect((await request(another, id, 1)).status).toBe(404);
});

test('of a deleted endpoint it is still there, of an expunged payload it is not', async () => {
  const { merchant, endpoint, path } = await shop();
  const accepted = await merchant.send('a.type', { card: 4242 });
  const id = accepted.deliveries[0]?.id ?? '';
  await merchant.until(id, 'succeeded');
  await merchant.deleteEndpoint(endpoint.id);
  const [came] = received(path);
  expect((await request(merchant, id, 1)).body.body).toBe(came?.body.toString());
  await merchant.call('DELETE', `/events/${accepted.id}/payload`);
  const { status, body } = await request(merchant, id, 1);
  expect([status, body]).toEqual([409, expect.objectContaining({ code: 'payload_expunged' })]);
  expect(JSON.stringify(body)).not.toContain('4242');
});
