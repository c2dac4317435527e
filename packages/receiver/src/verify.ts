import { bytesOf, eventOf, jsonOf, type ProfileName, type RawBody } from './body.ts';
import type { AnyEvent, SelgoraEvent, SelzEvent, StandardEvent } from './events.ts';
import { type ReceivedHeaders, requiredHeader } from './headers.ts';
import {
  type Bytes,
  base64Signature,
  hexSignature,
  isSigned,
  ownKey,
  type Secret,
  secretsOf,
  standardKey,
  utf8,
} from './hmac.ts';
import { WebhookVerificationError } from './verification-error.ts';

/** Five minutes, as in the libraries for Standard Webhooks. */
export const DEFAULT_TOLERANCE_S = 300;

/** Most signatures that are looked at: an overlap has two, and each costs an HMAC of the body. */
const MOST_SIGNATURES = 10;

export interface SignedRequest {
  rawBody: RawBody;
  headers: ReceivedHeaders;
  secret: Secret;
}

export interface StandardRequest extends SignedRequest {
  /** How far the attempt may be from now, either way. Default 300. */
  toleranceSeconds?: number | undefined;
  /** Default: the clock. */
  now?: Date | undefined;
}

/**
 * Verifies `webhook-signature`, which comes with every delivery of every profile and covers the event's id, the time of
 * the attempt and the whole body.
 *
 * @throws WebhookVerificationError whose `code` says what is wrong
 * @throws TypeError when there is no secret
 */
export async function verifyStandard(
  request: StandardRequest & { profile: 'selgora' },
): Promise<SelgoraEvent>;
export async function verifyStandard(request: StandardRequest & { profile: 'selz' }): Promise<SelzEvent>;
export async function verifyStandard<Event extends AnyEvent = StandardEvent>(
  request: StandardRequest & { profile?: 'standard' },
): Promise<Event>;
export async function verifyStandard<Event extends AnyEvent = StandardEvent>(
  request: StandardRequest & { profile?: ProfileName },
): Promise<Event | SelgoraEvent | SelzEvent>;
export async function verifyStandard({
  rawBody,
  headers,
  secret,
  profile = 'standard',
  toleranceSeconds = DEFAULT_TOLERANCE_S,
  now = new Date(),
}: StandardRequest & { profile?: ProfileName }): Promise<AnyEvent> {
  const body = bytesOf(rawBody);
  const keys = secretsOf(secret).map(standardKey);
  const id = requiredHeader(headers, 'webhook-id');
  const timestamp = requiredHeader(headers, 'webhook-timestamp');
  const signatures = standardSignatures(requiredHeader(headers, 'webhook-signature'));
  if (!/^\d{1,12}$/.test(timestamp)) throw malformed('webhook-timestamp', 'is not a count of seconds');

  const message = joined(utf8(`${id}.${timestamp}.`), body);
  if (!(await isSigned(message, signatures, keys))) throw wrongSignature('webhook-signature');
  refuseReplay(Number(timestamp), now, toleranceSeconds);
  return eventOf(jsonOf(body), profile);
}

/**
 * Verifies `X-Selgora-Signature`, which covers the body and not the time: a recorded request can be sent again for ever,
 * so remember the ids of events, or call `verifyStandard` with the profile `selgora` instead.
 *
 * @throws WebhookVerificationError whose `code` says what is wrong
 * @throws TypeError when there is no secret
 */
export async function verifySelgora({ rawBody, headers, secret }: SignedRequest): Promise<SelgoraEvent> {
  const body = bytesOf(rawBody);
  const keys = secretsOf(secret).map(ownKey);
  const header = requiredHeader(headers, 'x-selgora-signature');
  const signature = header.startsWith('sha256=') ? hexSignature(header.slice('sha256='.length)) : undefined;
  if (!signature) throw malformed('x-selgora-signature', 'is not "sha256=" and 64 digits of lowercase hex');
  if (!(await isSigned(body, [signature], keys))) throw wrongSignature('x-selgora-signature');
  return eventOf(jsonOf(body), 'selgora') as SelgoraEvent;
}

/**
 * Verifies `X-Selz-Signature`, which covers `timestamp` and `token` of the body and **not `data`**: whoever has seen one
 * delivery can send anything under its signature, for ever. It is here for receivers that have nothing else; call
 * `verifyStandard` with the profile `selz` instead.
 *
 * @throws WebhookVerificationError whose `code` says what is wrong
 * @throws TypeError when there is no secret
 */
export async function verifySelz({ rawBody, headers, secret }: SignedRequest): Promise<SelzEvent> {
  const body = bytesOf(rawBody);
  const keys = secretsOf(secret).map(ownKey);
  const signature = base64Signature(requiredHeader(headers, 'x-selz-signature'));
  if (!signature) throw malformed('x-selz-signature', 'is not the base64 of 32 bytes');
  const event = eventOf(jsonOf(body), 'selz') as SelzEvent;
  const message = utf8(`${event.timestamp}${event.token}`);
  if (!(await isSigned(message, [signature], keys))) throw wrongSignature('x-selz-signature');
  return event;
}

/** Signatures of other versions are passed over. */
function standardSignatures(header: string): Bytes[] {
  const found = header
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => base64Signature(one.slice('v1,'.length)))
    .filter((signature) => signature !== undefined);
  if (found.length > 0 && found.length <= MOST_SIGNATURES) return found;
  throw malformed(
    'webhook-signature',
    `is not 1 to ${MOST_SIGNATURES} times "v1," and the base64 of 32 bytes`,
  );
}

/** Written so that what is not a number lets nothing pass. */
function refuseReplay(timestampS: number, now: Date, toleranceS: number): void {
  const laterS = Math.floor(now.getTime() / 1000) - timestampS;
  if (Math.abs(laterS) <= toleranceS) return;
  const apart = `${Math.abs(laterS)} s, and at most ${toleranceS} s are allowed`;
  if (laterS < 0)
    throw new WebhookVerificationError(
      'too_new',
      `The attempt is ahead of this server's clock by ${apart}. Is the clock right?`,
    );
  throw new WebhookVerificationError(
    'too_old',
    `The attempt was made before now by ${apart}: a replay, a request that lay in a queue, or a clock that is ahead.`,
  );
}

function malformed(header: string, how: string): WebhookVerificationError {
  return new WebhookVerificationError('malformed_header', `The header "${header}" ${how}.`);
}

function wrongSignature(header: string): WebhookVerificationError {
  return new WebhookVerificationError(
    'wrong_signature',
    `The signature in "${header}" was not made with this secret for this body. Is it the secret of this endpoint, and ` +
      'the body unchanged, byte for byte?',
  );
}

function joined(head: Bytes, tail: Bytes): Bytes {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
