import { randomBytes, randomUUID } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes that a Standard Webhooks key may have (its specification: 192 to 512 bits). */
const STANDARD_KEY_BYTES = { min: 24, max: 64 };

/** The longest secret that a user may bring to a `selgora` or `selz` endpoint, in characters. */
const LONGEST_SECRET = 256;

/** A new endpoint secret: `whsec_` and the base64 of 32 random bytes. It fits every profile. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** A new `token` for the Selz envelope: 24 characters of `[A-Za-z0-9_-]`, unguessable. */
export function newSelzToken(): string {
  return randomUUID();
}

/**
 * The key of the Standard Webhooks signature: the bytes after `whsec_`, base64-decoded.
 *
 * A secret that a user brought to a `selgora` or `selz` endpoint may be any text. When it is not `whsec_` and
 * padded base64, the key is the UTF-8 bytes of the whole string, which the standardwebhooks libraries verify
 * with their raw format: `new Webhook(Buffer.from(secret), { format: 'raw' })`.
 */
export function standardKey(secret: string): Buffer {
  return decoded(secret) ?? Buffer.from(secret, 'utf8');
}

/** What keeps a secret from being used by a `standard` endpoint; undefined when nothing does. */
export function standardSecretFault(secret: string): string | undefined {
  const bytes = decoded(secret)?.length ?? 0;
  if (bytes >= STANDARD_KEY_BYTES.min && bytes <= STANDARD_KEY_BYTES.max) return undefined;
  return 'A secret of a standard endpoint is "whsec_" followed by the padded base64 of 24 to 64 bytes.';
}

/** What keeps a secret from being used by a `selgora` endpoint, whose key is the UTF-8 of the whole string. */
export function selgoraSecretFault(secret: string): string | undefined {
  if (hasFittingLength(secret) && !/[\p{Cc}\p{Cs}]/u.test(secret)) return undefined;
  return `A secret of a selgora endpoint is 1 to ${LONGEST_SECRET} characters, none of them a control character.`;
}

/** What keeps a secret from being used by a `selz` endpoint, whose key is the ASCII of the whole string. */
export function selzSecretFault(secret: string): string | undefined {
  if (hasFittingLength(secret) && /^[\x20-\x7e]*$/.test(secret)) return undefined;
  return `A secret of a selz endpoint is 1 to ${LONGEST_SECRET} printable ASCII characters.`;
}

function hasFittingLength(secret: string): boolean {
  const characters = [...secret].length;
  return characters >= 1 && characters <= LONGEST_SECRET;
}

/** The bytes of `whsec_` and base64; undefined when the secret is not written that way, to the last bit. */
function decoded(secret: string): Buffer | undefined {
  const encoded = secret.slice(PREFIX.length);
  if (!secret.startsWith(PREFIX) || encoded === '' || !BASE64.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : undefined;
}
