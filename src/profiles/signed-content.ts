import type { ProfileName } from '../domain/delivery.ts';
import type { StoredEvent } from './profile.ts';
import { acceptedAtS } from './selz.ts';
import type { SignedRequest } from './signed-request.ts';

/** What one signature of a request covers, for whoever computes it anew. */
export interface SignedContent {
  scheme: ProfileName;
  /** The header that carries it. */
  header: string;
  /** What the HMAC is made over. */
  signedContent: string;
  /** How, and how it is written in the header. */
  algorithm: string;
}

/** Every signature of a request: the profile's own, where it has one, and that of Standard Webhooks. */
export function signedContents(
  profile: ProfileName,
  event: StoredEvent,
  { headers, body }: SignedRequest,
): SignedContent[] {
  const standard: SignedContent = {
    scheme: 'standard',
    header: 'webhook-signature',
    signedContent: `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`,
    algorithm:
      'HMAC-SHA256, key: the bytes after whsec_, base64-decoded (of a secret of another form, its UTF-8); ' +
      'v1, and base64, one for each secret in force, separated by spaces',
  };
  switch (profile) {
    case 'standard':
      return [standard];
    case 'selgora':
      return [
        {
          scheme: 'selgora',
          header: 'X-Selgora-Signature',
          signedContent: body,
          algorithm: 'HMAC-SHA256, key: the whole secret as UTF-8; sha256= and lowercase hex',
        },
        standard,
      ];
    case 'selz':
      return [
        {
          scheme: 'selz',
          header: 'X-Selz-Signature',
          signedContent: `${acceptedAtS(event)}${event.selzToken}`,
          algorithm: 'HMAC-SHA256, key: the whole secret as ASCII; base64',
        },
        standard,
      ];
  }
}
