import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
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

type List = { data: { name: string; profile?: string }[]; nextCursor: string | null };
const names = async (query: string) =>
  (await served.api.call<List>('GET', `/v1/event-types${query}`)).body.data.map(({ name }) => name);
const put = (type: string, body?: object) => merchant.call<Problem>('PUT', `/event-types/${type}`, body);

test('the catalogues list 15 Selgora and 19 Selz types, and standard receives them all', async () => {
  expect(await names('?profile=selgora')).toHaveLength(15);
  expect(await names('?profile=selz')).toHaveLength(19);
  expect(await names('?profile=standard')).toHaveLength(34);
  expect(await names('')).toHaveLength(34);
  expect((await served.api.call('GET', '/v1/event-types?profile=stripe')).status).toBe(400);
});

test('the catalogue goes on where the page before ended', async () => {
  const first = (await served.api.call<List>('GET', '/v1/event-types?limit=20')).body;
  const second = (await served.api.call<List>('GET', `/v1/event-types?limit=20&cursor=${first.nextCursor}`))
    .body;
  expect([first.data.length, second.data.length, second.nextCursor]).toEqual([20, 14, null]);
  expect(new Set([...first.data, ...second.data].map(({ name }) => name)).size).toBe(34);
});

test('a type of the catalogue comes with description, schema and sample', async () => {
  const { body } = await served.api.call('GET', '/v1/event-types/order.completed');
  expect(body).toMatchObject({
    name: 'order.completed',
    profile: 'selgora',
    description: expect.any(String),
    schema: { $schema: expect.stringContaining('2020-12') },
    sample: expect.any(Object),
  });
  expect((await served.api.call('GET', '/v1/event-types/nothing.here')).status).toBe(404);
});

const schema = { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } };

test('a registered type is read, listed, replaced and forgotten', async () => {
  expect((await put('stock.low', { description: 'Few left', schema, sample: { sku: 'A' } })).status).toBe(
    200,
  );
  const read = await merchant.call('GET', '/event-types/stock.low');
  expect(read.body).toMatchObject({
    name: 'stock.low',
    description: 'Few left',
    schema,
    sample: { sku: 'A' },
  });
  expect((await merchant.call<List>('GET', '/event-types')).body.data).toHaveLength(1);
  expect((await put('stock.low', {})).body).not.toHaveProperty('schema');
  expect((await merchant.call('DELETE', '/event-types/stock.low')).status).toBe(204);
  expect((await merchant.call('DELETE', '/event-types/stock.low')).status).toBe(404);
  expect((await merchant.call('GET', '/event-types/stock.low')).status).toBe(404);
});

test('data of a registered type is checked from then on: a 422 with its pointer', async () => {
  await put('stock.low', { schema });
  const { status, body } = await merchant.call<Problem>('POST', '/events', {
    event: 'stock.low',
    data: { sku: 1 },
  });
  expect([status, body.errors?.[0]?.pointer]).toEqual([422, '/data/sku']);
  await merchant.send('stock.low', { sku: 'A', more: true });
});

test.each<[string, object, string]>([
  ['a sample that does not fit', { schema, sample: {} }, '/sample/sku'],
  ['a schema that is none', { schema: { type: 'objekt' } }, '/schema/type'],
  [
    'a pattern that could stall',
    { schema: { properties: { a: { pattern: '(?=(a+))\\1' } } } },
    '/schema/properties/a/pattern',
  ],
  ['a schema that is a list', { schema: [] }, '/schema'],
  ['an unknown field', { version: 1 }, '/version'],
])('%s is a 400 with its pointer, and nothing is stored', async (_what, body, pointer) => {
  const answer = await put('stock.low', body);
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  expect((await merchant.call('GET', '/event-types/stock.low')).status).toBe(404);
});

test('a type of a product cannot be registered', async () => {
  expect(await put('order_completed', {})).toMatchObject({ status: 409, body: { code: 'catalogue_type' } });
  expect((await put('not%20a%20name', {})).status).toBe(400);
});
