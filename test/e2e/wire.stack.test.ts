import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { type Endpoint, type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type ReceivedRequest, type Receiver, startReceiver } from '../support/receiver.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** What an outside receiver knows, independent of our own code. */
const PROFILES = {
  selgora: {
    event: 'order.completed',
    keys: ['id', 'event', 'created_at', 'data'],
    ownSignature: ({ body }: ReceivedRequest, secret: string) => ({
      'x-selgora-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    }),
  },
  selz: {
    event: 'order_completed',
    keys: ['id', 'event', 'timestamp', 'token', 'data'],
    ownSignature: ({ body }: ReceivedRequest, secret: string) => {
      const { timestamp, token } = JSON.parse(body.toString());
      return {
        'x-selz-signature': createHmac('sha256', secret).update(`${timestamp}${token}`).digest('base64'),
      };
    },
  },
  standard: {
    event: 'order.completed',
    keys: ['id', 'type', 'timestamp', 'data'],
    ownSignature: () => ({}),
  },
} as const;

interface Sent {
  merchant: Merchant;
  endpoint: Endpoint;
  eventId: string;
  createdAt: string;
  deliveryId: string;
  requests: ReceivedRequest[];
}

/** Fails twice, succeeds, and is sent once more: three attempts and a resend. */
async function sendFourTimes(profile: keyof typeof PROFILES): Promise<Sent> {
  const path = `/${profile}`;
  receiver.script(path, 500, 503, 200);
  const merchant = await openAccount(posthaste);
  const endpoint = await merchant.endpoint({
    url: receiver.url(path),
    profile,
    retrySchedule: [1, 1],
    headers: { 'X-Shop': 'Łódź'.normalize('NFD').replace(/[^\x20-\x7e]/g, '') },
  });
  const accepted = await merchant.send(PROFILES[profile].event);
  const [delivery] = accepted.deliveries;
  if (!delivery) throw new Error('no delivery');
  await merchant.until(delivery.id, 'succeeded');
  const resent = await merchant.command(delivery.id, 'resend');
  await merchant.until(resent.id, 'succeeded');
  const requests = receiver.requests.filter((request) => request.path === path);
  const { id: eventId, createdAt } = accepted;
  return { merchant, endpoint, eventId, createdAt, deliveryId: delivery.id, requests };
}

describe.each(['selgora', 'selz', 'standard'] as const)('to a %s endpoint', (profile) => {
  const { keys, event, ownSignature } = PROFILES[profile];
  let sent: Sent;
  beforeAll(async () => {
    sent = await sendFourTimes(profile);
  });

  test('every attempt and resend carries the same bytes', () => {
    expect(sent.requests).toHaveLength(4);
    const [first, ...others] = sent.requests;
    for (const { body } of others) expect(body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
  });

  test('the body has the fields of its profile, in order, and survives a JSON round trip', () => {
    const text = sent.requests[0]?.body.toString() ?? '';
    const body = JSON.parse(text);
    expect(JSON.stringify(body)).toBe(text);
    expect(Object.keys(body)).toEqual(keys);
    expect(body).toMatchObject({ id: sent.eventId, data: sampleOf(event) });
    expect(body.event ?? body.type).toBe(event);
    if (profile === 'selgora') expect(body.created_at).toBe(sent.createdAt);
    if (profile === 'standard') expect(body.timestamp).toBe(sent.createdAt);
    if (profile === 'selz') {
      expect(Math.abs(body.timestamp - Date.parse(sent.createdAt) / 1000)).toBeLessThanOrEqual(1);
      expect(body.token).toMatch(/^[A-Za-z0-9_-]{16,}$/);
    }
  });

  test("verifies by the product's own signature and by Standard Webhooks", () => {
    const { secret } = sent.endpoint;
    const verifier = new Webhook(secret);
    for (const request of sent.requests) {
      expect(request.headers).toMatchObject(ownSignature(request, secret));
      expect(verifier.verify(request.body, request.headers)).toMatchObject({ id: sent.eventId });
      const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request.headers;
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.${request.body}`);
      expect(request.headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
    }
  });

  test('no other signature is sent', () => {
    const own = Object.keys(sent.requests[0]?.headers ?? {}).filter((name) =>
      /^x-sel.*-signature$/.test(name),
    );
    expect(own).toEqual(profile === 'standard' ? [] : [`x-${profile}-signature`]);
  });

  test('the headers say what it is and which attempt', () => {
    const expected = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': expect.stringMatching(/^Posthaste\/\d+\.\d+\.\d+/),
      'webhook-id': sent.eventId,
      'x-shop': 'odz',
    };
    for (const { method, headers } of sent.requests) {
      expect(method).toBe('POST');
      expect(headers).toMatchObject(expected);
    }
    expect(sent.requests.map(({ headers }) => headers['posthaste-attempt'])).toEqual(['1', '2', '3', '1']);
    const ids = sent.requests.map(({ headers }) => headers['posthaste-delivery']);
    expect(ids.slice(0, 3)).toEqual([sent.deliveryId, sent.deliveryId, sent.deliveryId]);
    expect(ids[3]).not.toBe(sent.deliveryId);
  });

  test('webhook-timestamp is that of the attempt', async () => {
    const { attempts } = await sent.merchant.delivery(sent.deliveryId);
    const startedS = attempts.map(({ startedAt }) => String(Math.floor(Date.parse(startedAt) / 1000)));
    const told = sent.requests.slice(0, 3).map(({ headers }) => headers['webhook-timestamp']);
    expect(told).toEqual(startedS);
    expect(new Set(told).size).toBe(3);
  });

  test('its own signature is the same on each attempt', () => {
    const signatures = sent.requests.map(({ headers }) => headers[`x-${profile}-signature`]);
    expect(new Set(signatures).size).toBe(1);
  });
});

test('a body arrives as it was written: escapes, emoji, empty objects, a member named __proto__', async () => {
  const path = '/odd';
  const merchant = await openAccount(posthaste);
  const { secret } = await merchant.endpoint({ url: receiver.url(path) });
  const data = '{"a":{},"b":[],"c":"\\u0001\\"\\\\/é🎉","__proto__":{"x":1},"n":-1.5e-7,"z":[null,true,0.1]}';
  const answer = await merchant.call('POST', '/events', `{"event":"odd.data","data":${data}}`);
  expect(answer).toMatchObject({ status: 202 });
  const [request] = await receiver
    .waitFor((all) => all.some((one) => one.path === path))
    .then((all) => all.filter((one) => one.path === path));
  const text = request?.body.toString() ?? '';
  expect(JSON.stringify(JSON.parse(text))).toBe(text);
  expect(text.endsWith(`,"data":${data}}`)).toBe(true);
  expect(() => new Webhook(secret).verify(text, request?.headers ?? {})).not.toThrow();
});
