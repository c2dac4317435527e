import { describe, expect, test } from 'vitest';
import { redacted } from '../../activities/redact.ts';
import type { Answered } from '../../src/domain/delivery.ts';
import { standardKey } from '../../src/profiles/secret.ts';

/** A `+` and a `/`, which escapes and form decoding change. */
const SECRET = 'whsec_Zm9v+mFy/2JhenF1dXhxdXV6Y29yZ2VncmF1bHRn+2E=';
const PREVIOUS = 'an-own-secret-of-a-shop';
const key = standardKey(SECRET);
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const echoed = (body: string, { truncated = false, headers = {} } = {}): Answered => {
  const outcome: Answered = { kind: 'answered', status: 200, headers, body, truncated };
  return redacted(outcome, [SECRET, PREVIOUS]) as Answered;
};

/** Runs of this many characters of a secret would be a leak. */
const LEAK = 8;
function leaks(text: string, of: string): string[] {
  const found: string[] = [];
  for (let at = 0; at + LEAK <= of.length; at++) {
    const run = of.slice(at, at + LEAK);
    if (text.includes(run)) found.push(run);
  }
  return found;
}

describe('what an endpoint echoes of our secrets is not kept', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['the one before', PREVIOUS],
    ['in JSON', JSON.stringify(SECRET)],
    ['in JSON with escaped slashes', SECRET.replaceAll('/', '\\/')],
    [
      'in JSON with every character escaped',
      [...SECRET].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
    ],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL with every character escaped', percent(SECRET)],
    ['decoded as a form', SECRET.replaceAll('+', ' ')],
    ['in HTML', SECRET.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;').replaceAll('=', '&#61;')],
    ['folded over lines', SECRET.replace(/.{10}/g, '$&\r\n ')],
    ['in quoted-printable', SECRET.replace(/.{10}/g, '$&=\r\n')],
    ['its key', SECRET.slice('whsec_'.length)],
    ['its key in the alphabet of URLs', key.toString('base64url')],
    ['its key in hex', key.toString('hex')],
    ['its key in capital hex', key.toString('hex').toUpperCase()],
    ['itself in hex', Buffer.from(SECRET).toString('hex')],
    ['a half', SECRET.slice(0, 25)],
    ['the other half', SECRET.slice(25)],
  ])('%s', (_, echo) => {
    const { body } = echoed(`before ${echo} after`);
    expect(body).toContain('[redacted]');
    expect(body.startsWith('before ')).toBe(true);
    expect(body.endsWith(' after')).toBe(true);
    expect(leaks(body, echo)).toEqual([]);
  });

  test.each([0, 1, 2, 3])('base64 of a text that has it after %i characters', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const echo = Buffer.from(`${'x'.repeat(before)}${SECRET} and more`).toString(encoding);
      const { body } = echoed(`{"echo":"${echo}"}`);
      expect(body).toContain('[redacted]');
      expect(leaks(body, Buffer.from(SECRET).toString(encoding).slice(3, -6))).toEqual([]);
    }
  });

  test('in headers, in their names, and in what went wrong before there was an answer', () => {
    const { headers } = echoed('', {
      headers: { 'x-echo': SECRET, many: ['a', `b ${SECRET}`], [PREVIOUS]: 'x' },
    });
    expect(headers).toEqual({ 'x-echo': '[redacted]', many: ['a', 'b [redacted]'], '[redacted]': 'x' });
    const outcome = { kind: 'unreachable', fault: 'tls', detail: `altnames: DNS:${PREVIOUS}` } as const;
    expect(redacted(outcome, [PREVIOUS])).toEqual({ ...outcome, detail: 'altnames: DNS:[redacted]' });
  });

  test.each([5, 8, 11, 12, 13, 30])('cut off after %i characters', (length) => {
    const { body } = echoed(`before ${SECRET.slice(0, length)}`, { truncated: true });
    expect(body).toBe('before [redacted]');
  });
});

test('several echoes, and what stands between them', () => {
  expect(echoed(`a${SECRET}b${SECRET}${PREVIOUS}c`).body).toBe('a[redacted]b[redacted]c');
});

test('what only resembles a secret stays as it is, byte for byte', () => {
  const body = '{"a":"%41\\u0041 whsec_ &#43;","b":"an-own"}\r\n\tsecret';
  expect(echoed(body).body).toBe(body);
  expect(echoed(body, { headers: { date: 'Sun, 22 Nov 2026 20:00:00 GMT' } }).headers).toEqual({
    date: 'Sun, 22 Nov 2026 20:00:00 GMT',
  });
});

test('a short secret is found whole', () => {
  const outcome: Answered = {
    kind: 'answered',
    status: 200,
    headers: {},
    body: 'a s3cret b',
    truncated: false,
  };
  expect((redacted(outcome, ['s3cret']) as Answered).body).toBe('a [redacted] b');
});

test('64 kB take no longer than a moment', () => {
  const body = 'x%41\\u0041 '.repeat(6000);
  const begunAt = performance.now();
  expect(echoed(body).body).toBe(body);
  expect(performance.now() - begunAt).toBeLessThan(1000);
});
