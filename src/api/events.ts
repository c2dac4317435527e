import { z } from 'zod';
import { type DeliveryRow, deliveriesOfEvents } from '../db/deliveries.ts';
import { type EventRow, findEvent, listEvents } from '../db/events.ts';
import { notFound } from '../domain/errors.ts';
import { rawBodyOf } from './body.ts';
import { accountAndIdParams, accountParams, eventType, instant } from './contracts.ts';
import { toDeliveryStatusAnswer } from './delivery-view.ts';
import { eventBatchRoutes } from './event-batch.ts';
import { eventCheckRoutes } from './event-check.ts';
import { acceptedEvent, eventAnswer, idempotencyHeader, listedEvent, newEvent } from './event-contract.ts';
import { checkEvent, storeEvent } from './event-intake.ts';
import { faultOfEvent } from './exactness.ts';
import { expungeRoutes } from './expunge.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { type Route, route } from './route.ts';

const EVENTS = '/v1/accounts/:account/events';

function toListedEvent(row: EventRow, deliveries: readonly DeliveryRow[]): z.infer<typeof listedEvent> {
  return {
    id: row.id,
    event: row.type,
    createdAt: row.created_at.toISOString(),
    acceptedAt: row.accepted_at.toISOString(),
    ...(row.deliver_at && { deliverAt: row.deliver_at.toISOString() }),
    ...(row.ordering_key !== null && { orderingKey: row.ordering_key }),
    ...(row.test && { test: true }),
    ...(row.expunged_at && { payloadExpungedAt: row.expunged_at.toISOString() }),
    deliveries: deliveries.map(toDeliveryStatusAnswer),
  };
}

export const eventRoutes: Route[] = [
  route({
    method: 'post',
    path: EVENTS,
    operationId: 'sendEvent',
    tag: 'Events',
    summary: 'Send an event to the endpoints that subscribe to it',
    description:
      'Answers once the event and its deliveries are safe in the database. The same `id` or `Idempotency-Key` with ' +
      'the same content gets the same answer again and sends nothing twice; with other content it is a 409.',
    access: 'write',
    portal: true,
    params: accountParams,
    headers: idempotencyHeader,
    body: newEvent,
    keepsJsonText: true,
    answers: { 202: { description: 'Accepted.', schema: acceptedEvent } },
    async handle({ params, body, request, deps }) {
      const event = await checkEvent(deps, params.account, body, {
        idempotencyKey: idempotencyKeyOf(request),
        fault: faultOfEvent(rawBodyOf(request)),
      });
      return { status: 202, body: await storeEvent(deps, event) };
    },
  }),
  route({
    method: 'get',
    path: EVENTS,
    operationId: 'listEvents',
    tag: 'Events',
    summary: 'List events, newest first',
    description:
      'With their deliveries, without their data. `since` and `until` look at the time of acceptance.',
    access: 'read',
    portal: true,
    params: accountParams,
    query: z.strictObject({
      ...pageQuery,
      event: eventType.optional(),
      since: instant.optional().describe('From then on.'),
      until: instant.optional().describe('Before then.'),
    }),
    answers: { 200: { description: 'A page of events.', schema: pageSchema(listedEvent) } },
    async handle({ params, query, deps }) {
      const { event: type, since, until } = query;
      const rows = await listEvents(
        deps.pool,
        params.account,
        { type, since, until },
        pageRequest('events', query),
      );
      const deliveries = await deliveriesOfEvents(deps.pool, params.account, rows.slice(0, query.limit));
      const toItem = (row: EventRow) =>
        toListedEvent(
          row,
          deliveries.filter(({ event_id }) => event_id === row.id),
        );
      const page = toPage('events', query, rows, ({ cursor_at: at, id }) => ({ at, id }), toItem);
      return { status: 200, body: page };
    },
  }),
  // Before the path of one event, which `batch` and `check` would be too.
  ...eventBatchRoutes,
  ...eventCheckRoutes,
  route({
    method: 'get',
    path: `${EVENTS}/:id`,
    operationId: 'getEvent',
    tag: 'Events',
    summary: 'Show an event with its data and its deliveries',
    access: 'read',
    portal: true,
    params: accountAndIdParams,
    answers: { 200: { description: 'The event.', schema: eventAnswer } },
    async handle({ params, deps }) {
      const event = await findEvent(deps.pool, params.account, params.id);
      if (!event) throw notFound('event', params.id);
      const deliveries = await deliveriesOfEvents(deps.pool, params.account, [event]);
      const answer = {
        ...toListedEvent(event, deliveries),
        ...(event.data !== null && { data: JSON.parse(event.data) as Record<string, unknown> }),
      };
      return { status: 200, body: answer };
    },
  }),
  ...expungeRoutes,
];
