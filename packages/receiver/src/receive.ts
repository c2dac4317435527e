import { isProfile, type ProfileName } from './body.ts';
import type { AnyEvent, SelgoraEvent, SelzEvent, StandardEvent } from './events.ts';
import { headerOf, type ReceivedHeaders } from './headers.ts';
import { type Bytes, type Secret, secretsOf } from './hmac.ts';
import { type VerificationErrorCode, WebhookVerificationError } from './verification-error.ts';
import { DEFAULT_TOLERANCE_S, verifyStandard } from './verify.ts';

/** Of 256 KiB of data and its envelope no body comes near it. */
const DEFAULT_LIMIT_BYTES = 1024 * 1024;

export interface ReceiverOptions<Profile extends ProfileName = ProfileName> {
  /** The endpoint's secret, or several while it is being changed. */
  secret: Secret;
  /** The endpoint's profile, which says what the events look like. Default `standard`. */
  profile?: Profile | undefined;
  /** How far an attempt may be from now, either way. Default 300. */
  toleranceSeconds?: number | undefined;
  /** The longest body that is read, in bytes; a longer one is answered 413. Default 1 MiB. */
  limit?: number | undefined;
  /**
   * Whether the event of this id was taken before: it is answered 2xx and not handled again. Two copies may come at the
   * same moment, so a unique column in the handler's own transaction is still what decides.
   */
  isDuplicate?: ((id: string) => boolean | Promise<boolean>) | undefined;
  /** Gets whatever makes the answer another than 2xx. Default: it is written to the console. */
  onError?: ((error: unknown) => void) | undefined;
}

/** The attempt that brought an event. Its headers are not signed, unlike the event. */
export interface Delivery {
  /** The delivery's id; the sender finds the request by it. */
  id: string | undefined;
  /** From 1; above 1 it is a retry. */
  attempt: number;
  rawBody: Uint8Array;
}

/**
 * Stores an event, or puts it into a queue. The answer is 204 once it has resolved, and 500, so that the event comes
 * again, when it throws. It has as long as the endpoint's timeout: 5 s at Selgora's, 10 s at Selz's, 15 s at others.
 */
export type Handler<Event extends AnyEvent> = (event: Event, delivery: Delivery) => unknown;

export type EventOf<Profile extends ProfileName> = Profile extends 'selgora'
  ? SelgoraEvent
  : Profile extends 'selz'
    ? SelzEvent
    : StandardEvent;

/** A request as an adapter hands it on. */
export interface Incoming {
  method: string | undefined;
  headers: ReceivedHeaders;
  /** @throws WebhookVerificationError `body_was_parsed`, `body_too_large` */
  readBody(limit: number): Promise<Bytes>;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

type Verified =
  | { refusal?: undefined; event: AnyEvent; rawBody: Bytes }
  | { refusal: WebhookVerificationError; event?: undefined; rawBody?: undefined };

/**
 * What adapters do with a request: verify, handle, answer.
 *
 * @throws TypeError at once when there is no secret, or an option is none
 */
export function receiver<Event extends AnyEvent>(
  options: ReceiverOptions,
  handler: Handler<Event>,
): (incoming: Incoming) => Promise<Answer> {
  const {
    profile = 'standard',
    toleranceSeconds = DEFAULT_TOLERANCE_S,
    limit = DEFAULT_LIMIT_BYTES,
  } = options;
  const { isDuplicate, onError = logError } = options;
  const secret = secretsOf(options.secret);
  if (!isProfile(profile)) throw new TypeError(`There is no profile "${profile}".`);
  if (!(toleranceSeconds >= 0)) throw new TypeError('toleranceSeconds is not a number of seconds.');

  async function verified({ headers, readBody }: Incoming): Promise<Verified> {
    try {
      const rawBody = await readBody(limit);
      const event = await verifyStandard({ rawBody, headers, secret, profile, toleranceSeconds });
      return { event, rawBody };
    } catch (error) {
      if (error instanceof WebhookVerificationError) return { refusal: error };
      throw error;
    }
  }

  async function take(event: AnyEvent, rawBody: Bytes, headers: ReceivedHeaders): Promise<void> {
    if (await isDuplicate?.(event.id)) return;
    const id = headerOf(headers, 'posthaste-delivery');
    const attempt = Number(headerOf(headers, 'posthaste-attempt') ?? 1);
    await handler(event as Event, { id, attempt, rawBody });
  }

  return async (incoming) => {
    if (incoming.method !== 'POST') return answer(405, 'Webhooks come with POST.', { allow: 'POST' });
    try {
      const { refusal, event, rawBody } = await verified(incoming);
      if (refusal) {
        report(refusal, onError);
        return answer(STATUS_OF[refusal.code], `${refusal.code}: ${refusal.message}`);
      }
      await take(event, rawBody, incoming.headers);
      return answer(204);
    } catch (error) {
      report(error, onError);
      return answer(500, 'The event could not be taken.');
    }
  };
}

/** A 4xx ends the delivery. Another attempt has another time, and may find the body whole. */
const STATUS_OF: Record<VerificationErrorCode, number> = {
  missing_header: 400,
  malformed_header: 400,
  wrong_signature: 400,
  malformed_body: 400,
  body_too_large: 413,
  too_old: 500,
  too_new: 500,
  body_was_parsed: 500,
};

function answer(status: number, text = '', headers: Record<string, string> = {}): Answer {
  return {
    status,
    text,
    headers: text ? { ...headers, 'content-type': 'text/plain; charset=utf-8' } : headers,
  };
}

/** A report that fails must not keep the answer back. */
function report(error: unknown, onError: (error: unknown) => void): void {
  try {
    onError(error);
  } catch (failure) {
    console.error(failure);
  }
}

function logError(error: unknown): void {
  console.error(
    error instanceof WebhookVerificationError
      ? `A webhook was refused: ${error.code}: ${error.message}`
      : error,
  );
}
