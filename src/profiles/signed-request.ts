import { VERSION } from '../version.ts';
import type { Profile, StoredEvent } from './profile.ts';
import { standardSignature } from './standard.ts';

/** What every request says of its sender. */
export const USER_AGENT = `Posthaste/${VERSION}`;

export interface RequestToSign {
  event: StoredEvent;
  /** The endpoint's secrets in force, newest first; more than one during a rotation's overlap. */
  secrets: readonly string[];
  deliveryId: string;
  /** From 1. */
  attempt: number;
  /** When this attempt is made: what `webhook-timestamp` says. */
  at: Date;
}

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

/**
 * The body and headers of one attempt. The Standard Webhooks header carries a signature for each secret; the
 * profile's own header has room for one, made with the newest.
 *
 * @throws when there is no secret to sign with
 */
export function signedRequest(profile: Profile, request: RequestToSign): SignedRequest {
  const { event, secrets, deliveryId, attempt, at } = request;
  const newest = secrets[0];
  if (newest === undefined) throw new Error(`Delivery ${deliveryId} has no secret to sign with.`);
  const body = profile.body(event);
  const message = { id: event.id, timestampS: Math.floor(at.getTime() / 1000), body };
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': USER_AGENT,
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampS),
    'webhook-signature': secrets.map((secret) => standardSignature(message, secret)).join(' '),
    'Posthaste-Attempt': String(attempt),
    'Posthaste-Delivery': deliveryId,
    ...profile.signature(body, event, newest),
  };
  return { headers, body };
}
