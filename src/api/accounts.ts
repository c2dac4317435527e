import { z } from 'zod';
import { type AccountRow, findAccount, listAccounts, upsertAccount } from '../db/accounts.ts';
import { writeAudit } from '../db/audit.ts';
import { inTransaction } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { LONGEST_RETENTION_DAYS, type Retention, retentionInForce } from '../domain/retention.ts';
import { actorOf } from './caller.ts';
import { accountId, accountParams, timestamp } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

const accountSchema = z
  .object({
    id: accountId,
    name: z.string().nullable(),
    retentionDays: z.int().describe('Days that events are kept, with their deliveries and attempts.'),
    payloadRetentionDays: z.int().describe('Days that the data of events and the answers to them are kept.'),
    createdAt: timestamp,
  })
  .meta({
    id: 'Account',
    description: 'A tenant: one merchant. With the settings in force, defaults included.',
  });

const days = (least: number) =>
  z
    .int()
    .min(least, `At least ${least}.`)
    .max(LONGEST_RETENTION_DAYS, `At most ${LONGEST_RETENTION_DAYS} days.`)
    .nullable()
    .optional();

const accountSettings = z.strictObject({
  name: z.string().min(1).max(200).nullable().optional(),
  retentionDays: days(1).describe(
    'Whole UTC days to keep an event after that of its acceptance, and longer while a delivery of it is on its way.',
  ),
  payloadRetentionDays: days(0).describe(
    'Days to keep its data and the answers to it, and longer while a delivery is on its way; at most `retentionDays`.',
  ),
});

function toAccount(row: AccountRow, defaults: Retention): z.infer<typeof accountSchema> {
  const { id, name, created_at: createdAt } = row;
  const own = { days: row.retention_days, payloadDays: row.payload_retention_days };
  const { days: retentionDays, payloadDays: payloadRetentionDays } = retentionInForce(own, defaults);
  return { id, name, retentionDays, payloadRetentionDays, createdAt: createdAt.toISOString() };
}

/** @throws {AppError} 400 payloads would be kept longer than their events */
function refuseUneven(
  row: AccountRow,
  defaults: Retention,
  { retentionDays, payloadRetentionDays }: z.infer<typeof accountSettings>,
): void {
  if (retentionDays === undefined && payloadRetentionDays === undefined) return;
  const most = row.retention_days ?? defaults.days;
  if ((row.payload_retention_days ?? 0) <= most) return;
  const detail = `Payloads cannot be kept for ${row.payload_retention_days} days where events are kept for ${most}.`;
  const field = payloadRetentionDays === undefined ? 'retentionDays' : 'payloadRetentionDays';
  throw invalidRequest([{ pointer: `/${field}`, detail }]);
}

export const accountRoutes: Route[] = [
  route({
    method: 'put',
    path: '/v1/accounts/:account',
    operationId: 'putAccount',
    tag: 'Accounts',
    summary: 'Make an account, or change its settings',
    description:
      'Idempotent. What is not given stays as it is; `null` removes a name, and gives back a default.',
    access: 'operator',
    createsAccount: true,
    params: accountParams,
    body: accountSettings.prefault({}),
    answers: { 200: { description: 'The account.', schema: accountSchema } },
    async handle({ params, body, caller, deps }) {
      const defaults = deps.settings.retention;
      const account = await inTransaction(deps.pool, async (db) => {
        const { account, change } = await upsertAccount(db, params.account, body);
        refuseUneven(account, defaults, body);
        if (change) {
          await writeAudit(db, {
            accountId: account.id,
            actor: actorOf(caller),
            action: `account.${change}`,
            target: account.id,
            details: {
              name: account.name,
              retentionDays: account.retention_days,
              payloadRetentionDays: account.payload_retention_days,
            },
          });
        }
        return account;
      });
      return { status: 200, body: toAccount(account, defaults) };
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
      const toItem = (row: AccountRow) => toAccount(row, deps.settings.retention);
      const page = toPage('accounts', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toItem);
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
      return { status: 200, body: toAccount(row, deps.settings.retention) };
    },
  }),
];
