import type { AnyEvent } from './events.ts';
import { type Bytes, utf8 } from './hmac.ts';
import { WebhookVerificationError } from './verification-error.ts';

/** A body as it came, before any parsing. Prefer bytes; a text is taken to have been read as UTF-8. */
export type RawBody = string | Uint8Array | ArrayBuffer;

/** Whose envelope a body has. */
export type ProfileName = 'selgora' | 'selz' | 'standard';

/** What every event of a profile has, and what `typeof` says of it. */
const ENVELOPES: Record<ProfileName, Readonly<Record<string, string>>> = {
  selgora: { id: 'string', event: 'string', created_at: 'string', data: 'object' },
  selz: { id: 'string', event: 'string', timestamp: 'number', token: 'string', data: 'object' },
  standard: { id: 'string', type: 'string', timestamp: 'string', data: 'object' },
};

export function isProfile(name: string): name is ProfileName {
  return Object.hasOwn(ENVELOPES, name);
}

/** @throws WebhookVerificationError `body_was_parsed` */
export function bytesOf(rawBody: RawBody): Bytes {
  if (typeof rawBody === 'string') return utf8(rawBody);
  if (rawBody instanceof Uint8Array || rawBody instanceof ArrayBuffer) return new Uint8Array(rawBody);
  throw bodyWasParsed('What was passed as the raw body is neither bytes nor a string.');
}

export function bodyWasParsed(what: string): WebhookVerificationError {
  return new WebhookVerificationError(
    'body_was_parsed',
    `${what} A signature is over the body's bytes, so take them before anything parses them: in Express let this ` +
      "route come before app.use(express.json()), or give it express.raw({ type: 'application/json', limit: '1mb' }); " +
      'with Fetch call request.text() or arrayBuffer() once, and pass what it gives.',
  );
}

/** The JSON of a body. @throws WebhookVerificationError `malformed_body` */
export function jsonOf(body: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new WebhookVerificationError('malformed_body', 'The body is not JSON in UTF-8.');
  }
}

/**
 * The event that a body holds. Its envelope is checked; its data was, by Posthaste, when it was sent.
 *
 * @throws WebhookVerificationError `malformed_body`
 */
export function eventOf(json: unknown, profile: ProfileName): AnyEvent {
  const event = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const fields = Object.entries(ENVELOPES[profile]);
  const wrong = fields.find(([field, type]) => kindOf(event[field]) !== type);
  if (!wrong) return event as unknown as AnyEvent;
  throw new WebhookVerificationError(
    'malformed_body',
    `The body is not an event of the profile "${profile}": its "${wrong[0]}" is ${kindOf(event[wrong[0]])}, and not ` +
      `${wrong[1]}. Is that the endpoint's profile?`,
  );
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
