import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, drip, flood, hang, raw, reset, type Step } from '../support/steps.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

let paths = 0;

/** The delivery of one event to an endpoint that answers so, once its first attempt has ended. */
async function delivered(steps: Step[], fields: object = {}) {
  const merchant = await openAccount(posthaste);
  const path = `/${++paths}`;
  receiver.script(path, ...steps);
  const endpoint = await merchant.endpoint({ url: receiver.url(path), timeoutMs: 1000, ...fields });
  const id = await merchant.deliver('order.completed');
  const delivery = await merchant.until(id, ({ attemptCount }) => attemptCount === 1, 30_000);
  return { merchant, endpoint, delivery, attempt: delivery.attempts[0], path };
}

const head = (...lines: string[]) => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const huge = 'x'.repeat(1000);

test.concurrent.each<[string, Step, string, object]>([
  ['status 099', answer(99), 'retrying', { responseStatus: 99, error: 'server_error' }],
  ['status 000', answer(0), 'retrying', { responseStatus: 0, error: 'server_error' }],
  ['status 600', answer(600), 'retrying', { responseStatus: 600, error: 'server_error' }],
  ['status 999', answer(999), 'retrying', { responseStatus: 999, error: 'server_error' }],
  ['status 299', answer(299), 'succeeded', { responseStatus: 299 }],
  ['status 451', answer(451), 'failed', { responseStatus: 451, error: 'rejected' }],
  [
    '101 and silence',
    raw('HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    'retrying',
    { error: 'protocol' },
  ],
  [
    'a flood of 1xx',
    flood('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)),
    'retrying',
    { error: 'protocol' },
  ],
  [
    'a few 1xx before a 200',
    raw(`${'HTTP/1.1 102 Wait\r\n\r\n'.repeat(5)}${head('content-length: 0')}`),
    'succeeded',
    { responseStatus: 200 },
  ],
  [
    'headers without end',
    flood('HTTP/1.1 200 OK\r\n', `h: ${huge}\r\n`.repeat(100)),
    'retrying',
    { error: 'protocol' },
  ],
  ['headers a byte at a time', drip(`HTTP/1.1 200 OK\r\nh: ${huge}`, 20), 'retrying', { error: 'timeout' }],
  [
    'a body a byte at a time',
    async (socket, request) => {
      socket.write(head('content-length: 1000'));
      await drip(huge, 10)(socket, request);
    },
    'succeeded',
    { responseTruncated: true },
  ],
  [
    'chunks without end',
    flood(head('transfer-encoding: chunked'), '5\r\nhello\r\n'.repeat(100)),
    'succeeded',
    { responseTruncated: true },
  ],
  [
    'a body of 200 MB',
    flood(head('content-length: 200000000'), huge.repeat(100), 2000),
    'succeeded',
    { responseTruncated: true },
  ],
  [
    'a length that is more than comes',
    raw(`${head('content-length: 99')}short`, { close: true }),
    'succeeded',
    { responseBody: 'short', responseTruncated: true },
  ],
  [
    'a length that is less than comes',
    raw(`${head('content-length: 2')}ok, and more`),
    'succeeded',
    { responseBody: 'ok', responseTruncated: false },
  ],
  [
    'gzip that is none',
    answer(200, { headers: { 'Content-Encoding': 'gzip' }, body: 'plain' }),
    'succeeded',
    { responseBody: 'plain' },
  ],
  [
    '40 kB of headers',
    raw(`HTTP/1.1 200 OK\r\n${`h: ${huge}\r\n`.repeat(40)}\r\n`),
    'retrying',
    { error: 'protocol' },
  ],
  [
    '10,000 headers',
    raw(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`),
    'retrying',
    { error: 'protocol' },
  ],
  [
    'Content-Length with Transfer-Encoding',
    raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    'retrying',
    { error: 'protocol' },
  ],
  ['garbage instead of HTTP', raw('\x16\x03\x01\0\xff'), 'retrying', { error: 'protocol' }],
  ['nothing and a close', raw('', { close: true }), 'retrying', { error: 'reset' }],
  ['silence', hang(), 'retrying', { error: 'timeout' }],
  [
    'a 200 and a reset inside the body',
    reset(`${head('content-length: 99')}half`),
    'succeeded',
    { responseBody: 'half', responseTruncated: true },
  ],
  [
    'NUL, bytes that are no UTF-8, and markup',
    answer(200, {
      headers: { 'X-A': '\x80\t<b>\xff' },
      body: Buffer.from('a\0b\xff<script>alert(1)</script>\x1b[2J\ud83d', 'latin1'),
    }),
    'succeeded',
    {
      responseBody: 'a\ufffdb\ufffd<script>alert(1)</script>\x1b[2J=',
      responseHeaders: { 'x-a': '\ufffd\ufffd<b>\ufffd' },
    },
  ],
])('%s', { timeout: 60_000 }, async (_, step, status, expected) => {
  const { delivery, attempt } = await delivered([step]);
  expect(delivery).toMatchObject({ status, attemptCount: 1 });
  expect(attempt).toMatchObject({ number: 1, ...expected });
  if (!('error' in expected)) expect(attempt).not.toHaveProperty('error');
  expect(attempt?.durationMs).toBeLessThan(5000);
  expect(attempt?.responseBody?.length ?? 0).toBeLessThanOrEqual(65_536);
});

const SCHEDULE_S = [60, 600];
test.concurrent.each([
  ['90', 90],
  ['5', 60],
  ['-5', 60],
  ['1e9', 60],
  ['99999999999999999999', 60],
  ['999999999', 600],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 600],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 60],
  ['soon\x80', 60],
  ['', 60],
])('Retry-After: %j makes the wait %d s', { timeout: 60_000 }, async (value, waitS) => {
  const { delivery, attempt } = await delivered([answer(503, { headers: { 'Retry-After': value } })], {
    retrySchedule: SCHEDULE_S,
  });
  const endedAt = Date.parse(attempt?.startedAt ?? '') + (attempt?.durationMs ?? 0);
  expect(Date.parse(delivery.nextAttemptAt ?? '') - endedAt).toBe(waitS * 1000);
});

test.concurrent('a kept-alive connection that is closed just as we POST: one more request, one attempt', {
  timeout: 60_000,
}, async () => {
  const own = await startReceiver();
  own.script('*', answer(200), reset(), answer(202));
  const merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: own.url() });
  await merchant.until(await merchant.deliver('order.completed'), 'succeeded', 30_000);
  const second = await merchant.until(await merchant.deliver('order.completed'), 'succeeded', 30_000);
  expect(second).toMatchObject({ attemptCount: 1, attempts: [{ responseStatus: 202 }] });
  const ids = own.requests.map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(3);
  expect(ids[1]).toBe(ids[2]);
  await own.close();
});

test('after all of that, deliveries still go out', async () => {
  expect((await delivered([answer(200)])).delivery.status).toBe('succeeded');
});
