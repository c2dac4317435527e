import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type ApiKeyRow, insertKey, listKeys, revokeKey } from '../db/api-keys.ts';
import { writeAudit } from '../db/audit.ts';
import { inTransaction } from '../db/pool.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { hashOfKey } from './auth.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, accountParams, instant, resourceId, timestamp } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

const SHOWN_CHARACTERS = 10;

const scopes = z
  .array(z.enum(['read', 'write']))
  .min(1, 'At least one.')
  .max(2)
  .refine((list) => new Set(list).size === list.length, 'The same scope is given twice.')
  .meta({ uniqueItems: true });

const keySchema = z
  .object({
    id: resourceId,
    name: z.string(),
    prefix: z.string().describe('The first characters of the key, to tell keys apart.'),
    scopes,
    createdAt: timestamp,
    expiresAt: timestamp.optional(),
    lastUsedAt: timestamp.optional().describe('To the minute.'),
  })
  .meta({ id: 'ApiKey' });

const newKeySchema = z
  .object({ ...keySchema.shape, key: z.string().describe('Shown in this answer only; store it now.') })
  .meta({ id: 'NewApiKey' });

function toKey(row: ApiKeyRow): z.infer<typeof keySchema> {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
    ...(row.last_used_at && { lastUsedAt: row.last_used_at.toISOString() }),
  };
}

export const keyRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/keys',
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Make an API key for the account',
    description: 'An account key can only give scopes that it has itself.',
    access: 'write',
    params: accountParams,
    body: z.strictObject({
      name: z.string().min(1, 'Give it a name.').max(100, 'At most 100 characters.'),
      scopes,
      expiresAt: instant.optional(),
    }),
    answers: { 201: { description: 'The key, shown once.', schema: newKeySchema } },
    async handle({ params, body, caller, deps }) {
      if (body.expiresAt && body.expiresAt.getTime() <= Date.now()) {
        throw invalidRequest([{ pointer: '/expiresAt', detail: 'Expected a time in the future.' }]);
      }
      const lacking =
        caller.kind === 'account' ? body.scopes.filter((scope) => !caller.scopes.includes(scope)) : [];
      if (lacking.length > 0) {
        throw new AppError(403, 'forbidden', `A key without the scope "${lacking[0]}" cannot give it.`);
      }
      const key = `ph_${randomBytes(32).toString('base64url')}`;
      const row = await inTransaction(deps.pool, async (db) => {
        const made = await insertKey(db, {
          accountId: params.account,
          name: body.name,
          prefix: key.slice(0, SHOWN_CHARACTERS),
          hash: hashOfKey(key),
          scopes: body.scopes,
          expiresAt: body.expiresAt,
        });
        await writeAudit(db, {
          accountId: params.account,
          actor: actorOf(caller),
          action: 'key.created',
          target: made.id,
          details: { name: made.name, scopes: made.scopes },
        });
        return made;
      });
      return { status: 201, body: { ...toKey(row), key } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account/keys',
    operationId: 'listKeys',
    tag: 'Keys',
    summary: 'List the API keys of the account, newest first',
    description: 'Keys that were revoked are not listed.',
    access: 'read',
    params: accountParams,
    query: z.strictObject(pageQuery),
    answers: {
      200: { description: 'A page of keys, without the keys themselves.', schema: pageSchema(keySchema) },
    },
    async handle({ params, query, deps }) {
      const rows = await listKeys(deps.pool, params.account, pageRequest('keys', query));
      const page = toPage('keys', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toKey);
      return { status: 200, body: page };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/accounts/:account/keys/:id',
    operationId: 'revokeKey',
    tag: 'Keys',
    summary: 'Revoke an API key',
    access: 'write',
    params: accountAndIdParams,
    answers: { 204: { description: 'It is revoked, from now on.', schema: null } },
    async handle({ params, caller, deps }) {
      await inTransaction(deps.pool, async (db) => {
        if (!(await revokeKey(db, params.account, params.id))) throw notFound('key', params.id);
        await writeAudit(db, {
          accountId: params.account,
          actor: actorOf(caller),
          action: 'key.revoked',
          target: params.id,
        });
      });
      return { status: 204 };
    },
  }),
];
