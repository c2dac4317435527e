import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import type { PartCheck } from '../../src/api/deps.ts';
import type { Problem } from '../../src/api/problem.ts';
import { createPool } from '../../src/db/pool.ts';
import { DEFAULT_RETENTION } from '../../src/domain/retention.ts';
import { createLogger } from '../../src/log.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let key: string;

beforeAll(async () => {
  served = await serveApi();
  await served.api.call('PUT', '/v1/accounts/acme');
  key = await served.keyOf('acme');
});
afterAll(() => served.stop());

const endpoints = '/v1/accounts/acme/endpoints';

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return (await response.json()) as Problem;
}

function send(
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(served.url + path, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  });
}

const json = { 'content-type': 'application/json' };

test.each<[string, number, string, RequestInit & { headers?: Record<string, string> }]>([
  ['broken JSON', 400, 'invalid_json', { body: '{"url": ', headers: json }],
  ['bytes that are not UTF-8', 400, 'invalid_json', { body: Buffer.from([0x22, 0xff, 0x22]), headers: json }],
  ['no body', 400, 'invalid_request', { headers: json }],
  ['an array', 400, 'invalid_request', { body: '[]', headers: json }],
  [
    'another media type',
    415,
    'unsupported_media_type',
    { body: 'url=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  [
    'another charset',
    415,
    'unsupported_media_type',
    { body: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
  ],
  [
    'a compressed body',
    415,
    'unsupported_encoding',
    { body: gzipSync('{}'), headers: { ...json, 'content-encoding': 'gzip' } },
  ],
  ['more than 256 kB', 413, 'body_too_large', { body: `{"a":"${'x'.repeat(256 * 1024)}"}`, headers: json }],
  ['32 MB, all of it sent first', 413, 'body_too_large', { body: 'x'.repeat(32 * 1024 ** 2), headers: json }],
  ['a member __proto__', 400, 'invalid_request', { body: '{"headers":{"__proto__":"x"}}', headers: json }],
  ['a NUL character', 400, 'invalid_request', { body: '{"url":"a\\u0000b"}', headers: json }],
  ['half a surrogate pair', 400, 'invalid_request', { body: '{"url":"a\\ud800b"}', headers: json }],
  [
    'very deep nesting',
    400,
    'invalid_request',
    { body: '['.repeat(100_000) + ']'.repeat(100_000), headers: json },
  ],
])('a body with %s is refused with %d', async (_what, status, code, init) => {
  const problem = await problemOf(await send(endpoints, { method: 'POST', ...init }));
  expect(problem).toMatchObject({ status, code, type: 'about:blank', title: expect.any(String) });
});

test('a body that is too long is refused before it has come whole, announced or not', async () => {
  const { port } = new URL(served.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST ${endpoints} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (let sent = 0; sent < 5; sent++) socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
});

test('a charset of UTF-8 in any spelling is fine', async () => {
  const headers = { 'content-type': 'Application/JSON;charset="UTF-8"' };
  const response = await send(`${endpoints}/ep_none`, { method: 'PATCH', body: '{}', headers });
  expect(response.status).toBe(404);
});

test('a call without a body takes none, or an empty object', async () => {
  const path = `${endpoints}/ep_none/pause`;
  expect((await send(path, { method: 'POST' })).status).toBe(404);
  expect((await send(path, { method: 'POST', body: '{}', headers: json })).status).toBe(404);
  expect((await send(path, { method: 'POST', body: '{"a":1}', headers: json })).status).toBe(400);
});

test('what is not there is a 404, and what cannot be done there a 405 that says what can', async () => {
  expect(await problemOf(await send('/v2/anything'))).toMatchObject({ status: 404, code: 'not_found' });
  const response = await send(endpoints, { method: 'DELETE' });
  expect(response.headers.get('allow')).toBe('POST, GET, HEAD');
  expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' });
  const batch = await send('/v1/accounts/acme/events/batch', { method: 'PUT' });
  expect(batch.headers.get('allow')).toBe('POST');
});

test('a path that is not validly encoded is a 400', async () => {
  expect(await problemOf(await send('/v1/accounts/acme/endpoints/%ff'))).toMatchObject({ status: 400 });
  expect(await problemOf(await send('/v1/accounts/acme/endpoints/%00'))).toMatchObject({
    status: 400,
    errors: [{ parameter: 'id' }],
  });
});

test.each(['limit=0', 'limit=1000', 'limit=1&limit=2', 'cursor=forged', "cursor='%20or%201=1", 'colour=red'])(
  'the query %s is a 400 that names the parameter',
  async (query) => {
    const problem = await problemOf(await send(`${endpoints}?${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ parameter: query.split('=')[0] }] });
  },
);

test('nothing may be framed, sniffed or read by other sites, and nothing says what runs here', async () => {
  const { headers } = await send(endpoints, { headers: { origin: 'https://evil.example' } });
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  const preflight = await fetch(served.url + endpoints, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example' },
  });
  expect(preflight.status).toBe(405);
});

test('health, metrics and the reference need no key', async () => {
  for (const path of [
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/docs',
    '/docs/swagger-ui-bundle.js',
    '/docs/start.js',
  ]) {
    expect((await fetch(served.url + path)).status, path).toBe(200);
  }
  await send(endpoints);
  const metrics = await (await fetch(`${served.url}/metrics`)).text();
  expect(metrics).toContain(
    'posthaste_http_request_duration_seconds_count{method="GET",route="/v1/accounts/:account/endpoints"',
  );
});

test('the reference page loads nothing from elsewhere', async () => {
  const response = await fetch(`${served.url}/docs`);
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(await response.text()).not.toMatch(/(?:src|href)="https?:/);
});

test('however many ask whether it is ready, the parts are looked at once a second', async () => {
  let looks = 0;
  const check = async () => {
    looks += 1;
  };
  await withApp({ readiness: [{ name: 'database', hint: 'Look at it.', check }] }, async (url) => {
    const ask = async () => (await fetch(`${url}/readyz`)).status;
    const begun = performance.now();
    const asked = Array.from({ length: 50 }, ask);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
    expect(looks).toBeLessThanOrEqual(1 + (performance.now() - begun) / 1000);
    const before = looks;
    await waitUntil(ask, () => looks > before);
  });
});

test('the readiness says which part is away, and nothing of where it is', async () => {
  const away: PartCheck = {
    name: 'temporal',
    hint: 'Look at Temporal.',
    check: () =>
      Promise.reject(
        Object.assign(new Error('connect ECONNREFUSED 10.9.8.7:7233'), { code: 'ECONNREFUSED' }),
      ),
  };
  const here: PartCheck = { name: 'database', hint: 'Look at it.', check: async () => {} };
  const hangs: PartCheck = { name: 'worker', hint: 'See its log.', check: () => new Promise(() => {}) };
  await withApp({ readiness: [here, away, hangs] }, async (url) => {
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).not.toContain('10.9.8.7');
    expect(JSON.parse(text)).toEqual({
      status: 'not_ready',
      checks: {
        database: { ok: true },
        temporal: { ok: false, error: 'away (ECONNREFUSED)', hint: 'Look at Temporal.' },
        worker: { ok: false, error: 'did not answer in time', hint: 'See its log.' },
      },
    });
  });
});

test('while the database is away, calls are answered 503 with Retry-After, and no key is called wrong', async () => {
  const pool = createPool('postgres://nobody@127.0.0.1:1/none', () => {});
  await withApp({ pool }, async (url) => {
    const response = await fetch(url + endpoints, { headers: { authorization: `Bearer ${key}` } });
    expect(response.headers.get('retry-after')).toBe('5');
    const problem = await problemOf(response);
    expect(problem).toMatchObject({
      status: 503,
      code: 'unavailable',
      requestId: response.headers.get('x-request-id'),
    });
    expect(JSON.stringify(problem)).not.toContain('127.0.0.1');
  });
  await pool.end();
});

test('a request is one log line, without key, query or body', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  await withApp({ logger }, async (url) => {
    const headers = { authorization: `Bearer ${key}`, ...json };
    await fetch(`${url}${endpoints}?cursor=cursor-secret`, { headers });
    await fetch(url + endpoints, { method: 'POST', headers, body: '{"url":"body-secret"}' });
    await fetch(`${url}/nothing%0ahere`, { headers });
    await waitUntil(
      async () => lines.length,
      (count) => count === 3,
    );
  });
  const text = lines.join('');
  for (const secret of [key, 'cursor-secret', 'body-secret']) expect(text).not.toContain(secret);
  expect(lines.every((line) => line.trimEnd().split('\n').length === 1)).toBe(true);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    method: 'GET',
    path: endpoints,
    route: '/v1/accounts/:account/endpoints',
    status: 400,
    accountId: 'acme',
    caller: expect.stringMatching(/^key_/),
    requestId: expect.any(String),
    durationMs: expect.any(Number),
  });
});

test('a body that comes too slowly is cut off with a 408', async () => {
  const slow = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 };
  await withApp(
    {},
    async (url) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        `POST ${endpoints} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"u"`,
      );
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
      socket.destroy();
    },
    slow,
  );
});

async function withApp(
  parts: Partial<Parameters<typeof createApi>[0]>,
  use: (url: string) => Promise<void>,
  serverOptions: ServerOptions = {},
): Promise<void> {
  const app = createApi({
    pool: served.pool,
    recordOf: served.recordOf,
    vault: served.vault,
    ingest: served.writes.ingest,
    relay: { offer: () => {}, poke: () => {} },
    workflows: served.workflows,
    recoveries: { offer: () => {}, start: async () => {}, signal: async () => false },
    judgeUrl: async () => undefined,
    readiness: [],
    logger: createLogger('silent'),
    settings: {
      operatorKey: 'ph_operator_of_this_test',
      inbox: false,
      retention: DEFAULT_RETENTION,
      version: 'test',
    },
    ...parts,
  });
  const server = createServer(serverOptions, app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
