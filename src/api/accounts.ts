import { z } from 'zod';
import { type AccountRow, findAccount, listAccounts, upsertAccount } from '../db/accounts.ts';
import { writeAudit } from '../db/audit.ts';
import { inTransaction } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { actorOf } from './caller.ts';
import { accountId, accountParams, timestamp } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { type Route, route } from './route.ts';

const accountSchema = z
  .object({ id: accountId, name: z.string().nullable(), createdAt: timestamp })
  .meta({ id: 'Account', description: 'A tenant: one merchant.' });

function toAccount({ id, name, created_at }: AccountRow): z.infer<typeof accountSchema> {
  return { id, name, createdAt: created_at.toISOString() };
}

export const accountRoutes: Route[] = [
  route({
    method: 'put',
    path: '/v1/accounts/:account',
    operationId: 'putAccount',
    tag: 'Accounts',
    summary: 'Make an account, or name it',
    description: 'Idempotent. A name that is not given stays as it is; `null` removes it.',
    access: 'operator',
    createsAccount: true,
    params: accountParams,
    body: z.strictObject({ name: z.string().min(1).max(200).nullable().optional() }).prefault({}),
    answers: { 200: { description: 'The account.', schema: accountSchema } },
    async handle({ params, body, caller, deps }) {
      const account = await inTransaction(deps.pool, async (db) => {
        const { account, change } = await upsertAccount(db, params.account, body.name);
        if (change) {
          await writeAudit(db, {
            accountId: account.id,
            actor: actorOf(caller),
            action: `account.${change}`,
            target: account.id,
            details: { name: account.name },
          });
        }
        return account;
      });
      return { status: 200, body: toAccount(account) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts',
    operationId: 'listAccounts',
    tag: 'Accounts',
    summary: 'List the accounts, newest first',
    access: 'operator',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'A page of accounts.', schema: pageSchema(accountSchema) } },
    async handle({ query, deps }) {
      const rows = await listAccounts(deps.pool, pageRequest('accounts', query));
      const page = toPage('accounts', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toAccount);
      return { status: 200, body: page };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account',
    operationId: 'getAccount',
    tag: 'Accounts',
    summary: 'Read an account',
    access: 'read',
    params: accountParams,
    answers: { 200: { description: 'The account.', schema: accountSchema } },
    async handle({ params, deps }) {
      const row = await findAccount(deps.pool, params.account);
      if (!row) throw notFound('account', params.account);
      return { status: 200, body: toAccount(row) };
    },
  }),
];
