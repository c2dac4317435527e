import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/domain/delivery.ts';
import type { StoredEvent } from '../../src/profiles/profile.ts';
import { profileOf } from '../../src/profiles/registry.ts';
import { newSecret, newSelzToken } from '../../src/profiles/secret.ts';
import { signedRequest } from '../../src/profiles/signed-request.ts';
import { verifySignatures } from '../../src/profiles/verify.ts';

const AT = new Date('2024-11-15T10:00:00Z');
const SECRET = newSecret();
const EVENT: StoredEvent = {
  id: 'evt_01',
  type: 'order.completed',
  createdAt: AT,
  acceptedAt: AT,
  selzToken: newSelzToken(),
  data: '{"order_id":"ord_123"}',
};

function received(
  name: (typeof PROFILES)[number],
  changed: Record<string, string | string[] | undefined> = {},
) {
  const { headers, body } = signedRequest(profileOf(name), {
    event: EVENT,
    secrets: [SECRET],
    deliveryId: 'dlv_1',
    attempt: 1,
    at: AT,
  });
  const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  return { headers: { ...lower, ...changed }, rawBody: Buffer.from(body), secrets: [SECRET], now: AT };
}

describe('the verdicts on a received request', () => {
  it('are given for the signature headers that are there', () => {
    expect(verifySignatures(received('selgora'))).toEqual({ selgora: 'valid', standard: 'valid' });
    expect(verifySignatures(received('selz'))).toEqual({ selz: 'valid', standard: 'valid' });
    expect(verifySignatures(received('standard'))).toEqual({ standard: 'valid' });
    expect(verifySignatures({ ...received('standard'), headers: {} })).toEqual({});
  });

  it('are valid with any of the secrets, whatever the casing of header names', () => {
    const request = received('selgora');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const verdicts = verifySignatures({ ...request, headers, secrets: [newSecret(), SECRET] });
    expect(verdicts).toEqual({ selgora: 'valid', standard: 'valid' });
  });

  it('are invalid with another secret, or none', () => {
    for (const secrets of [[newSecret()], []]) {
      expect(verifySignatures({ ...received('selgora'), secrets })).toEqual({
        selgora: 'invalid',
        standard: 'invalid',
      });
      expect(verifySignatures({ ...received('selz'), secrets })).toMatchObject({ selz: 'invalid' });
    }
  });

  it('notice each flipped byte of the body', () => {
    const { rawBody, ...rest } = received('selgora');
    for (const index of rawBody.keys()) {
      const flipped = Buffer.from(rawBody);
      flipped.writeUInt8(rawBody.readUInt8(index) ^ 1, index);
      expect(verifySignatures({ ...rest, rawBody: flipped })).toEqual({
        selgora: 'invalid',
        standard: 'invalid',
      });
    }
  });

  it('notice a changed id or timestamp', () => {
    for (const changed of [{ 'webhook-id': 'evt_02' }, { 'webhook-timestamp': '1731664801' }]) {
      expect(verifySignatures(received('standard', changed))).toEqual({ standard: 'invalid' });
    }
    const { rawBody, ...rest } = received('selz');
    const text = rawBody.toString();
    for (const body of [text.replace('1731664800', '1731664801'), text.replace(EVENT.selzToken, 'other')]) {
      expect(verifySignatures({ ...rest, rawBody: Buffer.from(body) })).toMatchObject({ selz: 'invalid' });
    }
  });

  it.each([
    [-301, 'expired'],
    [-300, 'valid'],
    [-299.5, 'valid'],
    [0, 'valid'],
    [300, 'valid'],
    [300.999, 'valid'],
    [301, 'expired'],
  ])('judge a Standard timestamp from %s s away: %s', (apartS, verdict) => {
    const now = new Date(AT.getTime() + apartS * 1000);
    expect(verifySignatures({ ...received('selgora'), now })).toEqual({
      selgora: 'valid',
      standard: verdict,
    });
  });

  it('read a Standard header among signatures of other versions', () => {
    const own = received('standard').headers['webhook-signature'];
    const changed = { 'webhook-signature': `v1a,abc v2,${'x'.repeat(44)}  ${own} v1,` };
    expect(verifySignatures(received('standard', changed))).toEqual({ standard: 'valid' });
  });

  const garbage = [
    '',
    ' ',
    'v1',
    'v1,',
    'v1,x',
    'sha256=',
    'sha256=zz',
    'é'.repeat(71),
    '\0',
    '='.repeat(9999),
  ];
  it.each([...garbage, ['a', 'b'], []].map((value) => [value]))('call %j invalid', (value) => {
    expect(verifySignatures(received('selgora', { 'x-selgora-signature': value }))).toMatchObject({
      selgora: 'invalid',
    });
    expect(verifySignatures(received('selz', { 'x-selz-signature': value }))).toMatchObject({
      selz: 'invalid',
    });
    for (const name of ['webhook-signature', 'webhook-id', 'webhook-timestamp']) {
      expect(verifySignatures(received('standard', { [name]: value }))).toEqual({ standard: 'invalid' });
    }
  });

  it('are invalid when the id or the timestamp is not there', () => {
    for (const name of ['webhook-id', 'webhook-timestamp']) {
      expect(verifySignatures(received('standard', { [name]: undefined }))).toEqual({ standard: 'invalid' });
    }
  });

  it.each([
    '',
    'not json',
    'null',
    '7',
    '[]',
    '{}',
    '{"timestamp":1}',
    '{"timestamp":{},"token":"x"}',
    '\ufeff{',
  ])('on a Selz body that is %j are invalid', (body) => {
    const verdicts = verifySignatures({ ...received('selz'), rawBody: Buffer.from(body) });
    expect(verdicts).toEqual({ selz: 'invalid', standard: 'invalid' });
  });

  it('on bytes that are no text are invalid', () => {
    const rawBody = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    for (const name of PROFILES) {
      for (const verdict of Object.values(verifySignatures({ ...received(name), rawBody }))) {
        expect(verdict).toBe('invalid');
      }
    }
  });
});
