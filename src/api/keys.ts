import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { lockAccount } from '../db/accounts.ts';
import { type ApiKeyRow, countLiveKeys, insertKey, listKeys, revokeKey } from '../db/api-keys.ts';
import { writeAudit } from '../db/audit.ts';
import { inTransaction } from '../db/pool.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { hashOfKey } from './auth.ts';
import { actorOf, refuseMoreThanOwn } from './caller.ts';
import { accountAndIdParams, accountParams, instant, resourceId, scopes, timestamp } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

const SHOWN_CHARACTERS = 10;

/** Most keys of one account that are neither revoked nor expired. */
export const MOST_KEYS = 100;

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

const newKey = z.strictObject({
  name: z.string().min(1, 'Give it a name.').max(100, 'At most 100 characters.'),
  scopes,
  expiresAt: instant.optional().describe('Never, when absent.'),
});

export const keyRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/keys',
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Make an API key for the account',
    description:
      'An account key can only give scopes that it has itself, and when it expires, it only makes keys that expire no ' +
      `later. An account has at most ${MOST_KEYS} keys that are neither revoked nor expired; one more is a 422 ` +
      '`too_many_keys`.',
    access: 'write',
    params: accountParams,
    body: newKey,
    answers: { 201: { description: 'The key, shown once.', schema: newKeySchema } },
    async handle({ params, body, caller, deps }) {
      const { scopes, expiresAt } = body;
      refuseMoreThanOwn(caller, { what: 'key', scopes, expiresAt, pointer: '/expiresAt' });
      const key = `ph_${randomBytes(32).toString('base64url')}`;
      const row = await inTransaction(deps.pool, async (db) => {
        await lockAccount(db, params.account);
        const { live, now } = await countLiveKeys(db, params.account);
        if (body.expiresAt && body.expiresAt <= now) {
          throw invalidRequest([{ pointer: '/expiresAt', detail: 'Expected a time in the future.' }]);
        }
        if (live >= MOST_KEYS) {
          const detail = `An account has at most ${MOST_KEYS} keys; revoke one that is not needed.`;
          throw new AppError(422, 'too_many_keys', detail);
        }
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
          details: { name: made.name, scopes: made.scopes, expiresAt: made.expires_at },
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
    description:
      'The scope `write` may revoke any key of the account: itself, and one that has more scopes, too.',
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
