import { ownKey, standardKey, utf8 } from '../../../packages/receiver/src/hmac.ts';
import type { Profile } from '../api/client.ts';

/** What the signature header would say if this secret had made it. Needs WebCrypto, so a secure page. */
export async function signatureOf(scheme: Profile, signedContent: string, secret: string): Promise<string> {
  const key = scheme === 'standard' ? standardKey(secret) : ownKey(secret);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8(signedContent)));
  switch (scheme) {
    case 'standard':
      return `v1,${base64(mac)}`;
    case 'selgora':
      return `sha256=${[...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    case 'selz':
      return base64(mac);
  }
}

/** The signatures in a header: one for each secret in force, where the scheme has room for more. */
export function signaturesIn(scheme: Profile, header: string): string[] {
  return scheme === 'standard' ? header.split(' ') : [header];
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
