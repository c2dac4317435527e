import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import { countWithin } from '../db/counting-limit.ts';
import { findEndpoint } from '../db/endpoints.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
import { findOpenRecovery, findRecovery, insertRecovery, listRecoveries } from '../db/recoveries.ts';
import { countRecoverable } from '../db/recovery-page.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, accountParams, resourceId } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { invalidRequest } from './problem.ts';
import { recoveryCommandRoutes } from './recovery-commands.ts';
import { recoverBody, recoveryAnswer, recoveryCount, toRecovery } from './recovery-contract.ts';
import { type Route, route } from './route.ts';

const RECOVERIES = '/v1/accounts/:account/recoveries';
/** Of one statement. */
const COUNTED_WITHIN_S = 10;

const recover = route({
  method: 'post',
  path: '/v1/accounts/:account/endpoints/:id/recover',
  operationId: 'recoverEndpoint',
  tag: 'Recoveries',
  summary: 'Send again what did not arrive',
  description:
    'Starts a workflow that makes a new delivery, oldest first, for each event whose deliveries to this endpoint ' +
    'have all ended without a success. It keeps at most 100 new deliveries waiting at a time; while the endpoint is ' +
    'paused or disabled these are held, and the recovery waits. Ask with `dryRun` first to know how many there are. ' +
    'An endpoint has one recovery at a time: a second is a 409 that names the first.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  body: recoverBody,
  answers: {
    200: { description: 'With `dryRun`: what would be sent again.', schema: recoveryCount },
    202: { description: 'The recovery; it goes on by itself.', schema: recoveryAnswer },
  },
  async handle({ params: { account, id: endpointId }, body, caller, deps }) {
    if (body.until && body.until <= body.since) {
      throw invalidRequest([{ pointer: '/until', detail: 'Expected a time after `since`.' }]);
    }
    const scope = { accountId: account, endpointId, ...body, statuses: body.status };
    const decide = async (db: Queryable) => {
      if (!(await findEndpoint(db, account, endpointId))) throw notFound('endpoint', endpointId);
      const { total, resendable, until } = await countWithin(db, COUNTED_WITHIN_S, () =>
        countRecoverable(db, scope),
      );
      // It is now at the latest, by the database's clock.
      if (body.since > until) {
        throw invalidRequest([{ pointer: '/since', detail: 'Expected a time that is past.' }]);
      }
      if (body.dryRun) return { total, resendable, until };

      const made = await insertRecovery(db, scope, total);
      if (!made) throw alreadyOpen(endpointId, (await findOpenRecovery(db, account, endpointId))?.id);
      await writeAudit(db, {
        accountId: account,
        actor: actorOf(caller),
        action: 'recovery.started',
        target: made.id,
        details: { endpointId, since: made.since, until: made.until, statuses: made.statuses, total },
      });
      return made;
    };
    // A start is nobody else's answer.
    const question = body.dryRun ? JSON.stringify(scope) : undefined;
    const answer = await deps.countingTurns.inTurn(account, question, () => inTransaction(deps.pool, decide));
    if ('resendable' in answer) {
      const { total, resendable, until } = answer;
      const counted = { count: resendable, skipped: total - resendable };
      const span = { since: body.since.toISOString(), until: until.toISOString() };
      return { status: 200, body: { endpointId, ...span, statuses: body.status, ...counted } };
    }
    deps.recoveries.offer({ id: answer.id, accountId: account, endpointId });
    return { status: 202, body: toRecovery(answer) };
  },
});

function alreadyOpen(endpointId: string, recoveryId: string | undefined): AppError {
  return new AppError(
    409,
    'recovery_open',
    `The endpoint "${endpointId}" has a recovery that has not ended${recoveryId ? `: "${recoveryId}"` : ''}. ` +
      'Wait for its end, or cancel it.',
  );
}

const list = route({
  method: 'get',
  path: RECOVERIES,
  operationId: 'listRecoveries',
  tag: 'Recoveries',
  summary: 'List recoveries, newest first',
  access: 'read',
  portal: true,
  params: accountParams,
  query: z.strictObject({ ...pageQuery, endpointId: resourceId.optional() }),
  answers: { 200: { description: 'A page of recoveries.', schema: pageSchema(recoveryAnswer) } },
  async handle({ params, query, deps }) {
    const request = pageRequest('recoveries', query);
    const rows = await listRecoveries(deps.pool, params.account, query.endpointId, request);
    const page = toPage('recoveries', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toRecovery);
    return { status: 200, body: page };
  },
});

const get = route({
  method: 'get',
  path: `${RECOVERIES}/:id`,
  operationId: 'getRecovery',
  tag: 'Recoveries',
  summary: 'Read how far a recovery has come',
  access: 'read',
  portal: true,
  params: accountAndIdParams,
  answers: { 200: { description: 'The recovery.', schema: recoveryAnswer } },
  async handle({ params, deps }) {
    const row = await findRecovery(deps.pool, params.account, params.id);
    if (!row) throw notFound('recovery', params.id);
    return { status: 200, body: toRecovery(row) };
  },
});

export const recoveryRoutes: Route[] = [recover, list, get, ...recoveryCommandRoutes];
