import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { version } from '../../package.json';
import { PROFILES } from '../../src/domain/delivery.ts';
import type { StoredEvent } from '../../src/profiles/profile.ts';
import { profileOf } from '../../src/profiles/registry.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import { selzSignature } from '../../src/profiles/selz.ts';
import { signedRequest } from '../../src/profiles/signed-request.ts';
import { standardSignature } from '../../src/profiles/standard.ts';
import { verifySignatures } from '../../src/profiles/verify.ts';
import vectors from '../vectors/signatures.json';

const AT = new Date('2024-11-15T10:00:00.400Z');
const EVENT: StoredEvent = {
  id: 'evt_01',
  type: 'order.completed',
  createdAt: AT,
  acceptedAt: AT,
  selzToken: 'b3f1c2d4e5b3f1c2d4e5',
  data: '{"order_id":"ord_123","note":"zoë 🎉"}',
};
const [NEW, OLD] = [newSecret(), newSecret()] as const;

function request(name: (typeof PROFILES)[number], secrets: string[], at = AT) {
  return signedRequest(profileOf(name), { event: EVENT, secrets, deliveryId: 'dlv_1', attempt: 3, at });
}

describe('vectors made by other implementations', () => {
  it.each(vectors.selgora)('selgora: $name', ({ secret, body, headers }) => {
    expect(profileOf('selgora').signature(body, EVENT, secret)).toEqual(headers);
    const received = { headers, rawBody: Buffer.from(body), secrets: [secret], now: AT };
    expect(verifySignatures(received)).toEqual({ selgora: 'valid' });
  });

  it.each(vectors.selz)('selz: $timestamp $token', ({ secret, timestamp, token, headers }) => {
    const event = { ...EVENT, acceptedAt: new Date(timestamp * 1000), selzToken: token };
    const body = profileOf('selz').body(event);
    expect(profileOf('selz').signature(body, event, secret)).toEqual(headers);
    const received = { headers, rawBody: Buffer.from(body), secrets: [secret], now: AT };
    expect(verifySignatures(received)).toEqual({ selz: 'valid' });
  });

  it.each(vectors.standard)('standard: $name', ({ secret, body, headers }) => {
    const message = { id: headers['webhook-id'], timestampS: headers['webhook-timestamp'], body };
    expect(standardSignature(message, secret)).toBe(headers['webhook-signature']);
    const received = { headers, rawBody: Buffer.from(body), secrets: [secret], now: AT };
    expect(verifySignatures(received)).toEqual({ standard: 'valid' });
  });
});

describe('a signed request', () => {
  it.each([
    ['selgora', ['X-Selgora-Signature']],
    ['selz', ['X-Selz-Signature']],
    ['standard', []],
  ] as const)('of %s has the headers of the contract and no others', (name, own) => {
    const { headers, body } = request(name, [NEW]);
    expect(body).toBe(profileOf(name).body(EVENT));
    expect(Object.keys(headers).sort()).toEqual(
      [
        'Content-Type',
        'Posthaste-Attempt',
        'Posthaste-Delivery',
        'User-Agent',
        'webhook-id',
        'webhook-signature',
        'webhook-timestamp',
        ...own,
      ].sort(),
    );
    expect(headers).toMatchObject({
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': `Posthaste/${version}`,
      'Posthaste-Attempt': '3',
      'Posthaste-Delivery': 'dlv_1',
      'webhook-id': 'evt_01',
      'webhook-timestamp': '1731664800',
    });
  });

  it('a day later has the same body and own signature, and a fresh Standard one', () => {
    const later = new Date(AT.getTime() + 86_400_000);
    for (const name of PROFILES) {
      const [first, second] = [request(name, [NEW]), request(name, [NEW], later)];
      expect(second.body).toBe(first.body);
      for (const own of ['X-Selgora-Signature', 'X-Selz-Signature']) {
        expect(second.headers[own]).toBe(first.headers[own]);
      }
      expect(second.headers['webhook-timestamp']).toBe('1731751200');
      expect(second.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
    }
  });

  it("carries both Standard signatures during a rotation, newest first, and the newest key's own", () => {
    for (const name of ['selgora', 'selz'] as const) {
      const { headers, body } = request(name, [NEW, OLD]);
      const [byNew, byOld, ...more] = (headers['webhook-signature'] ?? '').split(' ');
      expect(more).toEqual([]);
      expect(byNew).toBe(request(name, [NEW]).headers['webhook-signature']);
      expect(byOld).toBe(request(name, [OLD]).headers['webhook-signature']);
      const verdicts = (secret: string) =>
        verifySignatures({ headers, rawBody: Buffer.from(body), secrets: [secret], now: AT });
      expect(verdicts(NEW)).toEqual({ [name]: 'valid', standard: 'valid' });
      expect(verdicts(OLD)).toEqual({ [name]: 'invalid', standard: 'valid' });
    }
  });

  it('is never made without a secret', () => {
    expect(() => request('standard', [])).toThrow('dlv_1 has no secret');
  });

  it('signs the two Selz fields as text, one after the other', () => {
    expect(selzSignature('1', '23', 'k')).toBe(selzSignature(12, '3', 'k'));
  });
});

describe('the standardwebhooks library', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: AT });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(PROFILES)('verifies what is sent to %s endpoints, with each secret of a rotation', (name) => {
    const { headers, body } = request(name, [NEW, OLD]);
    for (const secret of [NEW, OLD]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
  });
});
