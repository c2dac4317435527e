import { createHmac } from 'node:crypto';
import type { Profile, StoredEvent } from './profile.ts';
import { selzSecretFault } from './secret.ts';

/**
 * The value of `X-Selz-Signature`: base64 HMAC-SHA256 of the body's `timestamp` followed by its `token`, keyed
 * with the whole secret. It does not cover `data`; the Standard Webhooks signature beside it does.
 */
export function selzSignature(timestamp: number | string, token: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}${token}`).digest('base64');
}

export const selz: Profile = {
  name: 'selz',
  body: (event) =>
    `{"id":${JSON.stringify(event.id)},"event":${JSON.stringify(event.type)},"timestamp":${acceptedAtS(event)},"token":${JSON.stringify(event.selzToken)},"data":${event.data}}`,
  signature: (_body, event, secret) => ({
    'X-Selz-Signature': selzSignature(acceptedAtS(event), event.selzToken, secret),
  }),
  secretFault: selzSecretFault,
};

/** Fixed when the event was accepted, so the signature is the same on every retry. */
export function acceptedAtS({ acceptedAt }: StoredEvent): number {
  return Math.floor(acceptedAt.getTime() / 1000);
}
