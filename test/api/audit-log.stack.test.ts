import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { ACTIONS } from '../../src/console/audit/words.ts';
import { createPool } from '../../src/db/pool.ts';
import { type Endpoint, type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

interface Entry {
  id: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  details?: Record<string, unknown>;
}
type Page = { data: Entry[]; nextCursor: string | null };

let posthaste: Posthaste;
let receiver: Receiver;
let merchant: Merchant;
let endpoint: Endpoint;
/** Who makes every call that an account's key may make. */
let key: { id: string; key: string };

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste({ servesThisMachine: true }), startReceiver()]);
  merchant = await openAccount(posthaste);
  receiver.script('/', 500);
  endpoint = await merchant.endpoint({ url: receiver.url('/') });
  const made = await merchant.call<typeof key>('POST', '/keys', { name: 'all', scopes: ['read', 'write'] });
  key = made.body;
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

const list = async (query = '') => {
  const { status, body } = await merchant.call<Page>('GET', `/audit-log?limit=250${query}`);
  expect(status).toBe(200);
  return body.data;
};
const newKey = async () =>
  (await merchant.call<{ id: string }>('POST', '/keys', { name: 'k', scopes: ['read'] })).body.id;
const asleep = async () => {
  const { deliveries } = await merchant.send('order.completed');
  const id = deliveries.find(({ endpointId }) => endpointId === endpoint.id)?.id ?? '';
  await merchant.until(id, 'retrying', 30_000);
  return id;
};
const over = async () => {
  const id = await asleep();
  await merchant.command(id, 'cancel');
  await merchant.until(id, 'cancelled', 30_000);
  return id;
};
const another = async () => (await merchant.endpoint({ url: receiver.url('/'), events: ['none'] })).id;

/** A recovery that nobody works on. */
async function recovery(status: 'running' | 'paused'): Promise<string> {
  const pool = createPool(posthaste.databaseUrl, () => {}, { max: 1 });
  try {
    const { rows } = await pool.query<{ id: string }>(
      `insert into recoveries (account_id, endpoint_id, since, until, statuses, total, status)
       values ($1, $2, now() - interval '1 day', now(), '{failed}', 0, $3) returning id`,
      [merchant.id, await another(), status],
    );
    return rows[0]?.id ?? '';
  } finally {
    await pool.end();
  }
}

/** One call that does something: the path below the account, the body, what is written down, and of what. */
interface Example {
  path: string;
  body?: object;
  action: string;
  target?: string;
}

/**
 * Events and answers are no changes, for the lists of events and deliveries show them, and checking one is none; what there
 * is to do here is done before it can be paused.
 */
const NOT_HERE = ['sendEvent', 'sendEventBatch', 'checkEvent', 'pauseRecovery', 'answerListenerRequest'];

const EXAMPLES: Record<string, () => Promise<Example>> = {
  putAccount: async () => ({
    path: '',
    body: { name: 'Anew' },
    action: 'account.updated',
    target: merchant.id,
  }),
  createEndpoint: async () => ({
    path: '/endpoints',
    body: { url: receiver.url('/'), profile: 'standard', events: ['none'] },
    action: 'endpoint.created',
  }),
  updateEndpoint: async () => ({
    path: `/endpoints/${endpoint.id}`,
    body: { description: 'x', secret: `whsec_${'c2Vjc'.repeat(8)}` },
    action: 'endpoint.updated',
    target: endpoint.id,
  }),
  deleteEndpoint: async () => {
    const id = await another();
    return { path: `/endpoints/${id}`, action: 'endpoint.deleted', target: id };
  },
  pauseEndpoint: async () => {
    const id = await another();
    return { path: `/endpoints/${id}/pause`, action: 'endpoint.paused', target: id };
  },
  resumeEndpoint: async () => {
    const id = await another();
    await merchant.pause(id);
    return { path: `/endpoints/${id}/resume`, action: 'endpoint.resumed', target: id };
  },
  getEndpointSecret: async () => ({
    path: `/endpoints/${endpoint.id}/secret`,
    action: 'endpoint.secret_read',
    target: endpoint.id,
  }),
  rotateEndpointSecret: async () => ({
    path: `/endpoints/${endpoint.id}/secret/rotate`,
    body: {},
    action: 'endpoint.secret_rotated',
    target: endpoint.id,
  }),
  testEndpoint: async () => ({
    path: `/endpoints/${endpoint.id}/test`,
    body: {},
    action: 'endpoint.tested',
    target: endpoint.id,
  }),
  recoverEndpoint: async () => ({
    path: `/endpoints/${endpoint.id}/recover`,
    body: { since: new Date(Date.now() - 1000).toISOString() },
    action: 'recovery.started',
  }),
  resumeRecovery: async () => {
    const id = await recovery('paused');
    return { path: `/recoveries/${id}/resume`, action: 'recovery.resumed', target: id };
  },
  cancelRecovery: async () => {
    const id = await recovery('running');
    return { path: `/recoveries/${id}/cancel`, action: 'recovery.cancelled', target: id };
  },
  createListener: async () => ({
    path: '/listeners',
    body: { events: ['none'] },
    action: 'listener.created',
  }),
  deleteListener: async () => {
    const { body } = await merchant.call<{ id: string }>('POST', '/listeners', { events: ['none'] });
    return { path: `/listeners/${body.id}`, action: 'listener.deleted', target: body.id };
  },
  retryDelivery: async () => {
    const id = await asleep();
    return { path: `/deliveries/${id}/retry`, action: 'delivery.retried', target: id };
  },
  cancelDelivery: async () => {
    const id = await asleep();
    return { path: `/deliveries/${id}/cancel`, action: 'delivery.cancelled', target: id };
  },
  rescheduleDelivery: async () => {
    const id = await asleep();
    const body = { retrySchedule: [60, 60] };
    return { path: `/deliveries/${id}`, body, action: 'delivery.rescheduled', target: id };
  },
  resendDelivery: async () => {
    const id = await over();
    return { path: `/deliveries/${id}/resend`, action: 'delivery.resent', target: id };
  },
  expungeEventPayload: async () => {
    const { id } = await merchant.send('order.completed');
    return { path: `/events/${id}/payload`, action: 'event.payload_expunged', target: id };
  },
  createKey: async () => ({
    path: '/keys',
    body: { name: 'k', scopes: ['read'] },
    action: 'key.created',
  }),
  revokeKey: async () => {
    const id = await newKey();
    return { path: `/keys/${id}`, action: 'key.revoked', target: id };
  },
  createPortalLink: async () => ({
    path: '/portal-links',
    body: { name: 'Shop' },
    action: 'portal_link.created',
  }),
  endPortalLink: async () => {
    const { body } = await merchant.call<{ id: string }>('POST', '/portal-links', {});
    return { path: `/portal-links/${body.id}`, action: 'portal_link.ended', target: body.id };
  },
  putEventType: async () => ({
    path: '/event-types/made.here',
    body: { description: 'x' },
    action: 'event_type.created',
    target: 'made.here',
  }),
  deleteEventType: async () => {
    await merchant.call('PUT', '/event-types/gone.soon', {});
    return { path: '/event-types/gone.soon', action: 'event_type.deleted', target: 'gone.soon' };
  },
};

const changing = ROUTES.filter(
  ({ method, path, operationId }) =>
    path.includes(':account') && (method !== 'get' || operationId === 'getEndpointSecret'),
).filter(({ operationId }) => !NOT_HERE.includes(operationId));

describe('every call that changes something is in the audit log, with who made it', () => {
  test.each(changing.map((route) => [route.operationId, route] as const))(
    '%s',
    async (operationId, { method, access }) => {
      const example = EXAMPLES[operationId];
      if (!example)
        throw new Error(`there is no example of ${operationId}: say how it is called, and what is audited`);
      const { path, body, action, target } = await example();
      // So that the console's filter offers it.
      expect(ACTIONS).toContain(action);
      const isOperators = access === 'operator';
      const headers = isOperators ? {} : { authorization: `Bearer ${key.key}` };
      const before = await list();
      const { status, body: answer } = await merchant.call(method.toUpperCase(), path, body, headers);
      expect([status, answer]).toEqual([expect.toSatisfy((code: number) => code < 300), answer]);
      const actor = isOperators ? 'operator' : key.id;
      const fresh = (await list()).filter(({ id }) => !before.some((entry) => entry.id === id));
      const entry = fresh.find((one) => one.action === action && one.actor === actor);
      expect(entry, JSON.stringify(fresh)).toBeDefined();
      if (target !== undefined) expect(entry?.target).toBe(target);
      expect(Math.abs(Date.parse(entry?.at ?? '') - Date.now())).toBeLessThan(60_000);
    },
    60_000,
  );
});

describe('the audit log', () => {
  test('is filtered by actor, action, target and time, newest first', async () => {
    const id = await newKey();
    await merchant.call('DELETE', `/keys/${id}`, undefined, { authorization: `Bearer ${key.key}` });
    const entries = await list(`&target=${id}`);
    expect(entries).toMatchObject([
      { actor: key.id, action: 'key.revoked', target: id },
      {
        actor: 'operator',
        action: 'key.created',
        target: id,
        details: { name: 'k', scopes: ['read'], expiresAt: null },
      },
    ]);
    expect(entries[0]).not.toHaveProperty('details');
    expect(await list(`&target=${id}&actor=operator`)).toEqual([entries[1]]);
    expect(await list(`&target=${id}&action=key.revoked`)).toEqual([entries[0]]);
    const [revoked, created] = entries.map(({ at }) => encodeURIComponent(at));
    const untilLater = new Date(Date.parse(entries[0]?.at ?? '') + 1).toISOString();
    expect(await list(`&target=${id}&until=${created}`)).toEqual([]);
    expect((await list(`&target=${id}&since=${revoked}&until=${untilLater}`))[0]).toEqual(entries[0]);
  });

  test('goes on where the page before ended, each entry once', async () => {
    for (let n = 0; n < 5; n++) await newKey();
    const all = await list('&action=key.created');
    const seen: Entry[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: { body: Page } = await merchant.call(
        'GET',
        `/audit-log?action=key.created&limit=2${query}`,
      );
      seen.push(...body.data);
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(all);
  });

  test.each([
    [
      'cursor',
      Buffer.from(JSON.stringify([1, 'audit-log', '2026-01-01T00:00:00.000000Z', 'x'])).toString('base64url'),
    ],
    ['cursor', 'x'],
    ['since', 'yesterday'],
    ['limit', '0'],
  ])('a wrong %s is a 400 that names it', async (parameter, value) => {
    const { status, body } = await merchant.call<Problem>('GET', `/audit-log?${parameter}=${value}`);
    expect([status, body.errors?.[0]?.parameter]).toEqual([400, parameter]);
  });

  test.each([
    ['engine', "update audit_log set actor = 'nobody'"],
    ['tenant', "update audit_log set actor = 'nobody'"],
    ['tenant', 'delete from audit_log'],
  ] as const)('cannot be changed afterwards by the %s: %s', async (role, statement) => {
    const pool = createPool(posthaste.databaseUrl, () => {}, { role, max: 1 });
    try {
      await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
    } finally {
      await pool.end();
    }
  });

  test('says what a change made of an endpoint, without its secret, its headers’ values and its URL’s query', async () => {
    const token = (n: number) => `query-token-${n}`;
    const value = (n: number) => `header-value-${n}`;
    const secret = `whsec_${'bmV3'.repeat(8)}`;
    const { id } = await merchant.endpoint({
      url: receiver.url(`/old?k=${token(1)}`),
      events: ['none'],
      headers: { Authorization: value(1), 'X-Gone': value(2), 'X-Same': value(3) },
    });
    const change = async (body: object) => {
      expect((await merchant.call('PATCH', `/endpoints/${id}`, body)).status).toBe(200);
      return (await list(`&target=${id}&action=endpoint.updated`))[0]?.details;
    };
    const [created] = await list(`&target=${id}`);
    const first = {
      url: `${receiver.url('/old')}?…`,
      events: ['none'],
      description: null,
      headers: ['X-Gone', 'X-Same', 'Authorization'],
      retryJitter: 0,
      timeoutMs: null,
      retryOn: null,
      maxConcurrency: null,
    };
    expect(created?.details).toMatchObject({ ...first, headers: expect.arrayContaining(first.headers) });
    const to = {
      url: `${receiver.url('/new')}?…`,
      events: ['none', 'other.*'],
      description: 'Anew',
      retrySchedule: [60, 120],
      retryJitter: 0.3,
      timeoutMs: 2000,
      retryOn: [409],
      maxConcurrency: 3,
    };
    const headers = { Authorization: value(4), 'X-New': value(5), 'X-Same': value(3) };
    const details = await change({ ...to, url: receiver.url(`/new?k=${token(2)}`), headers, secret });
    const before = created?.details ?? {};
    expect(details).toEqual({
      fields: expect.arrayContaining([...Object.keys(to), 'headers', 'secret']),
      changes: {
        ...Object.fromEntries(Object.entries(to).map(([name, is]) => [name, { from: before[name], to: is }])),
        headers: {
          from: before.headers,
          to: expect.toSatisfy((names: string[]) => names.toSorted().join() === 'Authorization,X-New,X-Same'),
          changed: ['Authorization'],
        },
      },
    });
    // A field that is given and stays what it was is no change; a query alone is one, though it cannot be seen.
    expect(await change({ timeoutMs: 2000, url: receiver.url(`/new?k=${token(3)}`) })).toEqual({
      fields: expect.arrayContaining(['timeoutMs', 'url']),
      changes: { url: { from: to.url, to: to.url } },
    });
    expect(await change({ retryOn: null, headers: null })).toMatchObject({
      changes: { retryOn: { from: [409], to: null }, headers: { to: [], changed: [] } },
    });
    const text = JSON.stringify(await list());
    for (const word of ['query-token', 'header-value', secret, 'bmV3']) expect(text).not.toContain(word);
  });

  test('holds no secret and no key', async () => {
    const { secret } = await merchant.rotate(endpoint.id);
    const text = JSON.stringify(await list());
    for (const word of [secret, key.key, 'whsec_']) expect(text).not.toContain(word);
  });
});
