import { createHmac } from 'node:crypto';
import type { Profile } from './profile.ts';
import { selgoraSecretFault } from './secret.ts';

/**
 * The value of `X-Selgora-Signature`: `sha256=` and the lowercase hex HMAC-SHA256 of the raw body. The key is
 * the whole secret as UTF-8, `whsec_` included.
 */
export function selgoraSignature(body: string | Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export const selgora: Profile = {
  name: 'selgora',
  body: ({ id, type, createdAt, data }) =>
    `{"id":${JSON.stringify(id)},"event":${JSON.stringify(type)},"created_at":"${createdAt.toISOString()}","data":${data}}`,
  signature: (body, _event, secret) => ({ 'X-Selgora-Signature': selgoraSignature(body, secret) }),
  secretFault: selgoraSecretFault,
};
