import { z } from 'zod';
import { attemptsOf, changesDuring } from '../db/deliveries.ts';
import { findEvent } from '../db/events.ts';
import { FAILURE_REASONS, FINAL_STATUSES, isFinal, LOGGED_HELD_BECAUSE } from '../domain/delivery.ts';
import { accountAndIdParams, timestamp } from './contracts.ts';
import { findOr404 } from './find-delivery.ts';
import { recordedLog, toldLog } from './recorded-log.ts';
import { type Route, route } from './route.ts';

const at = timestamp;

const logEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('attempt'),
    at,
    number: z.int(),
    startedAt: timestamp,
    durationMs: z.int(),
    responseStatus: z.int().optional(),
    error: z.string().optional(),
  }),
  z.object({
    kind: z.literal('wait'),
    at,
    until: timestamp,
    because: z.enum(['deliver_at', 'retry_schedule', 'retry_after', 'rescheduled', 'endpoint_changed']),
  }),
  z.object({ kind: z.literal('held'), at, because: z.enum(LOGGED_HELD_BECAUSE) }),
  z.object({
    kind: z.literal('changed'),
    at,
    change: z.enum(['retry', 'cancel', 'reschedule', 'endpoint_changed', 'terminate', 'reset']),
    by: z
      .string()
      .describe(
        'An API key, `operator`, or `temporal` for whoever used Temporal itself: `temporal:` and a name where ' +
          'Temporal knows one.',
      ),
  }),
  z.object({
    kind: z.literal('ended'),
    at,
    status: z.enum(FINAL_STATUSES),
    reason: z.enum(FAILURE_REASONS).optional(),
  }),
]);

const logAnswer = z
  .object({
    source: z
      .enum(['workflow', 'record'])
      .describe('Whether the workflow told it, or Postgres because Temporal has it no longer.'),
    entries: z.array(logEntry).describe('Oldest first.'),
  })
  .meta({ id: 'DeliveryLog' });

export const logRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/deliveries/:id/log',
    operationId: 'getDeliveryLog',
    tag: 'Deliveries',
    summary: 'Read the running story of a delivery',
    description: 'Attempts, waits with their reason and next wake, and who changed what.',
    access: 'read',
    portal: true,
    params: accountAndIdParams,
    answers: { 200: { description: 'The story so far.', schema: logAnswer } },
    async handle({ params: { account, id }, deps }) {
      const delivery = await findOr404(deps, account, id);
      const { pool, workflows } = deps;
      const told = await workflows.log(id);
      const [changes, attempts] = await Promise.all([
        changesDuring(pool, account, id),
        attemptsOf(pool, account, [id], { withResponses: false }),
      ]);
      // One that was terminated does not know that it is over.
      const isWhole = told?.some(({ kind }) => kind === 'ended') || !isFinal(delivery.status);
      // A run that a reset began was given the signals of the one before again, as if they were new.
      const reset = told?.find((entry) => entry.kind === 'changed' && entry.change === 'reset');
      if (told && isWhole && !reset) {
        const entries = toldLog(told, { delivery, attempts, changes });
        return { status: 200, body: { source: 'workflow', entries } };
      }
      const event = await findEvent(pool, account, delivery.event_id, delivery.event_day);
      const deliverAt = event?.deliver_at ?? undefined;
      const entries = recordedLog({ delivery, deliverAt, attempts, changes, reset });
      return { status: 200, body: { source: 'record', entries } };
    },
  }),
];
