import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { rawBodyOf } from './body.ts';
import { accountParams } from './contracts.ts';
import type { ApiDeps } from './deps.ts';
import { acceptedEvent, eventBatch, idempotencyHeader, newEvent } from './event-contract.ts';
import { checkEvent, storeEvent } from './event-intake.ts';
import { faultsOfBatch } from './exactness.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { parseOr400, problemSchema, toProblem } from './problem.ts';
import { type Route, route } from './route.ts';
import { WORK_OF_REQUEST, WorkBudget } from './schema-work.ts';

const LARGEST_BATCH_BYTES = 8 * 1024 * 1024;

function problemOf(error: unknown, logger: ApiDeps['logger']) {
  const requestId = randomUUID();
  const { problem } = toProblem(error, requestId);
  if (problem.status >= 500) logger.error({ err: error, requestId }, 'an event of a batch failed');
  return problem;
}

export const eventBatchRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/events/batch',
    operationId: 'sendEventBatch',
    tag: 'Events',
    summary: 'Send up to 500 events at once',
    description:
      'Each event is accepted or refused on its own: `results` holds, in the order of the events, what each would ' +
      'have been answered alone, with its HTTP status; pointers are relative to the event. Where checking data against ' +
      'your schemas takes long, a batch has the time of eight events: the rest are a 422. An `Idempotency-Key` ' +
      'counts for each event as `{key}/{index}`. Repeat what was answered with a status of 500 or more.',
    access: 'write',
    portal: true,
    params: accountParams,
    headers: idempotencyHeader,
    body: eventBatch,
    maxBodyBytes: LARGEST_BATCH_BYTES,
    keepsJsonText: true,
    answers: {
      207: {
        description: 'What became of each event.',
        schema: z.object({
          results: z.array(z.union([acceptedEvent.extend({ status: z.literal(202) }), problemSchema])),
        }),
      },
    },
    async handle({ params, body, request, deps }) {
      const faults = faultsOfBatch(rawBodyOf(request));
      const key = idempotencyKeyOf(request);
      const work = new WorkBudget(WORK_OF_REQUEST);
      const checked = await Promise.allSettled(
        body.events.map(async (event, index) =>
          checkEvent(deps, params.account, parseOr400(newEvent, event, 'body'), {
            idempotencyKey: key && `${key}/${index}`,
            fault: faults.get(index),
            work,
          }),
        ),
      );
      // Stored only now, together, so that of two with one id the first is the first.
      const stored = await Promise.allSettled(
        checked.map(async (check) => {
          if (check.status === 'rejected') throw check.reason;
          return storeEvent(deps, check.value);
        }),
      );
      const results = stored.map((result) =>
        result.status === 'fulfilled'
          ? { status: 202 as const, ...result.value }
          : problemOf(result.reason, deps.logger),
      );
      return { status: 207, body: { results } };
    },
  }),
];
