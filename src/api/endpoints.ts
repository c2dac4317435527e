import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { deleteEndpoint } from '../db/endpoint-deletion.ts';
import { forgetFailures } from '../db/endpoint-health.ts';
import {
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  rotateSecret,
  updateEndpoint,
} from '../db/endpoints.ts';
import { releaseWaiting } from '../db/lane-waits.ts';
import { signalOpenDeliveries } from '../db/outbox.ts';
import { wakeParkedOfLocked } from '../db/parking.ts';
import { inTransaction } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { newSecret } from '../profiles/secret.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, accountParams } from './contracts.ts';
import { audit, changesOf, changing, shownSettings } from './endpoint-change.ts';
import {
  endpointPatchSchema,
  endpointSchema,
  endpointWithSecretSchema,
  newEndpointSchema,
  patched,
  toEndpoint,
} from './endpoint-contract.ts';
import { MOST_ENDPOINTS, refuseBadUrl, refuseForeignTypes, refuseFullAccount } from './endpoint-refusals.ts';
import { refuseBadSecret, secretRoutes } from './endpoint-secrets.ts';
import { statusRoutes } from './endpoint-status.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { type Route, route } from './route.ts';

/** Deliveries waiting in ordered lanes that go at once when their endpoint changes; the rest is left to a duty. */
const MOST_MOVED = 1000;

const create = route({
  method: 'post',
  path: '/v1/accounts/:account/endpoints',
  operationId: 'createEndpoint',
  tag: 'Endpoints',
  summary: 'Subscribe a URL',
  description: `An account has at most ${MOST_ENDPOINTS} endpoints; one more is a 422 \`too_many_endpoints\`.`,
  access: 'write',
  portal: true,
  params: accountParams,
  body: newEndpointSchema,
  answers: { 201: { description: 'The endpoint, with its secret.', schema: endpointWithSecretSchema } },
  async handle({ params, body, caller, deps }) {
    refuseForeignTypes(body.profile, body.events);
    const secret = body.secret ?? newSecret();
    refuseBadSecret(body.profile, secret);
    await refuseBadUrl(deps, body.url);
    const row = await inTransaction(deps.pool, async (db) => {
      await refuseFullAccount(db, params.account);
      const made = await insertEndpoint(db, {
        accountId: params.account,
        profile: body.profile,
        secretSealed: deps.vault.seal(secret),
        url: body.url,
        events: body.events,
        description: body.description ?? null,
        headers: body.headers ?? {},
        retryScheduleS: body.retrySchedule ?? null,
        retryJitter: body.retryJitter ?? 0,
        timeoutMs: body.timeoutMs ?? null,
        retryOn: body.retryOn ?? null,
        maxConcurrency: body.maxConcurrency ?? null,
        ordered: body.ordered ?? false,
        orderedMaxWaitS: body.orderedMaxWait ?? null,
      });
      await audit(db, caller, made, 'created', { profile: made.profile, ...shownSettings(made) });
      return made;
    });
    return { status: 201, body: { ...toEndpoint(row), secret } };
  },
});

const list = route({
  method: 'get',
  path: '/v1/accounts/:account/endpoints',
  operationId: 'listEndpoints',
  tag: 'Endpoints',
  summary: 'List the endpoints, newest first',
  access: 'read',
  portal: true,
  params: accountParams,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of endpoints.', schema: pageSchema(endpointSchema) } },
  async handle({ params, query, deps }) {
    const rows = await listEndpoints(deps.pool, params.account, pageRequest('endpoints', query));
    const page = toPage('endpoints', query, rows, (row) => ({ at: row.cursor_at, id: row.id }), toEndpoint);
    return { status: 200, body: page };
  },
});

const get = route({
  method: 'get',
  path: '/v1/accounts/:account/endpoints/:id',
  operationId: 'getEndpoint',
  tag: 'Endpoints',
  summary: 'Read an endpoint',
  access: 'read',
  portal: true,
  params: accountAndIdParams,
  answers: { 200: { description: 'The endpoint.', schema: endpointSchema } },
  async handle({ params, deps }) {
    const row = await findEndpoint(deps.pool, params.account, params.id);
    if (!row) throw notFound('endpoint', params.id);
    return { status: 200, body: toEndpoint(row) };
  },
});

const patch = route({
  method: 'patch',
  path: '/v1/accounts/:account/endpoints/:id',
  operationId: 'updateEndpoint',
  tag: 'Endpoints',
  summary: 'Change an endpoint',
  description:
    'What is changed holds for deliveries already asleep, too. `null` gives a setting its default back. `ordered` holds ' +
    'for events accepted from then on; when it is taken back, those that wait for another go at once.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  body: endpointPatchSchema,
  answers: { 200: { description: 'The endpoint as it is now.', schema: endpointSchema } },
  async handle({ params, body, caller, deps }) {
    // Existence first: what is wrong with a body is nobody's business where there is nothing.
    const found = await findEndpoint(deps.pool, params.account, params.id);
    if (!found) throw notFound('endpoint', params.id);
    if (body.events) refuseForeignTypes(found.profile, body.events);
    if (body.secret !== undefined) refuseBadSecret(found.profile, body.secret);
    if (body.url !== undefined) await refuseBadUrl(deps, body.url);
    const { row, released } = await changing(deps.pool, params, async (before, db) => {
      if (body.url !== undefined && body.url !== before.url) await forgetFailures(db, before.id);
      const after = await updateEndpoint(db, before.id, patched(before, body));
      if (body.secret !== undefined) await rotateSecret(db, after.id, deps.vault.seal(body.secret), 0);
      await audit(db, caller, after, 'updated', {
        fields: Object.keys(body),
        changes: changesOf(before, after),
      });
      if (!isDeepStrictEqual(toEndpoint(before).retrySchedule, toEndpoint(after).retrySchedule)) {
        await signalOpenDeliveries(db, after.id, actorOf(caller));
      }
      await wakeParkedOfLocked(db, [after.id]);
      const goesOutOfOrder = before.ordered && !after.ordered;
      return { row: after, released: goesOutOfOrder ? await releaseWaiting(db, after.id, MOST_MOVED) : [] };
    });
    deps.relay.offer(released);
    deps.relay.poke();
    return { status: 200, body: toEndpoint(row) };
  },
});

const remove = route({
  method: 'delete',
  path: '/v1/accounts/:account/endpoints/:id',
  operationId: 'deleteEndpoint',
  tag: 'Endpoints',
  summary: 'Delete an endpoint',
  description: 'Deliveries to it that are not over end as `failed` with the reason `endpoint_deleted`.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  answers: { 204: { description: 'It is gone.', schema: null } },
  async handle({ params, caller, deps }) {
    await changing(deps.pool, params, async (row, db) => {
      await deleteEndpoint(db, { id: row.id, accountId: row.account_id }, actorOf(caller));
    });
    deps.relay.poke();
    return { status: 204 };
  },
});

export const endpointRoutes: Route[] = [create, list, get, patch, remove, ...statusRoutes, ...secretRoutes];
