import { timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import {
  type HeldRequest,
  holdRequest,
  type ListenerAnswer,
  letGoOfRequest,
  lookAtHeld,
} from '../db/listener-requests.ts';
import { findListenerAnywhere, type ListenerAtDoor } from '../db/listeners.ts';
import { openInForce } from '../db/vault.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { headersToPassOn } from '../domain/listener.ts';
import { verifySignatures } from '../profiles/verify.ts';
import { hashOfKey } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { bytesOf, readRawBody, unreadBody } from './raw-body.ts';

/** More than the longest event becomes, and in base64 less than a stream may leave unread. */
const LARGEST_BODY = '512kb';
/** How long an answer that another process was given waits to be seen, at most. */
const LOOK_EVERY_MS = 250;
/** Longest timeout of an endpoint, and some time on the way. */
const LONGEST_HOLD_MS = 31_000;

type Place = { id: string; token: string };
type Handler = RequestHandler<Place, unknown, unknown, unknown, { listener: ListenerAtDoor }>;

/**
 * Where deliveries to listeners come: `POST /listen/{id}/{token}`, mounted at `/listen`. Each is held until the client
 * that listens has answered, and gets its answer.
 *
 * The token is what lets a body in, and who may see the endpoint knows it; the signature of its endpoint is what has the
 * request passed on. What comes is no page's doing, for none can name a delivery in a header that is not its own; the
 * headers that keep pages harmless stay as they are, whatever an answer says.
 */
export function createListenerDoor({
  pool,
  wakeUps,
  vault,
}: Pick<ApiDeps, 'pool' | 'wakeUps' | 'vault'>): Router {
  const router = express.Router();

  /** Nothing of a body is read before it is let in. */
  const letIn: Handler = async (request, response, next) => {
    const { id, token } = request.params;
    const listener = await findListenerAnywhere(pool, id);
    if (!listener || !timingSafeEqual(hashOfKey(token), listener.tokenHash)) throw notFound('listener', id);
    if (listener.isRead) {
      response.locals.listener = listener;
      return next();
    }
    request.resume();
    refuse(response, 503, 'Nobody listens at the moment.');
  };

  /** Every profile's requests carry the header of Standard Webhooks. */
  const verify: Handler = (request, response, next) => {
    const { sealed, now } = response.locals.listener;
    const { headers } = request;
    const secrets = openInForce(vault, sealed);
    const { standard } = verifySignatures({ headers, rawBody: bytesOf(request), secrets, now });
    if (standard !== 'valid')
      throw new AppError(
        401,
        'unauthorized',
        'It is not signed with the secret of this endpoint, or not now.',
      );
    next();
  };

  async function answerTo(request: Request<Place>, response: Response): Promise<void> {
    const { id } = request.params;
    const requestId = await holdRequest(pool, id, heldFrom(request));
    if (requestId === undefined)
      return refuse(response, 503, 'As many requests wait for an answer as may at a time.');
    try {
      wakeUps.wake(id);
      send(response, await answerOf(requestId, response));
    } finally {
      await letGoOfRequest(pool, requestId);
    }
  }

  /** Undefined when nobody waits for it any more. */
  async function answerOf(requestId: string, response: Response): Promise<ListenerAnswer | undefined> {
    const sleeper = wakeUps.sleeperOn(requestId);
    response.once('close', () => sleeper.close());
    try {
      for (const begun = performance.now(); performance.now() - begun < LONGEST_HOLD_MS; ) {
        await sleeper.sleep(LOOK_EVERY_MS);
        if (response.destroyed) return undefined;
        const held = await lookAtHeld(pool, requestId);
        if (held.kind === 'answered') return held.answer;
        if (held.kind === 'abandoned') {
          refuse(response, 503, 'Whoever listened has gone.');
          return undefined;
        }
      }
      return { error: 'Whoever listens took too long to answer.' };
    } finally {
      sleeper.close();
    }
  }

  router.post('/:id/:token', letIn, readRawBody(LARGEST_BODY) as Handler, verify, answerTo);
  router.use(unreadBody);
  return router;
}

/** @throws {AppError} 400 for what is no attempt of a delivery */
function heldFrom(request: Request<Place>): HeldRequest {
  const deliveryId = request.get('posthaste-delivery') ?? '';
  const attempt = request.get('posthaste-attempt') ?? '';
  if (!/^\w{1,128}$/.test(deliveryId) || !/^\d{1,6}$/.test(attempt))
    throw new AppError(400, 'invalid_request', 'Only deliveries are taken here.');
  const { method, rawHeaders } = request;
  return {
    deliveryId,
    attempt: Number(attempt),
    method,
    headers: headersToPassOn(rawHeaders),
    body: bytesOf(request),
  };
}

function send(response: Response, answer: ListenerAnswer | undefined): void {
  if (answer === undefined) return;
  if ('error' in answer) {
    refuse(response, 502, answer.error);
    return;
  }
  response.statusCode = answer.status;
  const headers = headersToPassOn(Object.entries(answer.headers).flat());
  for (const [name, value] of Object.entries(headers))
    if (!response.hasHeader(name)) response.setHeader(name, value);
  response.end(answer.body);
}

/** In place of an answer. */
function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}
