import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureLocalSecrets } from '../../src/local/secrets-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the very first start makes an API key and an encryption key, later ones keep them', () => {
  const folder = join(temporaryFolder(), 'data');
  const first = ensureLocalSecrets(folder);
  expect(first).toEqual({
    apiKey: expect.stringMatching(/^ph_[A-Za-z0-9_-]{32}$/),
    encryptionKeys: expect.stringMatching(/^k1:[A-Za-z0-9+/]{43}=$/),
  });
  expect(ensureLocalSecrets(folder)).toEqual(first);
});

test('no two installations share secrets', () => {
  const [one, other] = [ensureLocalSecrets(temporaryFolder()), ensureLocalSecrets(temporaryFolder())];
  expect(one.apiKey).not.toBe(other.apiKey);
  expect(one.encryptionKeys).not.toBe(other.encryptionKeys);
});

test('only their owner can read them', () => {
  const folder = temporaryFolder();
  ensureLocalSecrets(folder);
  expect(readdirSync(folder)).toEqual(['secrets.json']);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test.each(['', '{"apiKey": "ph_', '{}', '[]', 'null'])(
  'damaged secrets (%j) stop the start, never get replaced',
  (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'secrets.json'), text);
    expect(() => ensureLocalSecrets(folder)).toThrow(/secrets\.json is damaged/);
  },
);
