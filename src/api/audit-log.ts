import { z } from 'zod';
import { type AuditRow, listAudit } from '../db/audit.ts';
import { accountParams, instant, resourceId, timestamp } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

const auditEntry = z
  .object({
    id: z.string(),
    at: timestamp,
    actor: z.string().describe('`operator`, the id of an API key, or `posthaste` for what it did by itself.'),
    action: z
      .string()
      .describe('What was done, such as `endpoint.updated`.')
      .meta({ example: 'key.revoked' }),
    target: z.string().describe('The id of what it was done to.'),
    details: z.record(z.string(), z.unknown()).optional().describe('More of it; never a secret.'),
  })
  .meta({ id: 'AuditEntry', description: 'One change: who, what, when.' });

function toEntry({ id, at, actor, action, target, details }: AuditRow): z.infer<typeof auditEntry> {
  const hasDetails = Object.keys(details).length > 0;
  return { id, at: at.toISOString(), actor, action, target, ...(hasDetails && { details }) };
}

export const auditRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/audit-log',
    operationId: 'listAuditLog',
    tag: 'Audit log',
    summary: 'List who changed what, newest first',
    description:
      'Every change that was made by API, and every reading of a secret. Sending events is none: the list of events ' +
      'shows those. A delivery command is written down before it takes effect; one that was refused then is followed ' +
      'by a `delivery.command_refused`.',
    access: 'read',
    params: accountParams,
    query: z.strictObject({
      ...pageQuery,
      actor: resourceId.optional(),
      action: resourceId.optional(),
      target: resourceId.optional(),
      since: instant.optional().describe('From then on.'),
      until: instant.optional().describe('Before then.'),
    }),
    answers: { 200: { description: 'A page of entries.', schema: pageSchema(auditEntry) } },
    async handle({ params, query, deps }) {
      const page = pageRequest('audit-log', query);
      if (page.after && !/^\d{1,18}$/.test(page.after.id)) {
        throw invalidRequest([
          { parameter: 'cursor', detail: 'Expected the nextCursor of a page of this list.' },
        ]);
      }
      const rows = await listAudit(deps.pool, params.account, query, page);
      const at = ({ cursor_at, id }: AuditRow) => ({ at: cursor_at, id });
      return { status: 200, body: toPage('audit-log', query, rows, at, toEntry) };
    },
  }),
];
