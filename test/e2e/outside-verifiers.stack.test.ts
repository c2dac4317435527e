import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Captured, captureDeliveries, PROFILE_EVENTS } from '../outside/captured-deliveries.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let captured: Captured[];

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  captured = await captureDeliveries(posthaste, receiver);
}, 180_000);
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

const LONG_AGO_MS = 10 * 60_000;

test('all there is to judge came: attempts, retries, odd bodies, an overlap and its end', () => {
  expect(captured.map(({ what }) => what)).toEqual(
    PROFILE_EVENTS.flatMap(([profile]) =>
      [
        'attempt 1',
        'attempt 2',
        'attempt 3',
        'emoji and escapes',
        'during the overlap',
        'after the overlap',
      ].map((what) => `${profile}: ${what}`),
    ),
  );
  for (const { what, headers } of captured) {
    const signatures = headers['webhook-signature']?.split(' ') ?? [];
    expect(signatures, what).toHaveLength(what.endsWith('during the overlap') ? 2 : 1);
  }
});

describe.each([
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
])('%s of npm', (_name, Webhook) => {
  test('verifies every delivery with each secret in force', () => {
    for (const { what, body, headers, valid } of captured) {
      for (const secret of valid) {
        expect(new Webhook(secret).verify(body, headers), what).toMatchObject({ id: headers['webhook-id'] });
      }
    }
  });

  test('refuses any other secret: a stranger’s, one to come, one whose overlap is over', () => {
    for (const { what, body, headers, invalid } of captured) {
      for (const secret of invalid) {
        expect(() => new Webhook(secret).verify(body, headers), what).toThrow('No matching signature');
      }
    }
  });

  test.each(['first', 'middle', 'last'] as const)('refuses a body whose %s byte is flipped', (which) => {
    for (const { what, body, headers, valid } of captured) {
      const at = { first: 0, middle: body.length >> 1, last: body.length - 1 }[which];
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      for (const secret of valid) {
        expect(() => new Webhook(secret).verify(flipped, headers), what).toThrow('No matching signature');
      }
    }
  });

  test('refuses another id or timestamp than was signed', () => {
    for (const { what, body, headers, valid } of captured) {
      const sooner = String(Number(headers['webhook-timestamp']) - 1);
      for (const changed of [{ 'webhook-id': 'evt_another' }, { 'webhook-timestamp': sooner }]) {
        for (const secret of valid) {
          const verify = () => new Webhook(secret).verify(body, { ...headers, ...changed });
          expect(verify, what).toThrow('No matching signature');
        }
      }
    }
  });

  test('refuses what was rightly signed ten minutes ago', () => {
    const longAgo = new Date(Date.now() - LONG_AGO_MS);
    for (const { what, body, headers, valid } of captured) {
      for (const secret of valid) {
        const webhook = new Webhook(secret);
        const old = {
          ...headers,
          'webhook-timestamp': String(Math.floor(longAgo.getTime() / 1000)),
          'webhook-signature': webhook.sign(headers['webhook-id'] ?? '', longAgo, body),
        };
        expect(() => webhook.verify(body, old), what).toThrow('Message timestamp too old');
      }
    }
  });

  test('signs as we do', () => {
    for (const { what, body, headers, valid } of captured) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const signed = valid.map((secret) => new Webhook(secret).sign(headers['webhook-id'] ?? '', at, body));
      expect(headers['webhook-signature']?.split(' ').sort(), what).toEqual(signed.sort());
    }
  });
});

test.each([
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
])(
  '%s verifies with a secret that was brought along and is no whsec_, in its raw format',
  async (name, Webhook) => {
    const merchant = await openAccount(posthaste);
    const secret = 'Geheimnis von früher 🗝';
    const path = `/brought-${name}`;
    await merchant.endpoint({ url: receiver.url(path), profile: 'selgora', secret });
    await merchant.until(await merchant.deliver('order.completed'), 'succeeded', 30_000);
    const request = receiver.requests.find((one) => one.path === path);
    if (!request) throw new Error('nothing came');
    const { body, headers } = request;
    const raw = new Webhook(Buffer.from(secret), { format: 'raw' });
    expect(raw.verify(body, headers)).toMatchObject({ id: headers['webhook-id'] });
    const other = new Webhook(Buffer.from(`${secret}!`), { format: 'raw' });
    expect(() => other.verify(body, headers)).toThrow('No matching signature');
  },
);
