import { expect, test } from 'vitest';
import { createVault, openInForce, SealBroken } from '../../src/db/vault.ts';

const k1 = { id: 'k1', key: Buffer.alloc(32, 1) };
const k2 = { id: 'k2', key: Buffer.alloc(32, 2) };

test('what is sealed opens again, and never looks the same twice', () => {
  const vault = createVault([k1]);
  const sealed = vault.seal('whsec_zoë');
  expect(vault.open(sealed)).toBe('whsec_zoë');
  expect(sealed).not.toContain('whsec');
  expect(vault.seal('whsec_zoë')).not.toBe(sealed);
});

test('an older key still opens, the newest seals', () => {
  const old = createVault([k1]).seal('s');
  const vault = createVault([k2, k1]);
  expect(vault.open(old)).toBe('s');
  expect(vault.seal('s')).toMatch(/^k2\./);
});

test('a key that is not ours is named', () => {
  const sealed = createVault([k2]).seal('s');
  expect(() => createVault([k1]).open(sealed)).toThrow('"k2"');
});

/** The same with one byte changed. */
function damaged(sealed: string, at = 20): string {
  const [id, base64] = sealed.split('.') as [string, string];
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return `${id}.${bytes.toString('base64')}`;
}

test.each([10, 20, 30])('a changed byte %i does not open', (at) => {
  const vault = createVault([k1]);
  expect(() => vault.open(damaged(vault.seal('a secret'), at))).toThrow(SealBroken);
});

test('of the secrets in force a former one that is damaged is left out, and the newest must open', () => {
  const vault = createVault([k1]);
  const [newest, former] = [vault.seal('newest'), vault.seal('former')];
  expect(openInForce(vault, [newest, former])).toEqual(['newest', 'former']);
  expect(openInForce(vault, [newest, damaged(former)])).toEqual(['newest']);
  expect(() => openInForce(vault, [damaged(newest), former])).toThrow(SealBroken);
  expect(() => openInForce(vault, [newest, createVault([k2]).seal('former')])).toThrow('"k2"');
});
