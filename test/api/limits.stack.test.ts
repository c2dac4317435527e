import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { CLIENT_TIMEOUTS, createHttpServer } from '../../src/api/server.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;
let key: string;

beforeAll(async () => {
  served = await serveApi();
  merchant = await openAccount(served);
  key = await served.keyOf(merchant.id);
});
afterAll(() => served.stop());

const MOST = 256 * 1024;

/** The head of a request that sends an event. */
const head = (...lines: string[]) =>
  [
    `POST /v1/accounts/${merchant.id}/events HTTP/1.1`,
    'Host: a',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    ...lines,
    '\r\n',
  ].join('\r\n');

/** An event whose request is so many bytes long. */
function eventOf(bytes: number): string {
  const empty = '{"event":"x","data":{"a":""}}';
  return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
}

function chunked(body: string, size: number): string {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size);
    chunks.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  }
  return `${chunks.join('')}0\r\n\r\n`;
}

function open(url = served.url): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends bytes, and gives the status of the answer. */
async function statusOf(bytes: string, { halfClose = false } = {}): Promise<number> {
  const socket = open();
  if (halfClose) socket.end(bytes);
  else socket.write(bytes);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer.toString('latin1'))?.[1]);
}

describe('a body', () => {
  const declared = (body: string, length = body.length) => head(`Content-Length: ${length}`) + body;
  const inChunks = (body: string) => head('Transfer-Encoding: chunked') + chunked(body, 10_000);

  it.each<[string, () => string, number]>([
    ['of 256 kB, announced', () => declared(eventOf(MOST)), 202],
    ['of 256 kB, in chunks', () => inChunks(eventOf(MOST)), 202],
    ['one byte longer, announced', () => declared(eventOf(MOST + 1)), 413],
    ['one byte longer, in chunks', () => inChunks(eventOf(MOST + 1)), 413],
    ['announced as a terabyte', () => declared('{', 2 ** 40), 413],
    ['announced as more than any number', () => declared('{', 1e21), 400],
    ['longer than announced', () => declared(eventOf(1000), 900), 400],
    ['shorter than nothing', () => declared(eventOf(100), -1), 400],
    ['of two lengths', () => head('Content-Length: 100', 'Content-Length: 99') + eventOf(100), 400],
    [
      'of a length and in chunks',
      () => head('Content-Length: 5', 'Transfer-Encoding: chunked') + chunked(eventOf(99), 50),
      400,
    ],
    [
      'in chunks of a size that is none',
      () => `${head('Transfer-Encoding: chunked')}xyz\r\n{}\r\n0\r\n\r\n`,
      400,
    ],
    ['compressed for the transfer', () => `${head('Transfer-Encoding: gzip')}xyz`, 400],
  ])('%s is answered as it should be', async (_what, bytes, status) => {
    expect(await statusOf(bytes())).toBe(status);
  });

  it.each<[string, () => string]>([
    ['announced', () => head('Content-Length: 100') + eventOf(60)],
    ['in chunks', () => `${head('Transfer-Encoding: chunked')}3c\r\n${eventOf(60)}\r\n`],
    ['inside a chunk', () => `${head('Transfer-Encoding: chunked')}64\r\n${eventOf(60)}`],
  ])('that ends too early, %s, is a 400, and nothing of it is stored', async (_what, bytes) => {
    const count = async () => (await served.pool.query('select from events')).rowCount;
    const before = await count();
    expect(await statusOf(bytes(), { halfClose: true })).toBe(400);
    expect(await count()).toBe(before);
  });

  it.each<[string, Buffer]>([
    ['gzip', gzipSync(eventOf(60))],
    ['x-gzip', gzipSync(eventOf(60))],
    ['deflate', deflateSync(eventOf(60))],
    ['br', brotliCompressSync(eventOf(60))],
    ['identity, gzip', gzipSync(eventOf(60))],
    ['zstd', Buffer.from(eventOf(60))],
  ])('compressed as %s is a 415', async (encoding, body) => {
    const response = await fetch(`${served.url}/v1/accounts/${merchant.id}/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-encoding': encoding,
      },
      body,
    });
    expect([response.status, ((await response.json()) as Problem).code]).toEqual([
      415,
      'unsupported_encoding',
    ]);
  });

  it.each([
    `application/json${' '.repeat(14_000)}x`,
    `application/json;charset=utf-8${' '.repeat(14_000)}x`,
    `application/json${';'.repeat(14_000)}x`,
    `application/json;${' '.repeat(7000)}charset${' '.repeat(7000)}x`,
  ])('of a media type that is long and wrong costs no time (%#)', async (type) => {
    const begun = performance.now();
    const { status } = await merchant.call('POST', '/events', eventOf(60), { 'content-type': type });
    expect(status).toBe(415);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it('of a batch that is 8 MB of nesting is refused like any other', async () => {
    const levels = 4_000_000;
    const body = `{"events":[${'['.repeat(levels)}${']'.repeat(levels)}]}`;
    const answer = await merchant.call<{ results: Problem[] }>('POST', '/events/batch', body);
    expect(answer).toMatchObject({ status: 207, body: { results: [{ status: 400 }] } });
  });

  it.each([`{"events":[${'{'.repeat(70_000)}`, '{"events":', '{"events":[1e1000000000'])(
    'that breaks off is no fault of ours: %.20s',
    async (text) => {
      expect((await merchant.call('POST', '/events/batch', text)).status).toBe(400);
    },
  );
});

describe('a head', () => {
  it.each<[string, () => string]>([
    ['header', () => head(`X-Long: ${'x'.repeat(17_000)}`)],
    ['number of headers', () => head(...Array.from({ length: 2000 }, (_, n) => `X-${n}: value`))],
    ['path', () => `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ])('with too long a %s is a 431', async (_what, bytes) => {
    expect(await statusOf(bytes())).toBe(431);
  });

  it.each([
    'Idempotency-Key: a\r\n b',
    'Idempotency-Key : a',
    'Idempotency-Key: a\0b',
    'Idempotency Key: a',
    ': a',
  ])('that is malformed is a 400: %j', async (line) => {
    expect(await statusOf(`${head(line, 'Content-Length: 60')}${eventOf(60)}`)).toBe(400);
  });
});

describe('a slow client is cut off', () => {
  /** The same app behind a server that has less patience. */
  async function impatient(timeouts: Partial<typeof CLIENT_TIMEOUTS>): Promise<string> {
    const long = 60_000;
    const patient = { headersMs: long, requestMs: long, idleMs: long, keepAliveMs: long, checkMs: 50 };
    const server = createHttpServer(
      (request, response) => {
        request.resume();
        // More than the buffers of two sockets hold.
        response.end('x'.repeat(64 * 1024 ** 2));
      },
      { ...patient, ...timeouts },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('that drips its head', async () => {
    const socket = open(await impatient({ headersMs: 300, requestMs: 300 }));
    const drip = setInterval(() => socket.write('a'), 50);
    onTestFinished(() => clearInterval(drip));
    socket.write('GET / HTTP/1.1\r\nX-Drip: ');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that does not read its answer', async () => {
    const socket = open(await impatient({ idleMs: 300 }));
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'connect');
    // Writing shows it: the other side is gone, whatever of the answer is still unread here.
    const probe = setInterval(() => socket.write('x'), 50);
    onTestFinished(() => clearInterval(probe));
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNRESET', 'EPIPE']).toContain(error.code);
  });

  it('within a minute, in the product as it runs', () => {
    expect(CLIENT_TIMEOUTS).toMatchObject({ headersMs: 15_000, requestMs: 30_000, idleMs: 60_000 });
  });
});

describe('an endpoint', () => {
  const create = (fields: object) =>
    merchant.call<Problem>('POST', '/endpoints', {
      url: 'https://a.test/',
      profile: 'standard',
      events: ['*'],
      ...fields,
    });
  const urlOf = (length: number) => `https://a.test/${'x'.repeat(length - 'https://a.test/'.length)}`;

  it('takes a URL of 2048 characters and none of 2049, when it is made and when it is edited', async () => {
    const made = await create({ url: urlOf(2048) });
    expect(made.status).toBe(201);
    const { id } = made.body as unknown as { id: string };
    for (const answer of [
      await create({ url: urlOf(2049) }),
      await merchant.call<Problem>('PATCH', `/endpoints/${id}`, { url: urlOf(2049) }),
    ])
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/url']);
  });

  it.each<[string, string]>([
    ['Host', 'a'],
    ['cOnTeNt-LeNgTh', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['webhook-id', 'a'],
    ['Posthaste-Delivery', 'a'],
    ['X-Selz-Signature', 'a'],
    ['X-A', 'a\r\nX-B: c'],
    ['X-A', 'a\u2028b'],
    ['X-A', '日本'],
    ['X-A\r\nX-B', 'a'],
    ['X\u00c4', 'a'],
    ['constructor ', 'a'],
  ])('takes no header %j: %j, when it is made and when it is edited', async (name, value) => {
    const made = await create({});
    const { id } = made.body as unknown as { id: string };
    for (const answer of [
      await create({ headers: { [name]: value } }),
      await merchant.call<Problem>('PATCH', `/endpoints/${id}`, { headers: { [name]: value } }),
    ])
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, `/headers/${name}`]);
    await merchant.call('DELETE', `/endpoints/${id}`);
  });
});

it('of two contents with one key, 25 times each at once, one is the event and the other a conflict', async () => {
  const send = (n: number) =>
    merchant.call<{ id: string } & Problem>(
      'POST',
      '/events',
      { event: 'x', data: { n } },
      { 'idempotency-key': 'two-contents' },
    );
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n % 2)));
  const winner = answers.findIndex(({ status }) => status === 202) % 2;
  answers.forEach(({ status }, n) => {
    expect(status).toBe(n % 2 === winner ? 202 : 409);
  });
  expect(new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.id)).size).toBe(1);
});

describe('what is no value of a parameter is refused, and never reaches the database as it is:', () => {
  const HOSTILE = [
    "' or 1=1 --",
    "'; drop table events; --",
    '1)) union select secret_sealed from endpoints --',
    '%00',
    '\u0000',
    '\ud800',
    '../../../etc/passwd',
    '%27',
    '-1',
    '1e9',
    '99999999999999999999',
    'NaN',
    '2026-02-30T00:00:00Z',
    '292278994-08-17T07:12:55Z',
    '0000-00-00T00:00:00Z',
    '{"$gt":""}',
    '',
    'x'.repeat(4000),
  ];
  const pathOf = ({ path }: { path: string }, id: string) =>
    path.replace(':account', merchant.id).replace(/:\w+/g, id);
  const encode = (text: string) => (text === '\ud800' ? '%ED%A0%80' : encodeURIComponent(text));
  const parametersOf = (query: unknown) =>
    Object.keys((query as { shape?: object } | undefined)?.shape ?? {});

  const filters = ROUTES.filter(
    ({ method, answers }) => method === 'get' && !answers[200]?.mediaType,
  ).flatMap((route) => parametersOf(route.query).map((parameter) => [parameter, route.path, route] as const));
  it('the parameters were found', () => expect(filters.length).toBeGreaterThan(20));

  it.each(filters)('?%s= of %s', async (parameter, _path, route) => {
    for (const value of HOSTILE) {
      const path = `${pathOf(route, 'none')}?${parameter}=${encode(value)}`;
      const { status, body } = await served.api.call<Problem>('GET', path);
      // An id, a name or a free type may be anything: then nothing is found.
      expect([200, 400, 404], `${path}: ${JSON.stringify(body)}`).toContain(status);
      if (['limit', 'cursor', 'since', 'until', 'status', 'responseStatus'].includes(parameter))
        expect(status, path).toBe(400);
    }
  });

  const withIds = ROUTES.filter(({ path }) => path.includes(':id'));
  it.each(withIds)('an id for $method $path', async (route) => {
    for (const value of HOSTILE.filter((text) => text !== '' && !/^\.\./.test(text))) {
      const path = pathOf(route, encode(value));
      const body = ['get', 'delete'].includes(route.method) ? undefined : {};
      const { status } = await served.api.call(route.method.toUpperCase(), path, body);
      expect([400, 404, 204], `${route.method} ${path}`).toContain(status);
    }
  });
});
