import { z } from 'zod';
import { lockAccount } from '../db/accounts.ts';
import { writeAudit } from '../db/audit.ts';
import {
  countEventTypes,
  deleteEventType,
  type EventTypeRow,
  findEventType,
  listEventTypes,
  upsertEventType,
} from '../db/event-types.ts';
import { inTransaction } from '../db/pool.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { CATALOGUE } from '../profiles/catalogue/index.ts';
import { actorOf } from './caller.ts';
import { accountId, accountParams, eventType, resourceId, timestamp } from './contracts.ts';
import { refuseOperational } from './event-intake.ts';
import { compileSchema } from './event-type-schema.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

/** Most types that one account may register. */
const MOST_TYPES = 500;

const jsonObject = z.record(z.string(), z.unknown());

const accountTypeSchema = z
  .object({
    name: eventType,
    description: z.string().optional(),
    schema: jsonObject.optional(),
    sample: jsonObject.optional(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'EventType', description: "An account's own event type." });

function toAccountType(row: EventTypeRow): z.infer<typeof accountTypeSchema> {
  return {
    name: row.name,
    ...(row.description !== null && { description: row.description }),
    ...(row.schema && { schema: row.schema }),
    ...(row.sample && { sample: row.sample }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const typeParams = z.object({ account: accountId, type: resourceId });

export const accountEventTypeRoutes: Route[] = [
  route({
    method: 'put',
    path: '/v1/accounts/:account/event-types/:type',
    operationId: 'putEventType',
    tag: 'Event types',
    summary: 'Register an event type of your own',
    description:
      'Replaces what was registered. From then on `data` of such events is checked against the schema: JSON Schema ' +
      'draft 2020-12, at most 32 kB, references within the schema only and none that leads back to itself, patterns ' +
      'in RE2 syntax, no `contains`; at most 1000 schemas within it and 500 branches of one `anyOf` or `oneOf`. An ' +
      'event that would take too long to check is a 422. Types of the two products cannot be registered (409), nor those of operational events (422).',
    access: 'write',
    portal: true,
    params: z.object({ account: accountId, type: eventType }),
    body: z
      .strictObject({
        description: z.string().max(1000, 'At most 1000 characters.').optional(),
        schema: jsonObject.optional(),
        sample: jsonObject.optional().describe('A `data` that the schema takes; sent by test sends.'),
      })
      .prefault({}),
    answers: { 200: { description: 'The type.', schema: accountTypeSchema } },
    async handle({ params, body, caller, deps }) {
      const { account, type } = params;
      refuseOperational(type);
      const product = CATALOGUE.get(type)?.profile;
      if (product) {
        throw new AppError(
          409,
          'catalogue_type',
          `"${type}" is a type of ${product}, whose schema is fixed.`,
        );
      }
      const schema = body.schema && compileSchema(body.schema);
      const faults = body.sample === undefined ? [] : (schema?.validate(body.sample, '/sample') ?? []);
      if (faults.length > 0) throw invalidRequest(faults);
      const row = await inTransaction(deps.pool, async (db) => {
        await lockAccount(db, account);
        const before = await findEventType(db, account, type);
        if (!before && (await countEventTypes(db, account)) >= MOST_TYPES) {
          const detail = `An account registers at most ${MOST_TYPES} event types; delete one that is not needed.`;
          throw new AppError(422, 'too_many_event_types', detail);
        }
        await writeAudit(db, {
          accountId: account,
          actor: actorOf(caller),
          action: before ? 'event_type.updated' : 'event_type.created',
          target: type,
        });
        return upsertEventType(db, account, {
          name: type,
          description: body.description ?? null,
          schema: body.schema ?? null,
          sample: body.sample ?? null,
        });
      });
      return { status: 200, body: toAccountType(row) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account/event-types',
    operationId: 'listEventTypes',
    tag: 'Event types',
    summary: "List the account's own event types, newest first",
    access: 'read',
    portal: true,
    params: accountParams,
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'A page of types.', schema: pageSchema(accountTypeSchema) } },
    async handle({ params, query, deps }) {
      const rows = await listEventTypes(deps.pool, params.account, pageRequest('event-types', query));
      const at = (row: EventTypeRow) => ({ at: row.cursor_at, id: row.name });
      return { status: 200, body: toPage('event-types', query, rows, at, toAccountType) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account/event-types/:type',
    operationId: 'getEventType',
    tag: 'Event types',
    summary: "Read one of the account's own event types",
    access: 'read',
    portal: true,
    params: typeParams,
    answers: { 200: { description: 'The type.', schema: accountTypeSchema } },
    async handle({ params, deps }) {
      const row = await findEventType(deps.pool, params.account, params.type);
      if (!row) throw notFound('event type', params.type);
      return { status: 200, body: toAccountType(row) };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/accounts/:account/event-types/:type',
    operationId: 'deleteEventType',
    tag: 'Event types',
    summary: "Forget one of the account's own event types",
    description: 'Events of that name are still accepted; their data is no longer checked.',
    access: 'write',
    portal: true,
    params: typeParams,
    answers: { 204: { description: 'It is forgotten.', schema: null } },
    async handle({ params, caller, deps }) {
      await inTransaction(deps.pool, async (db) => {
        if (!(await deleteEventType(db, params.account, params.type)))
          throw notFound('event type', params.type);
        await writeAudit(db, {
          accountId: params.account,
          actor: actorOf(caller),
          action: 'event_type.deleted',
          target: params.type,
        });
      });
      return { status: 204 };
    },
  }),
];
