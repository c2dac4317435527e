import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { STREAM_LIMITS } from '../../src/api/event-stream.ts';
import { MOST_PORTAL_LINKS } from '../../src/api/portal-links.ts';
import type { Problem } from '../../src/api/problem.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { retentionDuty } from '../../src/dispatch/retention.ts';
import { DEFAULT_RETENTION } from '../../src/domain/retention.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import { listenTo } from '../support/event-source.ts';
import { type Belongings, furnish } from '../support/two-accounts.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

interface Link {
  id: string;
  account: string;
  scopes: string[];
  allowedOrigins: string[];
  createdAt: string;
  expiresAt: string;
  url: string;
}

/** What a link may not do; everything else that is not the operator's, it may. A new route is none of a portal's until it says so. */
const CLOSED = [
  'createKey',
  'createPortalLink',
  'endPortalLink',
  'getAccount',
  'getInboxRequest',
  'listAccounts',
  'listAuditLog',
  'listInboxRequests',
  'listKeys',
  'listPortalLinks',
  'putAccount',
  'revokeKey',
];

let served: ServedApi;
let belongings: Belongings;

beforeAll(async () => {
  served = await serveApi();
  belongings = await furnish(served.pool, 'acme', served.vault.seal(newSecret()));
});
afterAll(() => served.stop());

const LINKS = '/v1/accounts/acme/portal-links';
const as = (key: string) => ({ authorization: `Bearer ${key}` });
const make = async (body?: object, account = 'acme') => {
  const path = `/v1/accounts/${account}/portal-links`;
  const { status, body: link } = await served.api.call<Link>('POST', path, body);
  expect([status, link]).toEqual([201, link]);
  return { ...link, token: link.url.split('#')[1] ?? '' };
};
const get = (path: string, token: string) => served.api.call<Problem>('GET', path, undefined, as(token));
const list = async () => (await served.api.call<{ data: Link[] }>('GET', LINKS)).body.data;
const refused = async (body: object, key?: string) => {
  const answer = await served.api.call<Problem>('POST', LINKS, body, key === undefined ? {} : as(key));
  return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
};

test('a link opens the account for an hour, and is shown once', async () => {
  const made = await make();
  const { url, token, ...shown } = made;
  expect(url).toBe(`https://hooks.example/portal/${made.id}#${token}`);
  expect(token).toMatch(/^ph_portal_[\w-]{43}$/);
  expect(shown).toMatchObject({ account: 'acme', scopes: ['read', 'write'], allowedOrigins: [] });
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(3_600_000);
  expect((await get('/v1/accounts/acme/endpoints', token)).status).toBe(200);
  expect(await list()).toContainEqual(shown);
  expect(JSON.stringify(await list())).not.toContain(token);
});

test('what it shows and how it looks is told to its token alone', async () => {
  const look = { name: 'Acme Webhooks', color: '#0f766e', logo: 'https://acme.example/logo.svg' };
  const made = await make({
    ...look,
    scopes: ['read'],
    expiresIn: 60,
    allowedOrigins: ['https://acme.example'],
  });
  expect(made).toMatchObject({
    name: look.name,
    color: look.color,
    allowedOrigins: ['https://acme.example'],
  });
  expect((await get('/v1/me', made.token)).body).toEqual({
    kind: 'account',
    account: 'acme',
    scopes: ['read'],
    expiresAt: made.expiresAt,
    portal: { id: made.id, ...look },
    version: 'test',
    inbox: true,
  });
  expect((await get('/v1/me', await served.keyOf('acme'))).body).not.toHaveProperty('portal');
  expect((await get('/v1/me', (await make()).token)).body).toMatchObject({
    portal: { id: expect.any(String) },
  });
});

describe('a link ends at once', () => {
  test('when it is ended', async () => {
    const { id, token } = await make();
    expect((await get('/v1/me', token)).status).toBe(200);
    expect((await served.api.call('DELETE', `${LINKS}/${id}`)).status).toBe(204);
    expect(await get('/v1/me', token)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect((await served.api.call('DELETE', `${LINKS}/${id}`)).status).toBe(404);
    expect((await list()).map((link) => link.id)).not.toContain(id);
  });

  test('when its time is over, and its row goes soon after', async () => {
    const { id, token } = await make();
    await served.pool.query("update portal_links set expires_at = now() + interval '1 s' where id = $1", [
      id,
    ]);
    expect((await get('/v1/me', token)).status).toBe(200);
    await waitUntil(
      async () => (await get('/v1/me', token)).status,
      (status) => status === 401,
    );
    expect((await list()).map((link) => link.id)).not.toContain(id);
    expect((await served.api.call('DELETE', `${LINKS}/${id}`)).status).toBe(404);
    const live = await make();
    await retentionDuty({ pool: served.pool, defaults: DEFAULT_RETENTION }).run();
    const { rows } = await served.pool.query('select id from portal_links where id = any($1)', [
      [id, live.id],
    ]);
    expect(rows).toEqual([{ id: live.id }]);
  });

  test('when its account is deleted', async () => {
    await served.pool.query("insert into accounts (id) values ('leaving')");
    const { body } = await served.api.call<Link>('POST', '/v1/accounts/leaving/portal-links', {});
    const token = body.url.split('#')[1] ?? '';
    expect((await get('/v1/accounts/leaving/endpoints', token)).status).toBe(200);
    await served.pool.query("delete from accounts where id = 'leaving'");
    expect((await get('/v1/accounts/leaving/endpoints', token)).status).toBe(401);
  });

  test('for a stream that is open, too', async () => {
    const { id, token } = await make();
    const source = await listenTo(`${served.url}/v1/accounts/acme/deliveries/tail`, as(token));
    onTestFinished(() => source.close());
    expect(source.status).toBe(200);
    await served.api.call('DELETE', `${LINKS}/${id}`);
    await source.ended;
  });
});

test('a link has so many streams and no more, and leaves others to the account', async () => {
  const [link, another] = [await make(), await make()];
  const path = '/v1/accounts/acme/deliveries/tail';
  const open = async (key: string) => {
    const source = await listenTo(served.url + path, as(key));
    onTestFinished(() => source.close());
    return source;
  };
  const own = await Promise.all(
    Array.from({ length: STREAM_LIMITS.mostOfPortalLink }, () => open(link.token)),
  );
  expect(own.map(({ status }) => status)).toEqual(own.map(() => 200));
  const { status, body } = await get(path, link.token);
  expect([status, body.code, body.detail]).toEqual([
    429,
    'too_many_streams',
    expect.stringContaining('portal link'),
  ]);
  expect((await open(another.token)).status).toBe(200);
  expect((await open(await served.keyOf('acme'))).status).toBe(200);
  own[0]?.close();
  await waitUntil(async () => (await open(link.token)).status === 200);
});

test('the token is kept as its hash only', async () => {
  const { id, token } = await make();
  const { rows } = await served.pool.query('select * from portal_links where id = $1', [id]);
  expect(rows[0].hash).toEqual(createHash('sha256').update(token).digest());
  const everything = await served.pool.query(
    `select to_jsonb(t)::text as row from portal_links t union all select to_jsonb(t)::text from audit_log t`,
  );
  expect(everything.rows.length).toBeGreaterThan(1);
  for (const { row } of everything.rows) expect(row).not.toContain(token.slice('ph_portal_'.length));
});

test('a token that is no key of a link is a 401 as any other, told apart by nothing', async () => {
  const { id, token } = await make();
  await served.api.call('DELETE', `${LINKS}/${id}`);
  const answers = await Promise.all(
    [token, `${token}x`, 'ph_portal_', 'ph_unknown'].map(async (key) => {
      const { status, body } = await get('/v1/me', key);
      return JSON.stringify([status, body]);
    }),
  );
  expect(new Set(answers).size).toBe(1);
});

describe('of all calls a link', () => {
  test('reaches those that say so, and no others', () => {
    const closed = ROUTES.filter(({ portal }) => !portal).map(({ operationId }) => operationId);
    expect(closed.toSorted()).toEqual(CLOSED);
  });

  const pathOf = (path: string, account: string, own: Belongings) => {
    const ids: Record<string, string> = {
      endpoints: own.endpoint,
      events: own.event,
      deliveries: own.delivery,
      recoveries: own.recovery,
      keys: own.key,
      'portal-links': own.portalLink,
      listeners: own.listener,
      requests: own.listenerRequest,
      'event-types': path.includes(':account') ? own.eventType : 'order.completed',
      attempts: '1',
    };
    return path
      .replace(':account', account)
      .replace(/([^/]+)\/:\w+/g, (_all, part: string) => `${part}/${ids[part]}`);
  };

  test.each(ROUTES.map((route) => [route.operationId, route] as const))(
    '%s: is let in or refused as the table says, and never to another account',
    async (operationId, { method, path }) => {
      const account = `of-${operationId}`;
      const own = await furnish(served.pool, account, served.vault.seal(newSecret()));
      const { token } = await make({}, account);
      const call = async (of: string) => {
        const takesBody = ['post', 'put', 'patch'].includes(method);
        const response = await fetch(served.url + pathOf(path, of, own), {
          method: method.toUpperCase(),
          headers: { ...as(token), 'content-type': 'application/json' },
          ...(takesBody && { body: '{}' }),
        });
        if (!response.headers.get('content-type')?.includes('problem')) await response.body?.cancel();
        const code = response.status < 400 ? undefined : ((await response.json()) as Problem).code;
        return { status: response.status, code };
      };
      const answer = await call(account);
      if (CLOSED.includes(operationId)) expect(answer).toEqual({ status: 403, code: 'forbidden' });
      else expect([401, 403, 404, 405], JSON.stringify(answer)).not.toContain(answer.status);
      if (!path.includes(':account')) return;
      for (const another of ['acme', 'nobody'])
        expect(await call(another)).toEqual({ status: 404, code: 'not_found' });
    },
  );

  test('writes nothing when it may only read', async () => {
    const { token } = await make({ scopes: ['read'] });
    const body = { url: 'https://acme.example/', profile: 'standard', events: ['*'] };
    const answer = await served.api.call<Problem>('POST', '/v1/accounts/acme/endpoints', body, as(token));
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});

test('what is done with it is audited under its id', async () => {
  const { id, token } = await make({ name: 'Acme', allowedOrigins: ['https://acme.example'] });
  const pause = `/v1/accounts/acme/endpoints/${belongings.endpoint}/pause`;
  expect((await served.api.call('POST', pause, undefined, as(token))).status).toBe(200);
  await served.api.call('DELETE', `${LINKS}/${id}`);
  const { rows } = await served.pool.query(
    'select actor, action, target, details from audit_log where actor = $1 or target = $1 order by id',
    [id],
  );
  expect(rows).toMatchObject([
    {
      actor: 'operator',
      action: 'portal_link.created',
      target: id,
      details: { name: 'Acme', scopes: ['read', 'write'], allowedOrigins: ['https://acme.example'] },
    },
    { actor: id, action: 'endpoint.paused', target: belongings.endpoint },
    { actor: 'operator', action: 'portal_link.ended', target: id },
  ]);
});

test('a key makes links that may no more than it may, and last no longer', async () => {
  const reader = await served.keyOf('acme', ['read']);
  const writer = await served.keyOf('acme', ['write']);
  const both = await served.keyOf('acme');
  expect(await refused({}, reader)).toEqual([403, 'forbidden', undefined]);
  expect(await refused({ scopes: ['read'] }, writer)).toEqual([403, 'forbidden', undefined]);
  expect((await refused({}, both))[0]).toBe(201);
  const ending = await served.api.call<{ key: string }>('POST', '/v1/accounts/acme/keys', {
    name: 'ending',
    scopes: ['read', 'write'],
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
  });
  expect(await refused({}, ending.body.key)).toEqual([403, 'forbidden', '/expiresIn']);
  expect((await refused({ expiresIn: 300 }, ending.body.key))[0]).toBe(201);
});

test('without a public address there is no link', async () => {
  const other = await serveApi({ publicUrl: null });
  onTestFinished(() => other.stop());
  await other.api.call('PUT', '/v1/accounts/acme');
  const { status, body } = await other.api.call<Problem>('POST', LINKS, {});
  expect([status, body.code]).toEqual([422, 'public_url_not_set']);
  expect(body.detail).toContain('POSTHASTE_PUBLIC_URL');
});

test(`an account has at most ${MOST_PORTAL_LINKS} links, and those that have ended do not count`, async () => {
  await served.api.call('PUT', '/v1/accounts/full');
  await served.pool.query(
    `insert into portal_links (account_id, hash, scopes, allowed_origins, expires_at)
     select 'full', sha256(('full' || n)::bytea), '{read}', '{}', now() + case when n > $1 then '-1 s' else '1 h' end::interval
     from generate_series(1, $1::int + 50) n`,
    [MOST_PORTAL_LINKS - 1],
  );
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => served.api.call<Problem>('POST', '/v1/accounts/full/portal-links', {})),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422, 422]);
  expect(answers.find(({ status }) => status === 422)?.body.code).toBe('too_many_portal_links');
});

const PNG = 'data:image/png;base64,iVBORw0KGgo=';

describe('a body', () => {
  test.each([
    [{ expiresIn: 60 }],
    [{ expiresIn: 86_400 }],
    [{ scopes: ['read'] }],
    [{ color: '#ABCDEF' }],
    [{ logo: PNG }],
    [{ logo: `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg"/>')}` }],
    [{ logo: 'https://cdn.example:8443/a/logo.png?v=1' }],
    [
      {
        allowedOrigins: [
          'https://a.example',
          'https://a.example:8443',
          'http://localhost:5173',
          'http://127.0.0.1:1',
        ],
      },
    ],
  ])('%j is taken', async (body) => {
    expect((await refused(body))[0]).toBe(201);
  });

  test.each<[object, string]>([
    [{ expiresIn: 59 }, '/expiresIn'],
    [{ expiresIn: 86_401 }, '/expiresIn'],
    [{ expiresIn: 90.5 }, '/expiresIn'],
    [{ scopes: [] }, '/scopes'],
    [{ scopes: ['write'] }, '/scopes'],
    [{ scopes: ['read', 'read'] }, '/scopes'],
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(101) }, '/name'],
    [{ color: 'teal' }, '/color'],
    [{ color: '#0f766e;' }, '/color'],
    [{ logo: 'http://acme.example/logo.png' }, '/logo'],
    [{ logo: 'https://acme.example;script-src.example/logo.png' }, '/logo'],
    [{ logo: 'https://*/logo.png' }, '/logo'],
    [{ logo: 'https://ann:pw@acme.example/logo.png' }, '/logo'],
    [{ logo: 'https://[::1]/logo.png' }, '/logo'],
    [{ logo: `https://acme.example/${'x'.repeat(2048)}` }, '/logo'],
    [{ logo: 'javascript:alert(1)' }, '/logo'],
    [{ logo: 'data:text/html;base64,PGI+' }, '/logo'],
    [{ logo: 'data:image/svg+xml,<svg/>' }, '/logo'],
    [{ logo: `${PNG}${'A'.repeat(64 * 1024)}` }, '/logo'],
    [{ allowedOrigins: ['https://acme.example/'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['https://a.example', 'https://*.acme.example'] }, '/allowedOrigins/1'],
    [{ allowedOrigins: ["https://a.example 'self'"] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['https://a.example;default-src'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['https://a.example,b.example'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['http://acme.example'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['http://127.0.0.1.acme.example'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['HTTPS://acme.example'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['https://acme.example:443'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['null'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: ['*'] }, '/allowedOrigins/0'],
    [{ allowedOrigins: Array.from({ length: 11 }, (_, n) => `https://a${n}.example`) }, '/allowedOrigins'],
    [{ colour: '#0f766e' }, '/colour'],
  ])('%j is refused', async (body, pointer) => {
    expect(await refused(body)).toEqual([400, 'invalid_request', pointer]);
  });
});
