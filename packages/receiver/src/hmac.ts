const SECRET_PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** The base64 of 32 bytes, the unused bits of its last character zero: one way of writing, not four. */
const BASE64_SHA256 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

export type Bytes = Uint8Array<ArrayBuffer>;

/** One secret, or all that are good, while one is being changed. */
export type Secret = string | readonly string[];

/**
 * Whether one of the keys made one of the signatures of a message: HMAC-SHA256.
 *
 * `subtle.verify` compares in constant time on every platform that has WebCrypto, so no comparison is written here.
 */
export async function isSigned(
  message: Bytes,
  signatures: readonly Bytes[],
  keys: readonly Bytes[],
): Promise<boolean> {
  for (const key of keys) {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ]);
    for (const signature of signatures)
      if (await crypto.subtle.verify('HMAC', imported, signature, message)) return true;
  }
  return false;
}

/**
 * The secrets as a list.
 *
 * @throws TypeError when there is none, or an empty one, as of an environment variable that is not set: anybody could
 *   sign with it
 */
export function secretsOf(secret: Secret): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every(isSet)) return secrets;
  throw new TypeError(
    "The endpoint's secret is missing: pass a non-empty string, or several. Is its setting empty?",
  );
}

function isSet(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value !== SECRET_PREFIX;
}

/** The key of the products' own signatures: the whole secret. */
export function ownKey(secret: string): Bytes {
  return utf8(secret);
}

/** The key of `webhook-signature`: what the base64 after `whsec_` stands for; of another secret the whole of it. */
export function standardKey(secret: string): Bytes {
  const encoded = secret.slice(SECRET_PREFIX.length);
  if (!secret.startsWith(SECRET_PREFIX) || encoded === '' || !BASE64.test(encoded)) return utf8(secret);
  const decoded = atob(encoded);
  return btoa(decoded) === encoded ? byteString(decoded) : utf8(secret);
}

/** The signature that a text of base64 stands for; undefined when it is none. */
export function base64Signature(text: string): Bytes | undefined {
  return BASE64_SHA256.test(text) ? byteString(atob(text)) : undefined;
}

/** The signature that a text of lowercase hex stands for; undefined when it is none. */
export function hexSignature(text: string): Bytes | undefined {
  if (!HEX_SHA256.test(text)) return undefined;
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(text.slice(at * 2, at * 2 + 2), 16));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function byteString(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
