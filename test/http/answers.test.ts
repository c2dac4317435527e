import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Answered, Outcome } from '../../src/domain/delivery.ts';
import { MAX_BODY_BYTES } from '../../src/http/answer.ts';
import { answer, drip, flood, hang, raw, redirect, reset, type Step } from '../support/steps.ts';
import { poster, receiver } from './posting.ts';

async function outcomeOf(step: Step, timeoutMs = 1000): Promise<Outcome> {
  const { script, url } = await receiver();
  script('*', step);
  return poster()(url('/hook'), { timeoutMs });
}

async function answerOf(step: Step, timeoutMs = 1000): Promise<Answered> {
  const outcome = await outcomeOf(step, timeoutMs);
  if (outcome.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(outcome)}`);
  return outcome;
}

const head = (...lines: string[]) => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;

describe('the status line decides', () => {
  test.each([200, 201, 202, 204, 299, 301, 400, 404, 410, 418, 429, 500, 503, 599, 600, 999, 99, 0])(
    'status %d is an answer',
    async (status) => expect(await outcomeOf(answer(status))).toMatchObject({ kind: 'answered', status }),
  );

  test.each([300, 301, 302, 303, 304, 307, 308])(
    'a %d is never followed; its Location is kept',
    async (status) => {
      const there = await receiver();
      const here = await receiver();
      here.script('*', redirect(status, there.url('/elsewhere')));
      expect(await poster()(here.url())).toMatchObject({
        kind: 'answered',
        status,
        headers: { location: there.url('/elsewhere') },
      });
      expect([here.requests.length, there.connections]).toEqual([1, 0]);
    },
  );

  test('interim answers before it are passed over, uninvited as they are', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    expect(await answerOf(raw(`${interim}${head('content-length: 2')}ok`))).toMatchObject({
      status: 200,
      body: 'ok',
    });
  });

  test.each([
    ['a reset', reset(`${head('content-length: 100')}some`)],
    ['an early end', raw(`${head('content-length: 100')}some`, { close: true })],
    ['silence', raw(`${head('content-length: 100')}some`)],
    ['an unfinished chunk', raw(`${head('transfer-encoding: chunked')}4\r\nsome\r\n9\r\n`, { close: true })],
  ])('a 200 followed by %s in the body stays a 200, noted as truncated', async (_, step) => {
    expect(await answerOf(step, 300)).toMatchObject({ status: 200, body: 'some', truncated: true });
  });

  test('a 200 followed by chunks that make no sense stays a 200', async () => {
    const step = raw(`${head('transfer-encoding: chunked')}4\r\nsome\r\nnonsense\r\n`);
    expect(await answerOf(step)).toMatchObject({ status: 200, truncated: true });
  });

  test('a 200 whose reset comes before any of the body stays a 200', async () => {
    expect(await answerOf(reset(head('content-length: 100')))).toMatchObject({
      status: 200,
      body: '',
      truncated: true,
    });
  });
});

describe('what is kept of a body', () => {
  test('is its text, up to 65,536 bytes', async () => {
    const whole = 'x'.repeat(MAX_BODY_BYTES);
    expect(await answerOf(answer(200, { body: whole }))).toMatchObject({ body: whole, truncated: false });
    expect(await answerOf(answer(200, { body: `${whole}y` }))).toMatchObject({
      body: whole,
      truncated: true,
    });
    expect(await answerOf(answer(200))).toMatchObject({ body: '', truncated: false });
  });

  test('has no half character at the cut', async () => {
    const { body, truncated } = await answerOf(answer(200, { body: `${'x'.repeat(MAX_BODY_BYTES - 2)}€€` }));
    expect([body.length, body.at(-1), truncated]).toEqual([MAX_BODY_BYTES - 2, 'x', true]);
  });

  test('can be stored and shown: NUL and invalid UTF-8 are replaced, markup is left as it is', async () => {
    const body = Buffer.from('a\0b\xff\xc3(<script>\ud83d', 'latin1');
    expect((await answerOf(answer(200, { body }))).body).toBe('a\ufffdb\ufffd\ufffd(<script>=');
    expect((await answerOf(answer(200, { body: 'naïve 🎉' }))).body).toBe('naïve 🎉');
  });

  test('is not decompressed, and not larger as text than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { body, truncated } = await answerOf(
      answer(200, { headers: { 'Content-Encoding': 'gzip' }, body: bomb }),
    );
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect([body.includes('\0'), truncated]).toEqual([false, Buffer.byteLength(bomb) > MAX_BODY_BYTES]);
    const binary = await answerOf(answer(200, { body: Buffer.alloc(40_000, 0xff) }));
    expect([Buffer.byteLength(binary.body) <= MAX_BODY_BYTES, binary.truncated]).toEqual([true, true]);
  });

  test('stays small however much comes', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    const { script, url } = await receiver();
    script('*', flood(head(`content-length: ${200 * chunk.length}`), chunk, 200));
    const post = poster();
    await post(url());
    const before = process.memoryUsage().rss;
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => post(url())));
    expect(outcomes).toHaveLength(8);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 200, truncated: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test.each([
    ['chunks without end', flood(head('transfer-encoding: chunked'), '5\r\nhello\r\n'.repeat(100))],
    ['a body without end or length', flood(head(), 'hello'.repeat(1000))],
  ])('is the beginning of %s', async (_, step) => {
    const { body, truncated } = await answerOf(step);
    expect([body.length, body.startsWith('hellohello'), truncated]).toEqual([MAX_BODY_BYTES, true, true]);
  });

  test('is what came of a drip until the deadline', async () => {
    const { body, truncated } = await answerOf(
      drip(`${head('content-length: 1000')}${'x'.repeat(900)}`, 2),
      300,
    );
    expect(body).toMatch(/^x+$/);
    expect(truncated).toBe(true);
  });

  test('leaves out what comes after the announced end', async () => {
    const step = raw(`${head('content-length: 2')}okHTTP/1.1 500 Smuggled\r\ncontent-length: 0\r\n\r\n`);
    const { script, url } = await receiver();
    script('*', step, 503);
    const post = poster();
    expect(await post(url())).toMatchObject({ status: 200, body: 'ok', truncated: false });
    expect(await post(url())).toMatchObject({ status: 503 });
  });
});

describe('what is kept of headers', () => {
  test('lowercase names, repeated values as lists, text without control characters', async () => {
    const headers = {
      'X-Once': 'one',
      'Set-Cookie': ['a=1', 'b=2'],
      __proto__x: 'y',
      'X-Utf': '\xc3\xa9\x80\tz',
    };
    const kept = (await answerOf(answer(200, { headers }))).headers;
    expect(kept).toEqual({
      'content-length': '0',
      'x-once': 'one',
      'set-cookie': ['a=1', 'b=2'],
      __proto__x: 'y',
      'x-utf': 'é\ufffd\ufffdz',
    });
  });

  test('names that mean something to JavaScript are only names', async () => {
    const { headers } = await answerOf(
      raw(head('__proto__: a', '__proto__: b', 'constructor: c', 'content-length: 0')),
    );
    expect(Object.entries(headers)).toEqual([
      ['__proto__', ['a', 'b']],
      ['constructor', 'c'],
      ['content-length', '0'],
    ]);
  });

  test('at most 100 of them and 16 kB in all', async () => {
    const many = Array.from({ length: 500 }, (_, n) => `h${n}: ${n}`);
    expect(Object.keys((await answerOf(raw(head(...many, 'content-length: 0')))).headers)).toHaveLength(100);
    const large = Array.from({ length: 30 }, (_, n) => `h${n}: ${'x'.repeat(1000)}`);
    const { headers } = await answerOf(raw(head(...large, 'content-length: 0')));
    expect(Object.keys(headers)).toHaveLength(16);
  });
});

test('an answer before the whole request was read is an answer', async () => {
  const { script, url } = await receiver();
  script('*', answer(413, { close: true }));
  expect(await poster()(url(), { body: JSON.stringify('x'.repeat(2_000_000)) })).toMatchObject({
    status: 413,
  });
});

test('the deadline is total: it also ends an answer that never comes', async () => {
  const startedAt = performance.now();
  expect(await outcomeOf(hang(), 200)).toEqual({
    kind: 'unreachable',
    fault: 'timeout',
    detail: 'no answer within 200 ms (waiting for the answer)',
  });
  expect(performance.now() - startedAt).toBeLessThan(400);
});
