import { z } from 'zod';
import { findInboxRequest, type ListedInboxRequest, listInboxRequestsOf } from '../db/inbox.ts';
import { notFound } from '../domain/errors.ts';
import { accountAndIdParams, accountParams, timestamp } from './contracts.ts';
import { inboxName, receivedOf } from './inbox.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

/** As the database numbers them. */
const REQUEST_ID = /^\d{1,18}$/;

const verdict = z.enum(['valid', 'invalid', 'expired']);

const listedRequest = z.object({
  id: z.string(),
  inbox: z.string().describe('Its name: that of `/inbox/{name}`.'),
  receivedAt: timestamp,
  method: z.string(),
  event: z.string().optional().describe('The type that the body names.'),
  deliveryId: z.string(),
  attempt: z.string().optional().describe('Which attempt of the delivery, as the request says.'),
  verdicts: z
    .object({ selgora: verdict, selz: verdict, standard: verdict })
    .partial()
    .describe('Of each signature that came. `expired`: rightly signed, but more than five minutes off.'),
  answered: z.int().describe('The status that it was answered with.'),
});

const inboxRequest = listedRequest
  .extend({
    query: z.string().describe('The query string without its `?`.'),
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    body: z.string(),
    bodyBase64: z.string().optional().describe('The bytes, where the body is not UTF-8.'),
  })
  .meta({ id: 'InboxRequest', description: 'A request as the built-in inbox got it.' });

type Row = Omit<ListedInboxRequest, 'cursor_at'>;

function toListed(row: Row): z.infer<typeof listedRequest> {
  return {
    id: row.id,
    inbox: row.inbox,
    receivedAt: row.received_at.toISOString(),
    method: row.method,
    ...(row.event !== null && { event: row.event }),
    deliveryId: row.delivery_id ?? '',
    ...(row.attempt !== null && { attempt: row.attempt }),
    verdicts: row.verdicts,
    answered: row.answered,
  };
}

export const inboxRequestRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/inbox-requests',
    operationId: 'listInboxRequests',
    tag: 'Inbox',
    summary: 'List what deliveries brought to the built-in inbox, newest first',
    description:
      "Only the account's own deliveries, without headers and bodies. The last 100 of each inbox are kept; there are " +
      'none where the inbox is not served.',
    access: 'read',
    params: accountParams,
    query: z.strictObject({ ...pageQuery, inbox: inboxName.optional().describe('Only those of this name.') }),
    answers: { 200: { description: 'A page of requests.', schema: pageSchema(listedRequest) } },
    async handle({ params, query, deps }) {
      const page = pageRequest('inbox-requests', query);
      if (page.after && !REQUEST_ID.test(page.after.id)) {
        throw invalidRequest([
          { parameter: 'cursor', detail: 'Expected the nextCursor of a page of this list.' },
        ]);
      }
      const rows = await listInboxRequestsOf(deps.pool, params.account, query.inbox, page);
      const at = ({ cursor_at, id }: ListedInboxRequest) => ({ at: cursor_at, id });
      return { status: 200, body: toPage('inbox-requests', query, rows, at, toListed) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account/inbox-requests/:id',
    operationId: 'getInboxRequest',
    tag: 'Inbox',
    summary: 'Show a request with its headers and body',
    access: 'read',
    params: accountAndIdParams,
    answers: { 200: { description: 'The request.', schema: inboxRequest } },
    async handle({ params: { account, id }, deps }) {
      const row = REQUEST_ID.test(id) ? await findInboxRequest(deps.pool, account, id) : undefined;
      if (!row) throw notFound('request', id);
      return {
        status: 200,
        body: { ...toListed(row), ...receivedOf(row) } satisfies z.infer<typeof inboxRequest>,
      };
    },
  }),
];
