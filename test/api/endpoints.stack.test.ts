import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import type { Problem } from '../../src/api/problem.ts';
import { DEFAULT_RETENTION } from '../../src/domain/retention.ts';
import { parseNetworks } from '../../src/http/address.ts';
import { resolveAndJudge } from '../../src/http/guard.ts';
import { createLogger } from '../../src/log.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(async () => {
  merchant = await openAccount(served);
});

const url = 'https://hooks.example.com/in';
const create = (body: object) => merchant.call<Problem>('POST', '/endpoints', body);
const audit = async () =>
  (
    await served.pool.query(
      'select action, target, details from audit_log where account_id = $1 order by id',
      [merchant.id],
    )
  ).rows as { action: string; target: string; details: Record<string, unknown> }[];
const signalled = async () =>
  (
    await served.pool.query(
      'select s.delivery_id from signals s join deliveries d on d.id = s.delivery_id where d.account_id = $1',
      [merchant.id],
    )
  ).rows.length;

test.each([
  ['selgora', 5000, []],
  ['selz', 10_000, []],
  ['standard', 15_000, [408, 425, 429]],
])(
  'a new %s endpoint is active, with its secret and the defaults in force',
  async (profile, timeoutMs, retryOn) => {
    const { status, body } = await create({ url, profile, events: ['*'] });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^ep_/),
      url,
      profile,
      events: ['*'],
      headers: {},
      status: 'active',
      timeoutMs,
      retryOn,
      retrySchedule: [300, 1800, 7200, 28_800, 86_400],
      retryJitter: 0,
      maxConcurrency: 32,
      ordered: false,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
    });
  },
);

test('the secret is in the answer to the creation and at its own address, nowhere else, and sealed at rest', async () => {
  const { id, secret } = await merchant.endpoint({ url });
  expect((await merchant.call('GET', `/endpoints/${id}/secret`)).body).toEqual({ secret });
  for (const path of ['/endpoints', `/endpoints/${id}`]) {
    expect(JSON.stringify((await merchant.call('GET', path)).body)).not.toContain(secret);
  }
  const { rows } = await served.pool.query('select * from endpoints where id = $1', [id]);
  expect(JSON.stringify(rows)).not.toContain(secret);
  const reader = await served.keyOf(merchant.id, ['read']);
  const asReader = { authorization: `Bearer ${reader}` };
  expect((await merchant.call('GET', `/endpoints/${id}/secret`, undefined, asReader)).status).toBe(403);
});

test.each<[string, object, string]>([
  ['no url', { url: undefined }, '/url'],
  ['an unknown profile', { profile: 'stripe' }, '/profile'],
  ['no events', { events: [] }, '/events'],
  ['events that are no list', { events: '*' }, '/events'],
  ['a broken pattern', { events: ['order.*', 'or*der'] }, '/events/1'],
  ['a pattern twice', { events: ['*', '*'] }, '/events'],
  [
    'a type of the other product',
    { profile: 'selgora', events: ['order_*', 'order_completed'] },
    '/events/1',
  ],
  ['a free type on a product endpoint', { profile: 'selz', events: ['my.type'] }, '/events/0'],
  ['an unknown field', { retries: 3 }, '/retries'],
  ['a wait of no time', { retrySchedule: [5, 0] }, '/retrySchedule/1'],
  ['a wait of eight days', { retrySchedule: [691_200] }, '/retrySchedule/0'],
  ['a wait in fractions', { retrySchedule: [1.5] }, '/retrySchedule/0'],
  ['21 waits', { retrySchedule: Array(21).fill(1) }, '/retrySchedule'],
  ['a timeout too short', { timeoutMs: 999 }, '/timeoutMs'],
  ['a timeout too long', { timeoutMs: 30_001 }, '/timeoutMs'],
  ['retryOn of a 5xx', { retryOn: [429, 500] }, '/retryOn/1'],
  ['jitter over 1', { retryJitter: 1.1 }, '/retryJitter'],
  ['a reserved header', { headers: { 'Webhook-Id': 'x' } }, '/headers/Webhook-Id'],
  ['a line break in a header', { headers: { 'X-A': 'b\r\nHost: c' } }, '/headers/X-A'],
  ['a description too long', { description: 'x'.repeat(1001) }, '/description'],
  ['a standard secret that is no base64', { secret: 'hunter2' }, '/secret'],
])('%s is a 400 with its pointer, and nothing is stored', async (_what, fields, pointer) => {
  const { status, body } = await create({ url, profile: 'standard', events: ['*'], ...fields });
  expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([400, 'invalid_request', pointer]);
  expect((await merchant.call<{ data: [] }>('GET', '/endpoints')).body.data).toEqual([]);
});

test('exact names of its own catalogue and any wildcard may be subscribed to by a product endpoint', async () => {
  expect((await create({ url, profile: 'selgora', events: ['order.completed', 'x.*', '*'] })).status).toBe(
    201,
  );
  expect((await create({ url, profile: 'selz', events: ['order_completed', 'x_*'] })).status).toBe(201);
  expect((await create({ url, profile: 'standard', events: ['order_completed', 'my.type'] })).status).toBe(
    201,
  );
});

test('a jitter that is too small for its column is none', async () => {
  const { id, retryJitter } = await merchant.endpoint({ url, retryJitter: 3e-236 });
  expect(retryJitter).toBe(0);
  expect(await merchant.editEndpoint(id, { retryJitter: 1e-46 })).toMatchObject({ retryJitter: 0 });
  expect(await merchant.editEndpoint(id, { retryJitter: 1e-45 })).toMatchObject({ retryJitter: 0 });
});

test('what is changed shows at once, null gives the default back, and the rest stays', async () => {
  const { id } = await merchant.endpoint({
    url,
    description: 'Shop',
    timeoutMs: 2000,
    retryOn: [404],
    headers: { 'X-A': 'b' },
  });
  const changed = await merchant.editEndpoint(id, {
    url: 'https://new.example.com/',
    retryJitter: 0.1,
    timeoutMs: null,
  });
  expect(changed).toMatchObject({
    url: 'https://new.example.com/',
    description: 'Shop',
    timeoutMs: 15_000,
    retryOn: [404],
    retryJitter: 0.1,
    headers: { 'X-A': 'b' },
  });
  const reset = await merchant.editEndpoint(id, {
    description: null,
    headers: null,
    retryOn: null,
    retryJitter: null,
  });
  expect(reset).toMatchObject({ retryOn: [408, 425, 429], retryJitter: 0, headers: {} });
  expect(reset).not.toHaveProperty('description');
  expect(await merchant.editEndpoint(id, {})).toEqual({ ...reset, updatedAt: expect.any(String) });
});

test('a secret given by PATCH takes the place of the one before at once', async () => {
  const { id, secret } = await merchant.endpoint({ url });
  const own = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  expect(await merchant.editEndpoint(id, { secret: own })).not.toHaveProperty('secret');
  expect((await merchant.call('GET', `/endpoints/${id}/secret`)).body).toEqual({ secret: own });
  expect(own).not.toBe(secret);
  expect((await merchant.call('PATCH', `/endpoints/${id}`, { secret: '' })).status).toBe(400);
});

test.each(['profile', 'status', 'id'])('%s cannot be changed by PATCH, which says so', async (field) => {
  const { id } = await merchant.endpoint({ url });
  const { status, body } = await merchant.call<Problem>('PATCH', `/endpoints/${id}`, { [field]: 'selz' });
  expect([status, body.errors?.[0]?.pointer]).toEqual([400, `/${field}`]);
  if (field === 'profile') expect(body.detail).toContain('create another');
});

test('a sleeping delivery is told of a new schedule and a deletion, not of a new URL or a resume', async () => {
  const { id } = await merchant.endpoint({ url });
  await merchant.send('my.type', {});
  await merchant.editEndpoint(id, { url: 'https://new.example.com/' });
  await merchant.editEndpoint(id, { retrySchedule: [300, 1800, 7200, 28_800, 86_400] });
  expect(await signalled()).toBe(0);
  await merchant.editEndpoint(id, { retrySchedule: [60] });
  expect(await signalled()).toBe(1);
  await merchant.pause(id);
  expect(await signalled()).toBe(1);
  await merchant.resume(id);
  expect(await signalled()).toBe(1);
  await merchant.deleteEndpoint(id);
  expect(await signalled()).toBe(2);
});

test('pausing and resuming twice is the same as once; resuming enables what was disabled', async () => {
  const { id } = await merchant.endpoint({ url });
  for (const expected of ['paused', 'paused']) {
    expect(await merchant.pause(id)).toMatchObject({ status: expected });
  }
  await merchant.resume(id);
  expect(await merchant.resume(id)).toMatchObject({ status: 'active' });
  await served.pool.query(
    "update endpoints set status = 'disabled', disabled_reason = 'gone' where id = $1",
    [id],
  );
  expect(await merchant.pause(id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  const resumed = await merchant.resume(id);
  expect(resumed).toMatchObject({ status: 'active' });
  expect(resumed).not.toHaveProperty('disabledReason');
  expect((await audit()).map(({ action }) => action)).toEqual([
    'account.created',
    'endpoint.created',
    'endpoint.paused',
    'endpoint.resumed',
    'endpoint.resumed',
  ]);
});

test('a deleted endpoint is found nowhere, and gets no more events', async () => {
  const { id } = await merchant.endpoint({ url });
  await merchant.deleteEndpoint(id);
  const calls: [string, string][] = [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['GET', '/secret'],
    ['POST', '/secret/rotate'],
  ];
  for (const [method, path] of calls) {
    const body = method === 'PATCH' ? {} : undefined;
    expect((await merchant.call(method, `/endpoints/${id}${path}`, body)).status, method + path).toBe(404);
  }
  expect((await merchant.send('my.type', {})).deliveries).toEqual([]);
});

test('a rotated secret says until when the one before is valid', async () => {
  const { id, secret } = await merchant.endpoint({ url });
  const rotate = (body?: object) =>
    merchant.call<{ secret: string; previousSecretExpiresAt?: string }>(
      'POST',
      `/endpoints/${id}/secret/rotate`,
      body,
    );
  const { body } = await rotate();
  expect(body.secret).not.toBe(secret);
  const hours = (Date.parse(body.previousSecretExpiresAt ?? '') - Date.now()) / 3_600_000;
  expect(hours).toBeCloseTo(24, 1);
  expect((await merchant.call('GET', `/endpoints/${id}/secret`)).body).toEqual(body);
  const own = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  expect((await rotate({ secret: own, overlapSeconds: 0 })).body).toEqual({ secret: own });
  expect((await rotate({ secret: 'short' })).status).toBe(400);
  expect((await rotate({ overlapSeconds: 604_801 })).status).toBe(400);
  expect(JSON.stringify(await audit())).not.toContain(own);
});

test('an account has at most 100 endpoints, however they are made', async () => {
  await served.pool.query(
    "insert into endpoints (account_id, url, profile, events, secret_sealed) select $1, $2, 'standard', '{*}', 'x' from generate_series(1, 97)",
    [merchant.id, url],
  );
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => create({ url, profile: 'standard', events: ['*'] })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  expect(answers.find(({ status }) => status !== 201)).toMatchObject({
    status: 422,
    body: { code: 'too_many_endpoints' },
  });
});

let guarded: Server | undefined;
afterAll(() => guarded?.close());

test.each([
  ['ftp://hooks.example.com/', 'invalid_request'],
  ['https://user:pass@hooks.example.com/', 'invalid_request'],
  ['https://127.0.0.1/', 'address_not_allowed'],
  ['https://localhost/', 'address_not_allowed'],
  ['https://169.254.169.254/latest/meta-data', 'address_not_allowed'],
])('the URL %s is refused at the border: %s', async (bad, code) => {
  const operatorKey = 'ph_operator_of_this_test';
  const app = createApi({
    pool: served.pool,
    recordOf: served.recordOf,
    vault: served.vault,
    ingest: served.writes.ingest,
    relay: { offer: () => {}, poke: () => {} },
    workflows: served.workflows,
    recoveries: { offer: () => {}, start: async () => {}, signal: async () => false },
    judgeUrl: (candidate) =>
      resolveAndJudge(candidate, { allowHttp: false, allowNetworks: parseNetworks('') }),
    readiness: [],
    logger: createLogger('silent'),
    settings: { operatorKey, inbox: false, retention: DEFAULT_RETENTION, version: 'test' },
  });
  guarded = createServer(app).listen(0, '127.0.0.1');
  await once(guarded, 'listening');
  const base = `http://127.0.0.1:${(guarded.address() as AddressInfo).port}/v1/accounts/${merchant.id}/endpoints`;
  const headers = { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ url: bad, profile: 'standard', events: ['*'] });
  const created = (await (await fetch(base, { method: 'POST', headers, body })).json()) as Problem;
  expect(created).toMatchObject({ status: 400, code, errors: [{ pointer: '/url' }] });
  const { id } = await merchant.endpoint({ url });
  const edited = await fetch(`${base}/${id}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ url: bad }),
  });
  expect((await edited.json()) as Problem).toMatchObject({ status: 400, code });
  guarded.closeAllConnections();
  guarded.close();
});
