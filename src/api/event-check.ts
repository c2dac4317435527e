import { rawBodyOf } from './body.ts';
import { accountParams } from './contracts.ts';
import { newEvent } from './event-contract.ts';
import { checkEvent } from './event-intake.ts';
import { faultOfEvent } from './exactness.ts';
import { type Route, route } from './route.ts';

export const eventCheckRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/events/check',
    operationId: 'checkEvent',
    tag: 'Events',
    summary: 'Check an event without sending it',
    description:
      'Refused with the same errors as the event itself would be, for its type, its data and how it is written; nothing ' +
      'is stored. Whether its `id` was used before is not looked at.',
    access: 'write',
    portal: true,
    params: accountParams,
    body: newEvent,
    keepsJsonText: true,
    answers: { 204: { description: 'It can be sent.', schema: null } },
    async handle({ params, body, request, deps }) {
      await checkEvent(deps, params.account, body, { fault: faultOfEvent(rawBodyOf(request)) });
      return { status: 204 };
    },
  }),
];
