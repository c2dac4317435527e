import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals the secrets of endpoints at rest. */
export interface Vault {
  /** Ids of its keys, newest first. */
  keyIds: readonly [string, ...string[]];
  /** `keyId.base64(nonce ‖ tag ‖ ciphertext)`, with the newest key. */
  seal(secret: string): string;
  /** @throws {@link SealBroken}, or another error when the key is not among ours */
  open(sealed: string): string;
}

/** What was sealed has been changed, or was sealed with other bytes than the key of this id has. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * The secrets that sign, newest first. One from before a rotation that is damaged is left out.
 *
 * @throws as {@link Vault.open}, of the newest, and of a key that is not among ours
 */
export function openInForce(vault: Vault, [newest = '', ...previous]: readonly string[]): string[] {
  const secrets = [vault.open(newest)];
  for (const sealed of previous) {
    try {
      secrets.push(vault.open(sealed));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
  }
  return secrets;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A vault over AES-256-GCM keys of 32 bytes by id, newest first. The id is authenticated with the secret. */
export function createVault(keys: readonly { id: string; key: Buffer }[]): Vault {
  const [newest] = keys;
  if (!newest) throw new Error('a vault needs at least one key');
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    keyIds: [newest.id, ...keys.slice(1).map(({ id }) => id)],
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce).setAAD(Buffer.from(newest.id));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${newest.id}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')}`;
    },
    open(sealed) {
      const dot = sealed.indexOf('.');
      const id = sealed.slice(0, dot);
      const key = byId.get(id);
      if (!key) throw new Error(`no encryption key "${id}": add it to POSTHASTE_ENCRYPTION_KEYS`);
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(id))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new SealBroken(`a secret that was sealed with the key "${id}" cannot be opened with it`);
      }
    },
  };
}
