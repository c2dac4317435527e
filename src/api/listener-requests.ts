import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { answerRequest, type ListenerAnswer, takeRequest } from '../db/listener-requests.ts';
import { beginReading, endReading, KEPT_EVERY_MS, keepReading } from '../db/listeners.ts';
import { notFound } from '../domain/errors.ts';
import { accountAndIdParams, resourceId } from './contracts.ts';
import type { ApiDeps } from './deps.ts';
import type { EventStream } from './event-stream.ts';
import { type Route, route } from './route.ts';

/** How long a request that came to another process waits to be seen, at most. */
const LOOK_EVERY_MS = 250;

const requestSchema = z
  .object({
    id: resourceId,
    deliveryId: z.string(),
    attempt: z.int(),
    method: z.string(),
    headers: z
      .record(z.string(), z.string())
      .describe('Those of the request, but for `Host` and the connection’s own.'),
    bodyBase64: z.string().describe('The bytes of the body, which the signatures are of.'),
  })
  .meta({ id: 'ListenerRequest' });

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'Not the name of a header.');
const headerValue = z
  .string()
  .max(8192, 'At most 8192 characters.')
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'Not the value of a header.');

const answered = z.strictObject({
  status: z.int().min(200, 'From 200 on.').max(599, 'Up to 599.'),
  headers: z.record(headerName, headerValue).optional(),
  bodyBase64: z.base64('Expected base64.').optional(),
});
const failed = z.strictObject({
  error: z
    .string()
    .min(1)
    .max(1000)
    .describe('Why there is no answer; the delivery gets a 502 that says so.'),
});
const answerSchema = z.union([answered, failed]).meta({ id: 'ListenerAnswer' });

const read = route({
  method: 'get',
  path: '/v1/accounts/:account/listeners/:id/requests',
  operationId: 'readListenerRequests',
  tag: 'Listeners',
  summary: 'Read the requests that wait for an answer, as they come',
  description:
    'Server-sent events: `event: request`. Answer each within the endpoint’s timeout. A listener has one reader: who comes ' +
    'later takes the place of the one before, whose stream ends, and is sent all that is not answered yet. The stream ends, ' +
    'too, when the listener does, after 15 minutes, and when the server stops; come again within two seconds, and nothing ' +
    'is missed. A comment comes every 15 seconds. It counts among the streams that an account may have.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  answers: {
    200: { description: 'The stream of requests.', schema: requestSchema, mediaType: 'text/event-stream' },
  },
  async handle({ params: { account, id }, deps }) {
    return {
      status: 200,
      async stream(to) {
        const reader = randomUUID();
        if (!(await beginReading(deps.pool, account, id, reader))) throw notFound('listener', id);
        // Whoever had the place looks, and goes.
        deps.wakeUps.wake(id);
        void sendRequests(deps, id, reader, to);
      },
    };
  },
});

/** Sends what waits to a reader until it has gone, or has the place no more. */
async function sendRequests(
  { pool, wakeUps, logger }: ApiDeps,
  listenerId: string,
  reader: string,
  to: EventStream,
): Promise<void> {
  const sleeper = wakeUps.sleeperOn(listenerId);
  let isOpen = true;
  const close = () => {
    isOpen = false;
    sleeper.close();
  };
  to.onClose(close);
  for (let keptAt = performance.now(); isOpen; await sleeper.sleep(LOOK_EVERY_MS)) {
    try {
      if (performance.now() - keptAt >= KEPT_EVERY_MS) {
        await keepReading(pool, listenerId, reader);
        keptAt = performance.now();
      }
      while (isOpen) {
        const next = await takeRequest(pool, listenerId, reader);
        if (next === undefined) break;
        if (next === 'displaced') {
          // It may never close: a connection can be half open, and its client gone.
          to.end();
          close();
          break;
        }
        const { body, ...request } = next;
        to.send({ event: 'request', data: { ...request, bodyBase64: body.toString('base64') } });
        await to.drained();
      }
    } catch (error) {
      logger.warn({ listenerId, err: error }, 'could not look at requests that wait yet');
    }
  }
  await endReading(pool, listenerId, reader).catch(() => undefined);
}

const answer = route({
  method: 'post',
  path: '/v1/accounts/:account/listeners/:id/requests/:requestId/answer',
  operationId: 'answerListenerRequest',
  tag: 'Listeners',
  summary: 'Answer a request',
  description:
    'The delivery’s answer is this one: its status decides whether it is retried. A 404 when nobody waits for it any more, ' +
    'as after the endpoint’s timeout, or it is answered.',
  access: 'write',
  portal: true,
  params: z.object({ ...accountAndIdParams.shape, requestId: resourceId }),
  body: answerSchema,
  answers: { 204: { description: 'The delivery gets it.', schema: null } },
  async handle({ params: { account, id, requestId }, body, deps }) {
    const which = { account, listenerId: id, id: requestId };
    if (!(await answerRequest(deps.pool, which, toAnswer(body)))) throw notFound('request', requestId);
    deps.wakeUps.wake(requestId);
    return { status: 204 };
  },
});

function toAnswer(given: z.output<typeof answerSchema>): ListenerAnswer {
  if ('error' in given) return given;
  const { status, headers = {}, bodyBase64 = '' } = given;
  return { status, headers, body: Buffer.from(bodyBase64, 'base64') };
}

export const listenerRequestRoutes: Route[] = [read, answer];
