import { expect, test } from 'vitest';
import { createVault } from '../../src/db/vault.ts';

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

test.each([10, 20, 30])('a changed byte %i does not open', (at) => {
  const vault = createVault([k1]);
  const [id, base64] = vault.seal('a secret').split('.') as [string, string];
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  expect(() => vault.open(`${id}.${bytes.toString('base64')}`)).toThrow();
});
