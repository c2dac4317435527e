import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import { deleteEndpoint } from '../db/endpoint-deletion.ts';
import { findEndpoint, insertEndpoint } from '../db/endpoints.ts';
import { MOST_WAITING } from '../db/listener-requests.ts';
import { countListeners, findListener, insertListener, newListenerId } from '../db/listeners.ts';
import { inTransaction } from '../db/pool.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { DEFAULT_UNREAD_MS } from '../domain/listener.ts';
import { newSecret } from '../profiles/secret.ts';
import { hashOfKey } from './auth.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, accountParams, profileName, resourceId, timestamp } from './contracts.ts';
import { audit, shownSettings } from './endpoint-change.ts';
import { newEndpointSchema } from './endpoint-contract.ts';
import { refuseForeignTypes, refuseFullAccount } from './endpoint-refusals.ts';
import { type Route, route } from './route.ts';

/** Most listeners of one account. */
const MOST_LISTENERS = 10;

const newListener = z
  .strictObject({
    profile: profileName.optional().describe('Default `standard`.'),
    events: newEndpointSchema.shape.events.optional(),
    description: newEndpointSchema.shape.description,
  })
  .meta({ id: 'NewListener' });

const listenerSchema = z
  .object({
    id: resourceId,
    endpointId: resourceId.describe('The endpoint that was made for it, and goes with it.'),
    secret: z.string().describe('Signs the deliveries.'),
    profile: profileName,
    events: z.array(z.string()),
    expiresAt: timestamp.describe('When it ends, unless somebody reads its requests by then.'),
  })
  .meta({ id: 'Listener' });

const create = route({
  method: 'post',
  path: '/v1/accounts/:account/listeners',
  operationId: 'createListener',
  tag: 'Listeners',
  summary: 'Have deliveries come to whoever listens',
  description:
    'Makes an endpoint for a client that cannot be called from outside, such as a server on a developer’s machine. ' +
    'Deliveries to it are signed, logged and retried like all others; each request is held until the client that reads ' +
    '`…/requests` has answered it. While nobody reads, and for more than ' +
    `${MOST_WAITING} that wait at a time, the answer is a 503. A listener that nobody reads for ` +
    `${DEFAULT_UNREAD_MS / 1000} seconds ends, and its endpoint is deleted. An account has at most ${MOST_LISTENERS}; one ` +
    'more is a 422 `too_many_listeners`.',
  access: 'write',
  portal: true,
  params: accountParams,
  body: newListener,
  answers: { 201: { description: 'The listener; read its requests next.', schema: listenerSchema } },
  async handle({ params: { account }, body, caller, deps }) {
    const { profile = 'standard', events = ['*'], description } = body;
    refuseForeignTypes(profile, events);
    const publicUrl = deps.settings.publicUrl?.();
    if (publicUrl === undefined) {
      const detail = 'The operator has not set POSTHASTE_PUBLIC_URL, so there is no address to deliver to.';
      throw new AppError(422, 'public_url_not_set', detail);
    }
    const fault = await deps.judgeUrl(publicUrl);
    if (fault) {
      const detail = `Deliveries may not go to POSTHASTE_PUBLIC_URL: ${fault.detail}`;
      throw new AppError(400, 'address_not_allowed', detail);
    }
    const secret = newSecret();
    const token = `lsnt_${randomBytes(32).toString('base64url')}`;
    const made = await inTransaction(deps.pool, async (db) => {
      await refuseFullAccount(db, account);
      if ((await countListeners(db, account)) >= MOST_LISTENERS) {
        const detail = `An account has at most ${MOST_LISTENERS} listeners; end one that is not needed.`;
        throw new AppError(422, 'too_many_listeners', detail);
      }
      const id = await newListenerId(db);
      const endpoint = await insertEndpoint(db, {
        accountId: account,
        profile,
        secretSealed: deps.vault.seal(secret),
        url: `${publicUrl}/listen/${id}/${token}`,
        events,
        description: description ?? null,
        headers: {},
        retryScheduleS: null,
        retryJitter: 0,
        timeoutMs: null,
        retryOn: null,
        maxConcurrency: MOST_WAITING,
        ordered: false,
        orderedMaxWaitS: null,
      });
      const listener = { id, accountId: account, endpointId: endpoint.id, tokenHash: hashOfKey(token) };
      const unreadSince = await insertListener(db, listener);
      await audit(db, caller, endpoint, 'created', { profile, ...shownSettings(endpoint) });
      await writeAudit(db, {
        accountId: account,
        actor: actorOf(caller),
        action: 'listener.created',
        target: id,
        details: { endpointId: endpoint.id },
      });
      return { id, endpointId: endpoint.id, unreadSince };
    });
    const { id, endpointId, unreadSince } = made;
    const { listenerUnreadMs = DEFAULT_UNREAD_MS } = deps.settings;
    const expiresAt = new Date(unreadSince.getTime() + listenerUnreadMs).toISOString();
    return { status: 201, body: { id, endpointId, secret, profile, events, expiresAt } };
  },
});

const remove = route({
  method: 'delete',
  path: '/v1/accounts/:account/listeners/:id',
  operationId: 'deleteListener',
  tag: 'Listeners',
  summary: 'End a listener, with its endpoint',
  description: 'Deliveries to it that are not over end as `failed` with the reason `endpoint_deleted`.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  answers: { 204: { description: 'Both are gone.', schema: null } },
  async handle({ params: { account, id }, caller, deps }) {
    const by = actorOf(caller);
    await inTransaction(deps.pool, async (db) => {
      const listener = await findListener(db, account, id);
      const endpoint = listener && (await findEndpoint(db, account, listener.endpoint_id, { lock: true }));
      if (!endpoint) throw notFound('listener', id);
      await writeAudit(db, { accountId: account, actor: by, action: 'listener.deleted', target: id });
      await deleteEndpoint(db, { id: endpoint.id, accountId: account }, by);
    });
    deps.wakeUps.wake(id);
    deps.relay.poke();
    return { status: 204 };
  },
});

export const listenerRoutes: Route[] = [create, remove];
