import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../src/profiles/registry.ts';
import { newSecret, newSelzToken, standardKey } from '../../src/profiles/secret.ts';
import { standardSignature } from '../../src/profiles/standard.ts';

const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 0xa7).toString('base64')}`;

describe('a new secret', () => {
  it('is whsec_ and the base64 of 32 random bytes, and fits every profile', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(standardKey(secret)).toHaveLength(32);
    expect(newSecret()).not.toBe(secret);
    for (const name of ['selgora', 'selz', 'standard'] as const) {
      expect(profileOf(name).secretFault(secret)).toBeUndefined();
    }
  });
});

describe('a new Selz token', () => {
  it('is at least 22 characters of [A-Za-z0-9_-], another each time', () => {
    const tokens = Array.from({ length: 100 }, newSelzToken);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    expect(new Set(tokens).size).toBe(100);
  });
});

describe('a secret that a user brings', () => {
  it.each([
    ['selgora', 'k', true],
    ['selgora', 'schlüssel 🔑', true],
    ['selgora', '🔑'.repeat(256), true],
    ['selgora', 'x'.repeat(256), true],
    ['selgora', 'x'.repeat(257), false],
    ['selgora', '', false],
    ['selgora', 'tab\there', false],
    ['selgora', 'line\n', false],
    ['selgora', 'nul\0', false],
    ['selgora', 'c1\u0085', false],
    ['selgora', 'half \ud83d', false],
    ['selz', 'your_webhook_verification_key', true],
    ['selz', ' ~', true],
    ['selz', 'x'.repeat(256), true],
    ['selz', 'x'.repeat(257), false],
    ['selz', '', false],
    ['selz', 'schlüssel', false],
    ['selz', 'del\x7f', false],
    ['selz', 'line\n', false],
    ['standard', whsec(23), false],
    ['standard', whsec(24), true],
    ['standard', whsec(25), true],
    ['standard', whsec(64), true],
    ['standard', whsec(65), false],
    ['standard', whsec(32).replace('=', ''), false],
    ['standard', whsec(32).slice(6), false],
    ['standard', `${whsec(32)}\n`, false],
    ['standard', whsec(32).replace('p', '-'), false],
    ['standard', whsec(32).replace(/.=$/, '9='), false],
    ['standard', 'whsec_', false],
    ['standard', '', false],
  ] as const)('%s %j: usable is %s', (profile, secret, usable) => {
    const fault = profileOf(profile).secretFault(secret);
    expect(fault === undefined).toBe(usable);
    if (secret.length > 6 && fault) expect(fault).not.toContain(secret);
  });

  it.each(['selz_verification_key', 'schlüssel 🔑', 'whsec_not base64', 'whsec_', 'whsec_abc'])(
    'that is not whsec_ and base64 (%s) keys the Standard signature as raw text',
    (secret) => {
      expect(standardKey(secret)).toEqual(Buffer.from(secret, 'utf8'));
      const at = new Date(1_731_664_800_000);
      const theirs = new Webhook(Buffer.from(secret), { format: 'raw' }).sign('evt_1', at, '{"a":"é"}');
      expect(standardSignature({ id: 'evt_1', timestampS: 1_731_664_800, body: '{"a":"é"}' }, secret)).toBe(
        theirs,
      );
    },
  );
});
