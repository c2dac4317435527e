import { z } from 'zod';
import { attemptsOf, type DeliveryRow, listDeliveries } from '../db/deliveries.ts';
import { attemptRequestRoutes } from './attempt-request.ts';
import { accountAndIdParams, accountParams, eventType, instant, resourceId } from './contracts.ts';
import { commandRoutes } from './delivery-commands.ts';
import { responseStatus, statuses } from './delivery-filter.ts';
import { logRoutes } from './delivery-log.ts';
import { tailRoutes } from './delivery-tail.ts';
import { deliveryAnswer, toDeliveryAnswer } from './delivery-view.ts';
import { showDelivery } from './find-delivery.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { type Route, route } from './route.ts';

const DELIVERIES = '/v1/accounts/:account/deliveries';

export const deliveryRoutes: Route[] = [
  route({
    method: 'get',
    path: DELIVERIES,
    operationId: 'listDeliveries',
    tag: 'Deliveries',
    summary: 'List deliveries, newest first',
    description: 'Their attempts come without response headers and bodies. Times are those of creation.',
    access: 'read',
    portal: true,
    params: accountParams,
    query: z.strictObject({
      ...pageQuery,
      status: statuses.optional(),
      endpointId: resourceId.optional(),
      event: eventType.optional(),
      eventId: resourceId.optional(),
      responseStatus: responseStatus.optional(),
      since: instant.optional().describe('From then on.'),
      until: instant.optional().describe('Before then.'),
    }),
    answers: { 200: { description: 'A page of deliveries.', schema: pageSchema(deliveryAnswer) } },
    async handle({ params, query, deps }) {
      const { account } = params;
      const filter = { ...query, statuses: query.status, eventType: query.event };
      const rows = await listDeliveries(deps.pool, account, filter, pageRequest('deliveries', query));
      const ids = rows.slice(0, query.limit).map(({ id }) => id);
      const attempts = await attemptsOf(deps.pool, account, ids, { withResponses: false });
      const toItem = (row: DeliveryRow) =>
        toDeliveryAnswer(
          row,
          attempts.filter(({ delivery_id }) => delivery_id === row.id),
        );
      const page = toPage('deliveries', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toItem);
      return { status: 200, body: page };
    },
  }),
  // Before the one that takes any id.
  ...tailRoutes,
  route({
    method: 'get',
    path: `${DELIVERIES}/:id`,
    operationId: 'getDelivery',
    tag: 'Deliveries',
    summary: 'Read a delivery with its attempts and their answers',
    access: 'read',
    portal: true,
    params: accountAndIdParams,
    answers: { 200: { description: 'The delivery.', schema: deliveryAnswer } },
    async handle({ params, deps }) {
      return { status: 200, body: await showDelivery(deps, params.account, params.id) };
    },
  }),
  ...attemptRequestRoutes,
  ...logRoutes,
  ...commandRoutes,
];
