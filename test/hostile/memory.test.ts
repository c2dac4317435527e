import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Answered } from '../../src/domain/delivery.ts';
import { MAX_BODY_BYTES } from '../../src/http/answer.ts';
import { poster, receiver } from '../http/posting.ts';
import { flood, type Step } from '../support/steps.ts';

const AT_ONCE = 16;
/** Growth allowed while that many such answers come; each one alone is larger than that. */
const MAX_GROWTH_BYTES = 64_000_000;
/** What a receiver gets rid of before it is cut off: what the kernel buffers on both sides, not what it has. */
const MAX_SENT_BYTES = 16_000_000;

const MEGABYTE = Buffer.alloc(1_000_000, 'x');
const head = (...lines: string[]) => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const chunk = (bytes: string | Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function memory(): number {
  collect();
  return process.memoryUsage().rss;
}

/** How much memory so many POSTs at once take at their peak, and how much each receiver sent. */
async function load(step: Step) {
  const { script, url } = await receiver();
  const post = poster();
  let most = 0;
  script('/warm', 200);
  await Promise.all(Array.from({ length: AT_ONCE }, () => post(url('/warm'))));
  script('*', async (socket, request) => {
    socket.once('close', () => {
      most = Math.max(most, socket.bytesWritten);
    });
    await step(socket, request);
  });
  const before = memory();
  let peak = before;
  const looking = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const startedAt = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: AT_ONCE }, () => post(url(), { timeoutMs: 10_000 })),
  );
  clearInterval(looking);
  peak = Math.max(peak, memory());
  return { outcomes, growth: peak - before, sent: () => most, tookMs: performance.now() - startedAt };
}

test.each<[string, Step]>([
  ['a body of 200 MB', flood(head('content-length: 200000000'), MEGABYTE, 200)],
  ['a body without length or end', flood(head(), MEGABYTE)],
  ['chunks without end', flood(head('transfer-encoding: chunked'), chunk(MEGABYTE))],
  [
    'tiny chunks without end',
    flood(head('transfer-encoding: chunked'), Buffer.concat(Array(5000).fill(chunk('x')))),
  ],
  ['one chunk that calls itself 200 MB', flood(`${head('transfer-encoding: chunked')}bebc200\r\n`, MEGABYTE)],
  ['a bomb that says it is gzip', flood(head('content-encoding: gzip'), gzipSync(Buffer.alloc(200_000_000)))],
])('%s: its beginning is kept, memory stays flat, and it is cut early', async (_, step) => {
  const { outcomes, growth, sent, tookMs } = await load(step);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, truncated: true });
    expect(Buffer.byteLength((outcome as Answered).body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
  }
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  await expect.poll(sent, { timeout: 5000 }).toBeGreaterThan(0);
  expect(sent()).toBeLessThan(MAX_SENT_BYTES);
  expect(tookMs).toBeLessThan(9000);
});

test.each<[string, Step]>([
  ['40 kB of headers', flood(`HTTP/1.1 200 OK\r\n${`h: ${'x'.repeat(1000)}\r\n`.repeat(40)}\r\n`, '', 0)],
  ['headers without end', flood('HTTP/1.1 200 OK\r\n', `h: ${'x'.repeat(1000)}\r\n`.repeat(1000))],
  ['one header without end', flood('HTTP/1.1 200 OK\r\nh: ', MEGABYTE)],
  ['a status line without end', flood('HTTP/1.1 200 ', MEGABYTE)],
  ['interim answers without end', flood('', 'HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\n'.repeat(20_000))],
])('%s: a protocol fault, memory stays flat, and it is cut early', async (_, step) => {
  const { outcomes, growth, sent, tookMs } = await load(step);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'unreachable', fault: 'protocol' });
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  await expect.poll(sent, { timeout: 5000 }).toBeGreaterThan(0);
  expect(sent()).toBeLessThan(MAX_SENT_BYTES);
  expect(tookMs).toBeLessThan(9000);
});

test.each<[string, Step]>([
  [
    'trailers without end',
    flood(`${head('transfer-encoding: chunked')}2\r\nok\r\n0\r\n`, `t: ${'x'.repeat(1000)}\r\n`.repeat(1000)),
  ],
  ['a chunk extension without end', flood(`${head('transfer-encoding: chunked')}2\r\nok\r\n1;a=`, MEGABYTE)],
])('%s after the body: the status stands, and memory stays flat', async (_, step) => {
  const { outcomes, growth, sent } = await load(step);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, body: 'ok', truncated: true });
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  await expect.poll(sent, { timeout: 5000 }).toBeGreaterThan(0);
  expect(sent()).toBeLessThan(MAX_SENT_BYTES);
});
