import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { MOST_KEYS } from '../../src/api/keys.ts';
import type { Problem } from '../../src/api/problem.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { listenTo } from '../support/event-source.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;

beforeAll(async () => {
  served = await serveApi();
  await served.api.call('PUT', '/v1/accounts/acme', { name: 'Acme' });
  await served.api.call('PUT', '/v1/accounts/other');
});
afterAll(() => served.stop());

type Key = { id: string; key: string; prefix: string; scopes: string[]; lastUsedAt?: string };

const get = (path: string, authorization?: string) =>
  fetch(served.url + path, { headers: authorization === undefined ? {} : { authorization } });
const as = (key: string) => ({ authorization: `Bearer ${key}` });
const makeKey = async (body: object) =>
  (await served.api.call<Key>('POST', '/v1/accounts/acme/keys', body)).body;

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Basic b3A6b3A=',
  'Bearer wrong',
  'Bearer a b',
  `Bearer ${'x'.repeat(600)}`,
])('the header Authorization: %s is a 401', async (authorization) => {
  const response = await get('/v1/accounts/acme', authorization);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(((await response.json()) as Problem).code).toBe('unauthorized');
});

test('a key in the URL is never accepted', async () => {
  const key = await served.keyOf('acme');
  for (const name of ['key', 'api_key', 'access_token', 'authorization']) {
    expect((await get(`/v1/accounts/acme?${name}=${key}`)).status).toBe(401);
  }
});

test('a key is shown once, and works until it is revoked', async () => {
  const made = await makeKey({ name: 'shop', scopes: ['read', 'write'] });
  expect(made.key).toMatch(/^ph_[\w-]{43}$/);
  expect(made.prefix).toBe(made.key.slice(0, 10));
  expect((await get('/v1/accounts/acme', `Bearer ${made.key}`)).status).toBe(200);
  const { body } = await served.api.call<{ data: Key[] }>('GET', '/v1/accounts/acme/keys');
  expect(JSON.stringify(body)).not.toContain(made.key);
  expect(body.data.map(({ id }) => id)).toContain(made.id);
  await waitUntil(
    async () => (await served.api.call<{ data: Key[] }>('GET', '/v1/accounts/acme/keys')).body.data,
    (keys) => keys.find(({ id }) => id === made.id)?.lastUsedAt !== undefined,
  );
  expect((await served.api.call('DELETE', `/v1/accounts/acme/keys/${made.id}`)).status).toBe(204);
  expect((await served.api.call('DELETE', `/v1/accounts/acme/keys/${made.id}`)).status).toBe(404);
  expect((await get('/v1/accounts/acme', `Bearer ${made.key}`)).status).toBe(401);
});

test('a key is stored as its hash only', async () => {
  const { key } = await makeKey({ name: 'stored', scopes: ['read'] });
  const { rows } = await served.pool.query('select * from api_keys');
  expect(JSON.stringify(rows)).not.toContain(key);
});

test('an expired key is a 401, and a key cannot be made expired', async () => {
  const made = await makeKey({ name: 'short', scopes: ['read'], expiresAt: '2999-01-01T00:00:00Z' });
  expect((await get('/v1/accounts/acme', `Bearer ${made.key}`)).status).toBe(200);
  await served.pool.query("update api_keys set expires_at = now() - interval '1 s' where id = $1", [made.id]);
  expect((await get('/v1/accounts/acme', `Bearer ${made.key}`)).status).toBe(401);
  const past = { name: 'p', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' };
  const { status, body } = await served.api.call<Problem>('POST', '/v1/accounts/acme/keys', past);
  expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/expiresAt']);
});

test('a key’s end, by time or by hand, holds at once, for every call that is not yet let in', async () => {
  const expiresAt = new Date(Date.now() + 1500).toISOString();
  const expiring = await makeKey({ name: 'soon over', scopes: ['read'], expiresAt });
  expect((await get('/v1/accounts/acme', `Bearer ${expiring.key}`)).status).toBe(200);
  await waitUntil(
    async () => (await get('/v1/accounts/acme', `Bearer ${expiring.key}`)).status,
    (status) => status === 401,
  );
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt) - 50);

  const revoked = await makeKey({ name: 'revoked', scopes: ['read'] });
  expect((await get('/v1/accounts/acme', `Bearer ${revoked.key}`)).status).toBe(200);
  await served.api.call('DELETE', `/v1/accounts/acme/keys/${revoked.id}`);
  expect((await get('/v1/accounts/acme', `Bearer ${revoked.key}`)).status).toBe(401);
});

test.each([
  ['by hand', 'revoked_at = now()'],
  ['by time', "expires_at = now() + interval '100 ms'"],
])('a key’s end ends the streams that are open with it: %s', async (_, end) => {
  const { key, id } = await makeKey({ name: 'streaming', scopes: ['read'] });
  const source = await listenTo(`${served.url}/v1/accounts/acme/deliveries/tail`, as(key));
  onTestFinished(() => source.close());
  expect(source.status).toBe(200);
  let hasEnded = false;
  void source.ended.then(() => {
    hasEnded = true;
  });
  await served.pool.query(`update api_keys set ${end} where id = $1`, [id]);
  await waitUntil(() => hasEnded);
});

test('keys are listed by prefix, scopes, last use and expiry, and by nothing that opens', async () => {
  const expiresAt = '2999-01-01T00:00:00.000Z';
  const made = await makeKey({ name: 'listed', scopes: ['read'], expiresAt });
  await get('/v1/accounts/acme', `Bearer ${made.key}`);
  const listed = await waitUntil(
    async () =>
      (await served.api.call<{ data: Key[] }>('GET', '/v1/accounts/acme/keys')).body.data.find(
        ({ id }) => id === made.id,
      ),
    (key) => key?.lastUsedAt !== undefined,
  );
  expect(listed).toEqual({
    id: made.id,
    name: 'listed',
    prefix: made.key.slice(0, 10),
    scopes: ['read'],
    createdAt: expect.any(String),
    expiresAt,
    lastUsedAt: expect.any(String),
  });
});

test('unknown, revoked and expired keys, and none at all, are told apart by nothing but their own header', async () => {
  const [expired, revoked] = [
    await makeKey({ name: 'e', scopes: ['read'] }),
    await makeKey({ name: 'r', scopes: ['read'] }),
  ];
  await served.pool.query("update api_keys set expires_at = now() - interval '1 s' where id = $1", [
    expired.id,
  ]);
  await served.api.call('DELETE', `/v1/accounts/acme/keys/${revoked.id}`);
  const answers = await Promise.all(
    [expired.key, revoked.key, `${expired.key}x`, 'ph_unknown'].map(async (key) => {
      const response = await get('/v1/accounts/acme', `Bearer ${key}`);
      return [response.status, await response.text()];
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('a key does what its scopes say, and gives no scope that it lacks', async () => {
  const reader = await served.keyOf('acme', ['read']);
  const writer = await served.keyOf('acme', ['write']);
  const call = (key: string, method: string, path: string, body?: object) =>
    served.api.call<Problem>(method, `/v1/accounts/acme${path}`, body, as(key));
  expect((await call(reader, 'GET', '/endpoints')).status).toBe(200);
  expect(await call(reader, 'POST', '/keys', { name: 'x', scopes: ['read'] })).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
  expect((await call(writer, 'GET', '/endpoints')).status).toBe(403);
  expect((await call(writer, 'POST', '/keys', { name: 'x', scopes: ['write'] })).status).toBe(201);
  expect((await call(writer, 'POST', '/keys', { name: 'x', scopes: ['read', 'write'] })).status).toBe(403);
});

test('a key that ends makes only keys that end no later', async () => {
  const expiresAt = '2990-01-01T00:00:00.000Z';
  const parent = await makeKey({ name: 'parent', scopes: ['read', 'write'], expiresAt });
  const make = (end?: string) =>
    served.api.call<Problem & Key>(
      'POST',
      '/v1/accounts/acme/keys',
      { name: 'child', scopes: ['read'], ...(end !== undefined && { expiresAt: end }) },
      as(parent.key),
    );
  for (const end of [undefined, '2990-01-01T00:00:00.001Z', '2990-01-01T00:00:00-00:01']) {
    const { status, body } = await make(end);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([403, 'forbidden', '/expiresAt']);
    expect(body.detail).toContain(expiresAt);
  }
  expect(await make(expiresAt)).toMatchObject({ status: 201, body: { expiresAt } });
  const { status, body: child } = await make('2989-12-31T00:00:00Z');
  expect(status).toBe(201);
  const { rows } = await served.pool.query('select actor, details from audit_log where target = $1', [
    child.id,
  ]);
  expect(rows).toEqual([
    {
      actor: parent.id,
      details: { name: 'child', scopes: ['read'], expiresAt: '2989-12-31T00:00:00.000Z' },
    },
  ]);
});

test('`write` revokes every key of the account, its own and larger ones, too', async () => {
  const [writer, larger] = [
    await makeKey({ name: 'w', scopes: ['write'] }),
    await makeKey({ name: 'rw', scopes: ['read', 'write'] }),
  ];
  for (const { id } of [larger, writer])
    expect(
      (await served.api.call('DELETE', `/v1/accounts/acme/keys/${id}`, undefined, as(writer.key))).status,
    ).toBe(204);
  expect((await get('/v1/accounts/acme', `Bearer ${larger.key}`)).status).toBe(401);
});

test('an account has at most 100 keys that are neither revoked nor expired, however they are made', async () => {
  await served.api.call('PUT', '/v1/accounts/full');
  await served.pool.query(
    `insert into api_keys (account_id, name, prefix, hash, scopes, revoked_at, expires_at)
     select 'full', 'k', 'k', sha256(('full' || n)::bytea), '{read}',
       case when n > 300 then now() end, case when n > 200 then now() else now() + interval '1 day' end
     from generate_series(101 + 3, 400) n`,
  );
  const make = (name = 'k') =>
    served.api.call<Problem & Key>('POST', '/v1/accounts/full/keys', { name, scopes: ['read'] });
  const answers = await Promise.all(Array.from({ length: 8 }, () => make()));
  const made = answers.filter(({ status }) => status === 201);
  expect(made).toHaveLength(MOST_KEYS - 97);
  expect(answers.filter(({ status, body }) => status === 422 && body.code === 'too_many_keys')).toHaveLength(
    8 - made.length,
  );
  await served.api.call('DELETE', `/v1/accounts/full/keys/${made[0]?.body.id}`);
  expect((await make()).status).toBe(201);
  expect((await make()).status).toBe(422);
});

test('a key’s end is judged by the database’s clock, not by this process’s', async () => {
  const now = Date.now;
  const end = new Date(now() + 3_600_000).toISOString();
  try {
    // The API runs in this process: two hours ahead.
    Date.now = () => now() + 7_200_000;
    const body = { name: 'skewed', scopes: ['read'], expiresAt: end };
    expect((await served.api.call('POST', '/v1/accounts/acme/keys', body)).status).toBe(201);
  } finally {
    Date.now = now;
  }
});

test.each([
  ['9999-12-31T23:59:59-14:00', 'is in the year 10000'],
  ['0000-01-01T00:00:00Z', 'is in the year 0'],
  ['0000-01-01T00:00:00+14:00', 'is in the year -1'],
  ['0001-01-01T00:00:00+00:01', 'is in the year 0'],
])('%s is no time, for in UTC it %s', async (time) => {
  const { status, body } = await served.api.call<Problem>('POST', '/v1/accounts/acme/keys', {
    name: 'x',
    scopes: ['read'],
    expiresAt: time,
  });
  expect([status, body.code, body.errors?.[0]]).toEqual([
    400,
    'invalid_request',
    { pointer: '/expiresAt', detail: 'Expected a time of the years 1 to 9999, in UTC.' },
  ]);
  const list = await served.api.call<Problem>(
    'GET',
    `/v1/accounts/acme/events?since=${encodeURIComponent(time)}`,
  );
  expect([list.status, list.body.errors?.[0]?.parameter]).toEqual([400, 'since']);
});

test('the first and the last time there is are times', async () => {
  const body = { name: 'x', scopes: ['read'], expiresAt: '9999-12-31T23:59:59.999Z' };
  expect(await served.api.call('POST', '/v1/accounts/acme/keys', body)).toMatchObject({
    status: 201,
    body: { expiresAt: body.expiresAt },
  });
  expect((await served.api.call('GET', '/v1/accounts/acme/events?since=0001-01-01T00:00:00Z')).status).toBe(
    200,
  );
});

test('accounts are the operator’s to make and list; a key sees its own', async () => {
  const key = await served.keyOf('acme');
  expect((await served.api.call('PUT', '/v1/accounts/acme', { name: 'Mine' }, as(key))).status).toBe(403);
  expect((await served.api.call('PUT', '/v1/accounts/another', {}, as(key))).status).toBe(404);
  expect((await served.api.call('GET', '/v1/accounts', undefined, as(key))).status).toBe(403);
  expect((await served.api.call('GET', '/v1/accounts/acme', undefined, as(key))).body).toMatchObject({
    id: 'acme',
    name: 'Acme',
  });
});

const underAccount = ROUTES.filter(({ path, access }) => path.includes(':account') && access !== 'operator');

test.each(underAccount.map(({ method, path }) => [method.toUpperCase(), path]))(
  'another account is not found: %s %s',
  async (method, path) => {
    const key = await served.keyOf('acme');
    const other = path.replace(':account', 'other').replace(/:\w+/g, 'x');
    const none = path.replace(':account', 'none').replace(/:\w+/g, 'x');
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    expect((await served.api.call(method, other, body, as(key))).status).toBe(404);
    expect((await served.api.call(method, none, body, as(key))).status).toBe(404);
    expect((await served.api.call(method, none, body)).status, 'for the operator too').toBe(404);
  },
);

test('an account is made once and named again; a name not given stays', async () => {
  const put = async (body?: object) =>
    (await served.api.call<{ name: string }>('PUT', '/v1/accounts/named', body)).body;
  expect(await put()).toMatchObject({ id: 'named', name: null });
  expect(await put({ name: 'One <b>&' })).toMatchObject({ name: 'One <b>&' });
  expect(await put({})).toMatchObject({ name: 'One <b>&' });
  expect(await put({ name: null })).toMatchObject({ name: null });
  const { rows } = await served.pool.query(
    "select action, actor from audit_log where target = 'named' order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual(['account.created', 'account.updated', 'account.updated']);
  expect(rows[0]?.actor).toBe('operator');
});

test.each(['-a', '.a', 'a b', 'é', 'x'.repeat(65)])('%j is no account id', async (id) => {
  const { status, body } = await served.api.call<Problem>(
    'PUT',
    `/v1/accounts/${encodeURIComponent(id)}`,
    {},
  );
  expect([status, body.errors?.[0]?.parameter]).toEqual([400, 'account']);
});

test('lists go on where the page before ended, newest first, each thing once', async () => {
  for (let n = 0; n < 5; n++) await served.api.call('PUT', `/v1/accounts/page-${n}`);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body }: { body: { data: { id: string }[]; nextCursor: string | null } } = await served.api.call(
      'GET',
      `/v1/accounts?limit=2${query}`,
    );
    seen.push(...body.data.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((id) => id.startsWith('page-'))).toEqual([
    'page-4',
    'page-3',
    'page-2',
    'page-1',
    'page-0',
  ]);
});
