import { z } from 'zod';
import { accountParams, eventType, resourceId } from './contracts.ts';
import { responseStatus, statuses } from './delivery-filter.ts';
import { type DeliveryAnswer, deliveryAnswer } from './delivery-view.ts';
import { type Route, route } from './route.ts';

/** How long before the last event a client that comes again is told from: what was committed late, and clocks that differ. */
const OVERLAP_MS = 10_000;

const tailQuery = z.strictObject({
  status: statuses.optional(),
  endpointId: resourceId.optional(),
  event: eventType.optional(),
  responseStatus: responseStatus.optional(),
});

export const tailRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/deliveries/tail',
    operationId: 'tailDeliveries',
    tag: 'Deliveries',
    summary: 'Watch deliveries as they are made and move',
    description:
      'Server-sent events: `event: delivery`, its data a delivery as in the list, sent when it is made and when it has moved. ' +
      'Looked at once a second, so that steps within a second come as one. Watched are those made in the last minute, the last ' +
      '500 of them, and the last 1000 made of those that have not ended: of more than 500 made in a second, and of older ' +
      'ones beyond 1000 that are open, some are missed. Of those that one look found, the last alone has an `id`. ' +
      '`Last-Event-ID` sends what was made since that event, an hour ago at most, and what is open and was attempted since, ' +
      'from shortly before on; what was open then and has ended meanwhile is missed if it was made before. The same delivery ' +
      'may come twice: what came last takes the place of what came before. A comment comes every 15 seconds. The stream ' +
      'ends after 15 minutes, when the server stops, and for a client that does not read; come again. An account has 10 ' +
      'streams at most at a time of each server, and each of its portal links 3 of them.',
    access: 'read',
    portal: true,
    params: accountParams,
    query: tailQuery,
    headers: z.object({
      'Last-Event-ID': z.string().optional().describe('The last `id` that came.'),
    }),
    answers: {
      200: { description: 'The stream of events.', schema: deliveryAnswer, mediaType: 'text/event-stream' },
    },
    async handle({ params: { account }, query, request, deps: { tails } }) {
      return {
        status: 200,
        async stream(to) {
          const hear = (moved: DeliveryAnswer[], lookedAt: Date) => {
            const wanted = moved.filter((delivery) => isWanted(delivery, query));
            // With the last alone, so that a client that is cut off amid them comes again from before all of them.
            const id = lookedAt.toISOString();
            to.sendAll(
              wanted.map((data, at) => ({
                event: 'delivery',
                data,
                ...(at === wanted.length - 1 && { id }),
              })),
            );
          };
          const last = Date.parse(request.get('last-event-id') ?? '');
          const since = Number.isNaN(last) ? undefined : new Date(last - OVERLAP_MS);
          to.onClose(await tails.listen(account, hear, since));
        },
      };
    },
  }),
];

function isWanted(delivery: DeliveryAnswer, query: z.output<typeof tailQuery>): boolean {
  const { status, endpointId, event, responseStatus: answered } = query;
  return (
    (status === undefined || status.includes(delivery.status)) &&
    (endpointId === undefined || endpointId === delivery.endpointId) &&
    (event === undefined || event === delivery.event) &&
    (answered === undefined || answered === delivery.attempts.at(-1)?.responseStatus)
  );
}
