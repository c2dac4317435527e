import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { type Captured, captureDeliveries } from './captured-deliveries.ts';

const VERIFY = fileURLToPath(new URL('verify.py', import.meta.url));
const LIBRARIES = ['standardwebhooks', 'svix'] as const;
const LONG_AGO_MS = 10 * 60_000;
const NO_MATCH = 'WebhookVerificationError: No matching signature found';

/** A message to judge, and the verdict that is right. */
interface Message {
  what: string;
  secret: string;
  headers: Record<string, string>;
  body: Buffer;
  right: string;
}

const judges = inject('judges');
const bin = 'bin' in judges ? judges.bin : '';

describe.skipIf(bin === '')('the libraries from PyPI', () => {
  let posthaste: Posthaste;
  let receiver: Receiver;
  let messages: Message[];
  let verdicts: Record<(typeof LIBRARIES)[number], string[]>;

  beforeAll(async () => {
    [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
    messages = (await captureDeliveries(posthaste, receiver)).flatMap(messagesOf);
    verdicts = await judge(messages);
  }, 180_000);
  afterAll(async () => {
    await posthaste?.stop();
    await receiver?.close();
  });

  test.each(LIBRARIES)('%s verifies what we sent, and nothing else', (library) => {
    expect(messages.filter(({ right }) => right === 'verified')).toHaveLength(21);
    const told = messages.map(({ what }, index) => `${what}: ${verdicts[library][index]}`);
    expect(told).toEqual(messages.map(({ what, right }) => `${what}: ${right}`));
  });
});

function messagesOf({ what, headers, body, valid, invalid }: Captured): Message[] {
  const longAgo = new Date(Date.now() - LONG_AGO_MS);
  const flipped = Buffer.from(body);
  flipped.writeUInt8(flipped.readUInt8(body.length >> 1) ^ 1, body.length >> 1);
  return [
    ...valid.flatMap((secret) => [
      { what, secret, headers, body, right: 'verified' },
      { what: `${what}, a byte flipped`, secret, headers, body: flipped, right: NO_MATCH },
      {
        what: `${what}, another id`,
        secret,
        headers: { ...headers, 'webhook-id': 'evt_another' },
        body,
        right: NO_MATCH,
      },
      {
        what: `${what}, signed ten minutes ago`,
        secret,
        headers: {
          ...headers,
          'webhook-timestamp': String(Math.floor(longAgo.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(headers['webhook-id'] ?? '', longAgo, body),
        },
        body,
        right: 'WebhookVerificationError: Message timestamp too old',
      },
    ]),
    ...invalid.map((secret) => ({ what: `${what}, another secret`, secret, headers, body, right: NO_MATCH })),
  ];
}

async function judge(messages: readonly Message[]): Promise<Record<(typeof LIBRARIES)[number], string[]>> {
  const python = spawn(join(bin, 'python'), [VERIFY], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(python, 'close');
  python.stdin.end(
    JSON.stringify(
      messages.map(({ secret, headers, body }) => ({ secret, headers, body: body.toString('base64') })),
    ),
  );
  const answer = await text(python.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`The judge ended with ${code}.`);
  return JSON.parse(answer);
}
