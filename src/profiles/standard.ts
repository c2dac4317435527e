import { createHmac } from 'node:crypto';
import type { Profile } from './profile.ts';
import { standardKey, standardSecretFault } from './secret.ts';

/** What a Standard Webhooks signature covers. */
export interface StandardMessage {
  /** `webhook-id`: the event's id. */
  id: string;
  /** `webhook-timestamp`: when this attempt was made, Unix seconds. */
  timestampS: number | string;
  body: string | Buffer;
}

/**
 * One signature of a `webhook-signature` header: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`
 * (Standard Webhooks).
 */
export function standardSignature({ id, timestampS, body }: StandardMessage, secret: string): string {
  const hmac = createHmac('sha256', standardKey(secret)).update(`${id}.${timestampS}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}

export const standard: Profile = {
  name: 'standard',
  body: ({ id, type, createdAt, data }) =>
    `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)},"timestamp":"${createdAt.toISOString()}","data":${data}}`,
  signature: () => ({}),
  secretFault: standardSecretFault,
};
