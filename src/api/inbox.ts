import { setTimeout as delay } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import {
  clearInbox,
  listInboxRequests,
  type StoredInboxRequest,
  signerOfDelivery,
  storeInboxRequest,
} from '../db/inbox.ts';
import { openInForce } from '../db/vault.ts';
import { AppError } from '../domain/errors.ts';
import { EVENT_TYPE } from '../domain/subscription.ts';
import { type Verdicts, verifySignatures } from '../profiles/verify.ts';
import type { ApiDeps } from './deps.ts';
import { onlyOwnHosts } from './loopback-only.ts';
import { bytesOf, readRawBody, unreadBody } from './raw-body.ts';

const LARGEST_BODY = '1mb';

export const inboxName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** How an inbox is told to answer, in the query of the URL that it is called by. */
const behaviour = z.object({
  answer: z
    .string()
    .regex(/^[2-5]\d\d(,[2-5]\d\d){0,49}$/)
    .transform((list) => list.split(',').map(Number))
    .default([200]),
  delay: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((ms) => ms <= 60_000)
    .default(0),
});

/**
 * A receiver inside the product, for looking at deliveries without a server of one's own. Mount it at `/inbox`,
 * before anything that parses bodies.
 *
 * `POST` or `PUT /inbox/{name}` keeps the request as it came, with the verdict of each of its signatures, and
 * answers 200; `?answer=500,500,200` answers those in turn (counted for each delivery, the last one repeats) and
 * `?delay=ms` (up to 60,000) takes that long. `GET` shows the last 100, `DELETE` forgets them.
 *
 * There is no key to it, for it stands in for a subscriber: it is served in the embedded mode, which listens on
 * loopback, or where it was switched on, and it answers to no name that another site could have.
 */
export function createInbox({ pool, vault, settings }: Pick<ApiDeps, 'pool' | 'vault' | 'settings'>): Router {
  const router = express.Router();
  router.use(onlyOwnHosts(settings.host));
  const rawBody = readRawBody(LARGEST_BODY);

  async function receive(request: Request, response: Response): Promise<void> {
    const inbox = nameOf(request);
    const { answer, delay: delayMs } = behaviourOf(request);
    const body = bytesOf(request);
    const deliveryId = request.get('posthaste-delivery');
    const signer = deliveryId === undefined ? undefined : await signerOfDelivery(pool, deliveryId);
    const verdicts = verifySignatures({
      headers: request.headers,
      rawBody: body,
      secrets: signer ? openInForce(vault, signer.sealed) : [],
      now: new Date(),
    });
    const { answered } = await storeInboxRequest(
      pool,
      {
        inbox,
        method: request.method,
        query: queryOf(request),
        headers: request.headers,
        body,
        deliveryId,
        accountId: isDelivery(verdicts) ? signer?.accountId : undefined,
        event: eventOf(body.toString('utf8')),
        verdicts,
      },
      answer,
    );
    if (delayMs > 0) await whileConnected(response, delayMs);
    response.status(answered).json({ received: answered < 300 });
  }

  router
    .route('/:name')
    .post(rawBody, receive)
    .put(rawBody, receive)
    .get(async (request, response) => {
      const inbox = nameOf(request);
      const requests = await listInboxRequests(pool, inbox);
      response.json({ inbox, requests: requests.map(toAnswer) });
    })
    .delete(async (request, response) => {
      await clearInbox(pool, nameOf(request));
      response.status(204).end();
    });
  router.use(unreadBody);
  return router;
}

/** Whether we sent it: anybody can name a delivery. All of them carry this signature, and it covers the whole body. */
function isDelivery({ standard }: Verdicts): boolean {
  return standard === 'valid' || standard === 'expired';
}

function nameOf(request: Request): string {
  const parsed = inboxName.safeParse(request.params.name);
  if (parsed.success) return parsed.data;
  throw new AppError(400, 'invalid_request', 'An inbox is named by 1 to 64 letters, digits, "_" and "-".');
}

function behaviourOf(request: Request): z.output<typeof behaviour> {
  const parsed = behaviour.safeParse(request.query);
  if (parsed.success) return parsed.data;
  throw new AppError(
    400,
    'invalid_request',
    'An inbox takes ?answer= (statuses from 200 to 599, separated by commas, at most 50) and ?delay= (0 to 60000 ms).',
  );
}

function queryOf(request: Request): string {
  const mark = request.originalUrl.indexOf('?');
  return mark < 0 ? '' : request.originalUrl.slice(mark + 1);
}

/** Waits, but not for somebody who hung up. */
async function whileConnected(response: Response, ms: number): Promise<void> {
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  await delay(ms, undefined, { signal: hungUp.signal }).catch(() => {});
}

function toAnswer(row: StoredInboxRequest) {
  return {
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    ...receivedOf(row),
    ...(row.event !== null && { event: row.event }),
    ...(row.delivery_id !== null && { deliveryId: row.delivery_id }),
    verdicts: row.verdicts,
    answered: row.answered,
  };
}

/** The request itself, as it came. */
export function receivedOf({ method, query, headers, body }: StoredInboxRequest) {
  const text = body.toString('utf8');
  return {
    method,
    query,
    headers,
    body: text,
    // Text that is not UTF-8 loses bytes on its way to a string.
    ...(!Buffer.from(text).equals(body) && { bodyBase64: body.toString('base64') }),
  };
}

/** The event type that a body of any profile names. */
function eventOf(text: string): string | undefined {
  try {
    const { event, type } = JSON.parse(text) as { event?: unknown; type?: unknown };
    return [event, type].find((name) => typeof name === 'string' && EVENT_TYPE.test(name)) as
      | string
      | undefined;
  } catch {
    return undefined;
  }
}
