import { expungePayload } from '../db/expunge.ts';
import { notFound } from '../domain/errors.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams } from './contracts.ts';
import { type Route, route } from './route.ts';

export const expungeRoutes: Route[] = [
  route({
    method: 'delete',
    path: '/v1/accounts/:account/events/:id/payload',
    operationId: 'expungeEventPayload',
    tag: 'Events',
    summary: 'Drop the data of an event, and what endpoints answered to it',
    description:
      'The event and its deliveries stay on record without them, and cannot be sent again. Deliveries that are ' +
      'still on their way are stopped; an attempt that is under way ends first, and one that waits in an ordered lane ' +
      'fails when its turn comes. Idempotent.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 204: { description: 'It is no longer kept.', schema: null } },
    async handle({ params: { account, id }, caller, deps }) {
      const expunged = await expungePayload(deps.pool, account, id, actorOf(caller));
      if (expunged === 'unknown') throw notFound('event', id);
      if (expunged === 'expunged') deps.relay.poke();
      return { status: 204 };
    },
  }),
];
