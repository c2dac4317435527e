import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { capturedHeaders } from '../../src/cli/captured-headers.ts';
import { diagnose } from '../../src/cli/signature-diagnosis.ts';
import type { ProfileName } from '../../src/domain/delivery.ts';
import { selgoraSignature } from '../../src/profiles/selgora.ts';
import { selzSignature } from '../../src/profiles/selz.ts';
import { standardSignature } from '../../src/profiles/standard.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY =
  '{"id":"evt_1","event":"x","timestamp":1769860800,"token":"abcdefghijklmnopqrst","data":{"amount":5}}';
const now = new Date('2026-01-31T12:00:00Z');
const timestamp = String(now.getTime() / 1000);

const standardOf = (secret: string, body: string) =>
  standardSignature({ id: 'evt_1', timestampS: timestamp, body }, secret);

function sent({ secret = SECRET, body = BODY }: { secret?: string; body?: string } = {}) {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': standardOf(secret, body),
  } as Record<string, string>;
}

function judge({
  headers = sent(),
  body = BODY,
  secret = SECRET,
  at = now,
  profile,
}: {
  headers?: Record<string, string>;
  body?: string;
  secret?: string;
  at?: Date;
  profile?: ProfileName;
}) {
  const signatures = diagnose({ headers, rawBody: Buffer.from(body), secret, now: at }, profile);
  return Object.fromEntries(
    signatures.map(({ scheme, verdict, findings }) => [
      scheme,
      [verdict, ...findings.map(({ code }) => code)],
    ]),
  );
}

test('what is right is said to be right, for each signature that came', () => {
  const headers = {
    ...sent(),
    'x-selgora-signature': selgoraSignature(BODY, SECRET),
    'x-selz-signature': selzSignature(1769860800, 'abcdefghijklmnopqrst', SECRET),
  };
  expect(judge({ headers })).toEqual({ standard: ['valid'], selgora: ['valid'], selz: ['valid'] });
});

describe('what is likely wrong is named', () => {
  test.each([
    [
      'a body parsed and written again',
      { body: JSON.stringify(JSON.parse(BODY), null, 2) },
      'body_reserialised',
    ],
    ['a line break at the end of the body', { body: `${BODY}\n` }, 'body_changed'],
    ['white space around the secret', { secret: `${SECRET}\n` }, 'secret_has_whitespace'],
    ['quotes around the secret', { secret: `"${SECRET}"` }, 'secret_in_quotes'],
    ['a secret without its prefix', { secret: SECRET.slice(6) }, 'secret_without_prefix'],
    ['another secret', { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }, 'wrong_secret'],
    ['another body', { body: BODY.replace('5', '6') }, 'wrong_secret'],
    ['no webhook-id', { headers: { ...sent(), 'webhook-id': '' } }, 'header_missing'],
    ['a timestamp in words', { headers: { ...sent(), 'webhook-timestamp': 'now' } }, 'timestamp_malformed'],
    [
      'a signature of another form',
      { headers: { ...sent(), 'webhook-signature': 'abc' } },
      'signature_malformed',
    ],
    [
      'the secret used as text',
      {
        headers: {
          ...sent(),
          'webhook-signature': `v1,${createHmac('sha256', SECRET).update(`evt_1.${timestamp}.${BODY}`).digest('base64')}`,
        },
      },
      'secret_not_decoded',
    ],
  ])('%s', (_, request, code) => {
    expect(judge(request)).toEqual({ standard: ['invalid', code] });
  });

  test('an old request, whose signature is right', () => {
    expect(judge({ at: new Date(now.getTime() + 301_000) })).toEqual({
      standard: ['expired', 'timestamp_too_old'],
    });
  });

  test('no signature at all, or not that of the profile', () => {
    expect(judge({ headers: {} })).toEqual({ standard: ['missing', 'header_missing'] });
    expect(judge({ profile: 'selgora' })).toEqual({
      standard: ['valid'],
      selgora: ['missing', 'header_missing'],
    });
  });

  test("selgora's key decoded, and a signature of another form", () => {
    const key = Buffer.alloc(32, 7);
    const decoded = `sha256=${createHmac('sha256', key).update(BODY).digest('hex')}`;
    expect(judge({ headers: { 'x-selgora-signature': decoded } })).toEqual({
      selgora: ['invalid', 'secret_decoded'],
    });
    expect(judge({ headers: { 'x-selgora-signature': decoded.toUpperCase() } })).toEqual({
      selgora: ['invalid', 'signature_malformed'],
    });
  });

  test('a body whose data was changed, by the signature of selz that does not cover it', () => {
    const headers = {
      ...sent(),
      'x-selz-signature': selzSignature(1769860800, 'abcdefghijklmnopqrst', SECRET),
    };
    expect(judge({ headers, body: BODY.replace('"amount":5', '"amount":6') })).toEqual({
      standard: ['invalid', 'body_changed'],
      selz: ['valid'],
    });
  });

  test('a header that was changed, by another signature that is right', () => {
    const headers = {
      ...sent(),
      'webhook-id': 'evt_2',
      'x-selgora-signature': selgoraSignature(BODY, SECRET),
    };
    expect(judge({ headers })).toMatchObject({ standard: ['invalid', 'header_changed'], selgora: ['valid'] });
  });
});

test('headers are taken as lines, as curl shows them, and as JSON', () => {
  const expected = { 'webhook-id': 'evt_1', 'x-a': 'b: c' };
  expect(capturedHeaders(['POST /hook HTTP/1.1\r\nWebhook-Id: evt_1\r\nX-A:  b: c \r\n\r\n'])).toEqual(
    expected,
  );
  expect(capturedHeaders(['> webhook-id: evt_1\n> x-a: b: c\n>\n'])).toEqual(expected);
  expect(capturedHeaders(['{"Webhook-Id": "old", "X-A": "b: c"}', 'webhook-id: evt_1'])).toEqual(expected);
  expect(() => capturedHeaders(['no header'])).toThrow(/no header/);
});
