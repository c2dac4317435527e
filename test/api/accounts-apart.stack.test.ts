import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accountParams } from '../../src/api/contracts.ts';
import type { AppDeps } from '../../src/api/deps.ts';
import { createEventStreams } from '../../src/api/event-stream.ts';
import { invoke, type RouteContext } from '../../src/api/invoke.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { findEndpoint } from '../../src/db/endpoints.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import { type Belongings, furnish } from '../support/two-accounts.ts';
import { type ServedApi, serveApi } from './served-api.ts';
import { type Schema, validValue } from './valid-body.ts';

interface Operation {
  operationId: string;
  'x-access': 'operator' | 'read' | 'write';
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  responses: object;
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}

/** What the path names by an id: the last part before it, and the kind of thing that it is. */
const KINDS: Record<string, keyof Belongings> = {
  endpoints: 'endpoint',
  events: 'event',
  deliveries: 'delivery',
  keys: 'key',
  'event-types': 'eventType',
  recoveries: 'recovery',
  'portal-links': 'portalLink',
  listeners: 'listener',
  requests: 'listenerRequest',
  'inbox-requests': 'inboxRequest',
};
/** What the path names by its number within the thing before it: the first of them. */
const NUMBERS: Record<string, string> = { attempts: '1' };
/** What a query names by an id. */
const QUERY_KINDS: Record<string, keyof Belongings> = {
  endpointId: 'endpoint',
  eventId: 'event',
  actor: 'key',
  target: 'endpoint',
};
/** How calls that are no lists say that nothing was found. */
const NOTHING: Record<string, object> = {
  getOverview: {
    totals: { succeeded: 0, failed: 0, cancelled: 0, open: 0 },
    waiting: { pending: 0, delivering: 0, retrying: 0, held: 0, due: [] },
    endpointsInTrouble: [],
  },
};
/** Calls whose last path parameter is a name that the caller gives, not an id of something that is there. */
const NAMING = new Set(['putEventType']);
/** Bodies that an example of each part does not make right. */
const BODIES: Record<string, unknown> = {
  answerListenerRequest: { status: 200 },
  sendEvent: { event: 'some.free.type', data: {} },
  checkEvent: { event: 'some.free.type', data: {} },
  sendEventBatch: { events: [{ event: 'some.free.type', data: {} }] },
};

const document = openApiDocument(ROUTES, 'test') as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const operations = Object.entries(document.paths)
  .filter(([path]) => path.includes('{account}'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: operation.operationId,
      method: method.toUpperCase(),
      path,
      operation,
      idParameters: [...path.matchAll(/([^/]+)\/\{(?!account\})(\w+)\}/g)].map(
        ([, part = '', parameter = '']) => ({
          part,
          parameter,
        }),
      ),
    })),
  );
type Named = (typeof operations)[number];
/** Those whose answer ends; what a stream tells is looked at in delivery-tail.stack.test.ts. */
const ending = operations.filter(
  ({ operation }) => !JSON.stringify(operation.responses).includes('text/event-stream'),
);

const withIds = operations.filter(({ name, idParameters }) => idParameters.length > 0 && !NAMING.has(name));
const queryIds = ending.flatMap((operation) =>
  (operation.operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && /id$|^(?:actor|target)$/i.test(parameter.name))
    .map(({ name: parameter }) => ({ ...operation, parameter })),
);

let served: ServedApi;
let ours: Belongings;
let theirs: Belongings;
let before: string;

beforeAll(async () => {
  served = await serveApi();
  ours = await furnished('ours');
  theirs = await furnished('theirs');
  // Whoever signals it would be heard.
  served.workflows.running.add(theirs.delivery);
  before = await everythingOf('theirs');
});
afterAll(() => served.stop());

afterEach(async () => {
  expect(await everythingOf('theirs')).toBe(before);
  expect(served.workflows.signals.filter(({ deliveryId }) => deliveryId === theirs.delivery)).toEqual([]);
  expect(served.workflows.offered.filter(({ accountId }) => accountId === 'theirs')).toEqual([]);
});

const furnished = (account: string) => furnish(served.pool, account, served.vault.seal(newSecret()));

/** Every row of an account, from every table that has rows of accounts. */
async function everythingOf(account: string): Promise<string> {
  const { rows: tables } = await served.pool.query<{ name: string }>(
    `select distinct table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'account_id' order by 1`,
  );
  expect(tables.length).toBeGreaterThan(9);
  const parts = [`select 'accounts' as at, to_jsonb(t) as data from accounts t where id = $1`].concat(
    tables.map(({ name }) => `select '${name}', to_jsonb(t) from ${name} t where account_id = $1`),
  );
  const { rows } = await served.pool.query(`${parts.join(' union all ')} order by 1, 2`, [account]);
  expect(new Set(rows.map(({ at }) => at)).size).toBe(tables.length + 1);
  return JSON.stringify(rows, null, 1);
}

function pathOf({ path, idParameters }: Named, account: string, id: (part: string) => string): string {
  return idParameters.reduce(
    (filled, { part, parameter }) => filled.replace(`{${parameter}}`, id(part)),
    path.replace('{account}', account),
  );
}

const idOf = (part: string, belongings: Belongings): string => NUMBERS[part] ?? belongings[kindOf(part)];

const kindOf = (part: string): keyof Belongings => {
  const kind = KINDS[part];
  if (!kind) throw new Error(`say in KINDS what /${part}/{id} names, and furnish both accounts with one`);
  return kind;
};

function bodyOf({ name, operation }: Named): unknown {
  const schema = operation.requestBody?.content['application/json'].schema;
  return BODIES[name] ?? (schema && validValue(schema, document.components.schemas));
}

/** Calls with a key of the account that may do it: each test with one of its own, so that no limit is met. */
async function keyFor({ operation }: Named, account: string): Promise<Record<string, string>> {
  if (operation['x-access'] === 'operator') return {};
  return { authorization: `Bearer ${await served.keyOf(account)}` };
}

/** Words that tell something of an account, but for those that the caller said. */
function wordsOf(account: string, belongings: Belongings, said: string): string[] {
  const words = [
    `name of ${account}`,
    `of ${account}`,
    `${account}.example`,
    ...Object.values(belongings),
    account,
  ];
  return words.filter((word) => !said.includes(word));
}

function expectNothingOfTheirs(body: unknown, said: string): void {
  const text = JSON.stringify(body) ?? '';
  for (const word of wordsOf('theirs', theirs, said)) expect(text).not.toContain(word);
}

test('the document that is served is the one looked at here, and every id in it is known', async () => {
  const { body } = await served.api.call('GET', '/openapi.json');
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  expect(operations.length).toBeGreaterThan(25);
  for (const { idParameters } of operations) for (const { part } of idParameters) idOf(part, ours);
  for (const { parameter, name } of queryIds)
    expect(QUERY_KINDS[parameter], `say in QUERY_KINDS what ?${parameter} of ${name} names`).toBeDefined();
  // An account may not come in another way.
  for (const { operation, path } of operations)
    expect(
      JSON.stringify(operation.parameters?.filter(({ in: place }) => place !== 'path')),
      path,
    ).not.toMatch(/"name":"account/i);
});

describe('another account’s path', () => {
  test.each(operations)('is the path of an account that does not exist: $name', async (operation) => {
    const headers = { authorization: `Bearer ${await served.keyOf('ours')}` };
    const answers = [];
    for (const account of ['theirs', 'nobody']) {
      const path = pathOf(operation, account, (part) => idOf(part, theirs));
      const answer = await served.api.call(operation.method, path, bodyOf(operation), headers);
      answers.push({
        status: answer.status,
        headers: [...answer.headers].filter(([name]) => !/^(date|x-request-id|ratelimit.*)$/.test(name)),
        body: JSON.stringify(answer.body).replaceAll(account, '{account}'),
      });
    }
    const [another, none] = answers;
    expect(another).toEqual(none);
    expect(another?.status).toBe(404);
    expectNothingOfTheirs(another?.body, 'theirs');
  });
});

describe('another account’s ids', () => {
  test.each(withIds)('are found by nobody but it: $name', async (operation) => {
    const callers = [await keyFor(operation, 'ours'), {}];
    for (const headers of callers) {
      for (const id of Object.values(theirs)) {
        const path = pathOf(operation, 'ours', (part) => NUMBERS[part] ?? id);
        const answer = await served.api.call(operation.method, path, bodyOf(operation), headers);
        expect(answer, path).toMatchObject({ status: 404, body: { code: 'not_found' } });
        expectNothingOfTheirs(answer.body, id);
      }
    }
  });

  test.each(ending)(
    'are what the calls above were refused for, not their bodies: $name',
    async (operation) => {
      const account = `${operation.name}-1`;
      const own = await furnished(account);
      const headers = await keyFor(operation, account);
      const path = pathOf(operation, account, (part) => idOf(part, own));
      const answer = await served.api.call(operation.method, path, bodyOf(operation), headers);
      // 409: it makes no sense for a delivery that has ended.
      expect([200, 201, 202, 204, 207, 409], `${answer.status} ${JSON.stringify(answer.body)}`).toContain(
        answer.status,
      );
      expectNothingOfTheirs(answer.body, '');
    },
  );

  test.each(queryIds)('find nothing in a query: $name ?$parameter', async (operation) => {
    const id = theirs[QUERY_KINDS[operation.parameter] as keyof Belongings];
    const path = `${pathOf(operation, 'ours', (part) => idOf(part, ours))}?${operation.parameter}=${id}`;
    const answer = await served.api.call(operation.method, path, undefined, await keyFor(operation, 'ours'));
    expect(answer).toMatchObject({ status: 200, body: NOTHING[operation.name] ?? { data: [] } });
    expectNothingOfTheirs(answer.body, '');
  });

  test('may be given to things of one’s own, where callers give them: events and types', async () => {
    const headers = { authorization: `Bearer ${await served.keyOf('ours')}` };
    const { data, ...body } = BODIES.sendEvent as { event: string; data: object };
    const sent = { ...body, data, id: theirs.event };
    const event = await served.api.call('POST', '/v1/accounts/ours/events', sent, headers);
    expect(event).toMatchObject({ status: 202, body: { id: theirs.event, event: body.event } });
    const read = await served.api.call('GET', `/v1/accounts/ours/events/${theirs.event}`, undefined, headers);
    expect(read.body).toMatchObject({ event: body.event, data: {} });
    const type = `/v1/accounts/ours/event-types/${theirs.eventType}`;
    expect((await served.api.call('PUT', type, { description: 'mine' }, headers)).status).toBe(200);
    expect((await served.api.call('DELETE', type, undefined, headers)).status).toBe(204);
  });
});

test('a handler that names another account reaches nothing of it', async () => {
  const ingested: string[] = [];
  const careless = route({
    method: 'get',
    path: '/v1/accounts/:account/careless',
    operationId: 'careless',
    tag: 'Test',
    summary: 'Forgets whose path it serves',
    access: 'read',
    params: accountParams,
    answers: {},
    async handle({ deps }) {
      await deps.ingest({
        accountId: 'theirs',
        type: 'some.type',
        data: '{}',
        selzToken: 'token-of-16-chars',
        contentHash: 'hash',
        profiles: ['standard'],
      });
      const found = await findEndpoint(deps.pool, 'theirs', theirs.endpoint);
      const { rowCount } = await deps.pool.query('update endpoints set description = $1', ['changed']);
      return { status: 200, body: { found: found ?? null, changed: rowCount } };
    },
  });
  const deps: Partial<AppDeps> = {
    pool: served.pool,
    recordOf: served.recordOf,
    ingest: async ({ accountId }) => {
      ingested.push(accountId);
      return { kind: 'no_account' };
    },
  };
  const app = express().get(
    careless.path,
    invoke(careless, {
      deps: deps as RouteContext['deps'],
      authenticate: async () => ({ kind: 'operator' }),
      limitKey: async () => undefined,
      streams: createEventStreams(),
      knownAccounts: { check: async () => undefined },
    }),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/v1/accounts/ours/careless`);
    expect([answer.status, await answer.json()]).toEqual([200, { found: null, changed: 1 }]);
    expect(ingested).toEqual(['ours']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
