import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { temporal } from '@temporalio/proto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { LOG_OPTIONS } from '../../src/log.ts';
import { standardKey } from '../../src/profiles/secret.ts';
import { historyOf } from '../support/history.ts';
import { type Endpoint, type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type ReceivedRequest, type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, hang, raw, redirect, reset, type Step } from '../support/steps.ts';

const { History } = temporal.api.history.v1;

/** What must never be seen, by what it is. */
const canaries = new Map<string, string>();
const logged: string[] = [];
const problems: string[] = [];
const deliveries: string[] = [];

const PAYLOAD = `canary-${randomBytes(12).toString('hex')}`;
const IN_URL = `canary-${randomBytes(12).toString('hex')}`;
const data = { email: `${PAYLOAD}@shop.test`, nested: [{ note: PAYLOAD }] };
const encryptionKey = { id: 'canary', key: randomBytes(32) };

let posthaste: Posthaste;
let receiver: Receiver;
let merchant: Merchant;
let echoing: Endpoint;
let echoed: string;

/** Answers with all that came, and with the secret as often as it is told, spelt in every way. */
function echo(secret: () => string): Step {
  return (socket, request: ReceivedRequest) => {
    const it = secret();
    const key = standardKey(it);
    const body = [
      JSON.stringify(request.headers),
      it,
      JSON.stringify(it).replaceAll('/', '\\/'),
      encodeURIComponent(it),
      Buffer.from(it).toString('base64'),
      key.toString('base64'),
      key.toString('hex'),
      it.replace(/.{9}/g, '$&\r\n '),
    ].join('\n');
    const beforeCut = 65_536 - body.length - 30;
    return answer(500, {
      headers: {
        'X-Echo': it,
        'X-Folded': it.replace(/.{9}/g, '$& '),
        'X-Coded': Buffer.from(it).toString('base64'),
      },
      body: body + '.'.repeat(beforeCut) + it + it,
    })(socket, request);
  };
}

async function refused(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const { status, body: problem } = await posthaste.api.call(method, path, body, headers);
  expect(status).toBeGreaterThanOrEqual(400);
  problems.push(JSON.stringify(problem));
}

async function sent(fields: { url: string } & Record<string, unknown>, step?: Step): Promise<string> {
  const event = `canary.${randomBytes(4).toString('hex')}`;
  const path = `/${event}`;
  if (step) receiver.script(path, step);
  await merchant.endpoint({
    retrySchedule: [],
    events: [event],
    ...fields,
    url: fields.url || `${receiver.url(path)}?k=${IN_URL}`,
  });
  const id = await merchant.deliver(event, data);
  deliveries.push(id);
  return id;
}

beforeAll(async () => {
  const logger = pino({ ...LOG_OPTIONS, level: 'trace' }, { write: (line) => void logged.push(line) });
  receiver = await startReceiver();
  posthaste = await startPosthaste({ logger, encryptionKeys: [encryptionKey] });
  merchant = await openAccount(posthaste);
  const account = `/v1/accounts/${merchant.id}`;

  receiver.script(
    '/echo',
    echo(() => echoing.secret),
    echo(() => echoing.secret),
    echo(() => echoing.secret),
  );
  echoing = await merchant.endpoint({
    url: `${receiver.url('/echo')}?k=${IN_URL}`,
    events: ['canary.echo'],
    retrySchedule: [3600],
  });
  const previous = echoing.secret;
  const { secret } = await merchant.rotate(echoing.id);
  echoing = { ...echoing, secret };
  const { body: key } = await merchant.call<{ key: string; id: string }>('POST', '/keys', {
    name: 'canary',
    scopes: ['read', 'write'],
  });

  for (const [name, value] of Object.entries({ secret, previous })) {
    canaries.set(name, value);
    canaries.set(`${name} in base64`, standardKey(value).toString('base64'));
    canaries.set(`${name} in hex`, standardKey(value).toString('hex'));
    canaries.set(`${name} in base64 once more`, Buffer.from(value).toString('base64').slice(0, -4));
  }
  canaries.set('payload', PAYLOAD);
  canaries.set('query of a URL', IN_URL);
  canaries.set('API key', key.key);
  canaries.set('operator key', posthaste.operatorKey);
  canaries.set('encryption key', encryptionKey.key.toString('base64'));
  canaries.set('encryption key in hex', encryptionKey.key.toString('hex'));

  // Successes and failures of each kind.
  await sent({ url: '' });
  await sent({ url: '' }, answer(400));
  await sent({ url: '' }, answer(503));
  await sent({ url: '' }, redirect(302, 'https://elsewhere.test/'));
  await sent({ url: '' }, reset());
  await sent({ url: '' }, raw('garbage instead of HTTP\r\n\r\n', { close: true }));
  await sent({ url: '', timeoutMs: 1000 }, hang());
  const noTls = createServer((socket) => void socket.end('no TLS here')).listen(0, '127.0.0.1');
  await once(noTls, 'listening');
  await sent({ url: `https://127.0.0.1:${(noTls.address() as AddressInfo).port}/?k=${IN_URL}` });
  const closed = await startReceiver();
  await closed.close();
  await sent({ url: `${closed.url('/')}?k=${IN_URL}` });
  await sent({ url: `http://nowhere.invalid/?k=${IN_URL}`, timeoutMs: 2000 });
  const asleep = await sent({ url: '', retrySchedule: [3600, 3600, 3600] }, answer(500));
  await merchant.until(asleep, 'retrying', 30_000);
  await merchant.command(asleep, 'retry');
  await merchant.until(
    asleep,
    ({ attemptCount, status }) => attemptCount === 2 && status === 'retrying',
    30_000,
  );
  await merchant.reschedule(asleep, { retrySchedule: [7200] });
  echoed = await merchant.deliver('canary.echo', data);
  deliveries.push(echoed);
  await merchant.until(echoed, 'retrying', 30_000);

  // Poison: a secret that does not open.
  const event = 'canary.poison';
  const { id: poisoned } = await merchant.endpoint({ url: receiver.url('/poison'), events: [event] });
  const pool = createPool(posthaste.databaseUrl, () => {}, { max: 1 });
  await pool.query(
    "update endpoints set secret_sealed = overlay(secret_sealed placing 'AAAA' from 30) where id = $1",
    [poisoned],
  );
  await pool.end();
  deliveries.push(await merchant.deliver(event, data));
  await refused('GET', `${account}/endpoints/${poisoned}/secret`);

  // Canaries where they do not belong.
  const events = `${account}/events`;
  await refused('POST', events, { event: { [PAYLOAD]: PAYLOAD }.toString(), data: PAYLOAD });
  await refused('POST', events, `{"event":"order.completed","data":{"x":"${PAYLOAD}"`);
  await refused('POST', events, { event: 'order.completed', data });
  await refused('POST', events, { event: 'my.type', data, createdAt: PAYLOAD });
  await refused('POST', `${account}/endpoints`, {
    url: `ftp://x/?k=${IN_URL}`,
    profile: 'standard',
    events: ['*'],
  });
  await refused('POST', `${account}/endpoints`, {
    url: `${receiver.url('/')}?k=${IN_URL}`,
    profile: 'standard',
    events: ['*'],
    secret: `${secret}!`,
  });
  await refused('PATCH', `${account}/endpoints/${echoing.id}`, {
    secret: [secret],
    headers: { 'a b': secret },
  });
  await refused('POST', `${account}/keys`, { name: 'x', scopes: [key.key] });
  await refused('GET', `${account}/deliveries?cursor=${key.key}`);
  await refused('GET', `/v1/accounts/${merchant.id}/events?key=${key.key}&since=${key.key}`);
  await refused('GET', account, undefined, { authorization: `Basic ${key.key}` });
  await refused('GET', account, undefined, { authorization: `Bearer ${key.key}x` });
  await refused('GET', `/v1/nothing/${encodeURIComponent(secret)}/${key.key}/${posthaste.operatorKey}`);

  await Promise.all(
    deliveries
      .filter((id) => id !== asleep && id !== echoed)
      .map((id) => merchant.until(id, ({ completedAt }) => completedAt !== undefined, 60_000)),
  );
  noTls.close();
}, 120_000);
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** Which canaries are in a text. */
function seen(text: string, { except = [] as string[] } = {}): string[] {
  return [...canaries].flatMap(([name, value]) =>
    text.includes(value) && !except.includes(name) ? [name] : [],
  );
}

test('every kind of ending was there, or the canaries prove nothing', async () => {
  const { body } = await merchant.call<{ data: { attempts: { error?: string }[] }[] }>(
    'GET',
    '/deliveries?limit=250',
  );
  const errors = new Set(body.data.flatMap(({ attempts }) => attempts.map(({ error }) => error)));
  for (const error of [
    undefined,
    'rejected',
    'server_error',
    'redirect',
    'reset',
    'protocol',
    'timeout',
    'tls',
    'connect',
    'dns',
  ])
    expect(errors).toContain(error);
  expect(receiver.requests.some(({ body: sentBody }) => sentBody.includes(PAYLOAD))).toBe(true);
  expect(receiver.requests.some(({ target }) => target.includes(IN_URL))).toBe(true);
  expect(logged.length).toBeGreaterThan(30);
});

test('no log line holds a secret, a key, a payload or a query, at any level', () => {
  for (const line of logged) expect(seen(line), line).toEqual([]);
});

test('no problem answer repeats a secret, a key or a payload', () => {
  for (const problem of problems) expect(seen(problem), problem).toEqual([]);
});

test('the metrics hold none', async () => {
  expect(seen(await (await fetch(`${posthaste.url}/metrics`)).text())).toEqual([]);
});

test.each(['/deliveries?limit=250', '/events?limit=250', '/keys', '/audit-log?limit=250', '/event-types'])(
  'the list %s holds none',
  async (path) => {
    const { status, body } = await merchant.call('GET', path);
    expect(status).toBe(200);
    expect(seen(JSON.stringify(body))).toEqual([]);
  },
);

test('endpoints show their URL, and no secret', async () => {
  const { body } = await merchant.call('GET', '/endpoints?limit=250');
  expect(seen(JSON.stringify(body))).toEqual(['query of a URL']);
});

test('Temporal’s histories hold none, raw or decoded, nor does what its lists show', async () => {
  for (const id of deliveries) {
    const events = await historyOf(posthaste.client, id);
    expect(events.length).toBeGreaterThan(0);
    const bytes = Buffer.from(History.encode({ events }).finish()).toString('latin1');
    expect(seen(bytes), id).toEqual([]);
    expect(seen(JSON.stringify(decoded(events))), id).toEqual([]);
    const description = await posthaste.client.workflow.getHandle(id).describe();
    expect(seen(JSON.stringify(decoded(description.raw))), id).toEqual([]);
    expect(seen(JSON.stringify(await merchant.log(id))), id).toEqual([]);
  }
});

/** Payloads as text, and again where their text is base64. */
function decoded(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString('utf8');
    return [text, Buffer.from(text, 'base64').toString('latin1')];
  }
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, decoded(part)]));
}

describe('what an endpoint echoes', () => {
  test('is kept without our secrets, however they are spelt and wherever it is cut', async () => {
    const { attempts } = await merchant.delivery(echoed);
    const [attempt] = attempts;
    expect(attempt).toMatchObject({ responseStatus: 500, responseTruncated: true });
    expect(attempt?.responseBody?.length).toBeGreaterThan(60_000);
    const kept = JSON.stringify(attempt);
    // The request's own headers are echoed too: signatures are no secrets.
    expect(seen(kept, { except: ['payload', 'query of a URL'] })).toEqual([]);
    const half = echoing.secret.slice(6, 20);
    for (const piece of [half, half.replace(/.{3}/, '$& '), encodeURIComponent(half)])
      expect(kept).not.toContain(piece);
    expect(attempt?.responseHeaders).toMatchObject({
      'x-echo': '[redacted]',
      'x-folded': '[redacted]',
      'x-coded': expect.stringMatching(/^.{0,3}\[redacted\].{0,4}$/),
    });
    expect(attempt?.responseBody).not.toMatch(/whsec_.{4}$/);
  });
});

test('in the database secrets are sealed and keys are hashed', async () => {
  const pool = createPool(posthaste.databaseUrl, () => {}, { max: 1 });
  try {
    for (const table of [
      'endpoints',
      'api_keys',
      'audit_log',
      'attempts',
      'deliveries',
      'signals',
      'accounts',
      'duties',
    ]) {
      const { rows } = await pool.query(`select t::text as row from ${table} t`);
      const text = rows.map(({ row }) => row).join('\n');
      expect(seen(text, { except: ['query of a URL'] }), table).toEqual([]);
    }
  } finally {
    await pool.end();
  }
});
