import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
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

type Sent = { eventId: string; deliveryId: string };
const test = <Body = Sent>(endpointId: string, body?: unknown) =>
  merchant.call<Body>('POST', `/endpoints/${endpointId}/test`, body);
const eventOf = async ({ eventId }: Sent) =>
  (
    await merchant.call<{ event: string; data: object; test?: boolean; deliveries: object[] }>(
      'GET',
      `/events/${eventId}`,
    )
  ).body;

it.each([
  ['selgora', ['contact.*', 'order.completed'], /^order\.completed$/],
  ['selgora', ['contact.*'], /^contact\.[a-z_]+$/],
  ['selz', ['*'], /^[a-z]+(_[a-z]+)+$/],
  ['selz', ['nothing_*'], /^[a-z]+(_[a-z]+)+$/],
  ['standard', ['order_*'], /^order(_[a-z]+)+$/],
] as const)(
  'a %s endpoint for %j is tested with the sample of a type it receives',
  async (profile, events, expected) => {
    const endpoint = await merchant.endpoint({ url: 'https://a.test/', profile, events });
    await merchant.endpoint({ url: 'https://b.test/' });
    const { status, body } = await test(endpoint.id);
    expect(status).toBe(202);
    const event = await eventOf(body);
    expect(sampleOf(event.event)).toEqual(event.data);
    expect(event.test).toBe(true);
    expect(event.deliveries).toMatchObject([{ id: body.deliveryId, endpointId: endpoint.id }]);
    expect(served.workflows.offered.at(-1)?.id).toBe(body.deliveryId);
    expect(event.event).toMatch(expected);
  },
);

it('a named type is sent, subscribed to or not', async () => {
  const { id } = await merchant.endpoint({ url: 'https://a.test/', profile: 'selz', events: ['order_*'] });
  const { body } = await test(id, { event: 'customer_created' });
  expect(await eventOf(body)).toMatchObject({
    event: 'customer_created',
    data: sampleOf('customer_created'),
  });
});

it('a free type is sent with its registered sample, or a plain one', async () => {
  const { id } = await merchant.endpoint({ url: 'https://a.test/' });
  expect((await eventOf((await test(id, { event: 'my.type' })).body)).data).toEqual({ test: true });
  await served.pool.query('insert into event_types (account_id, name, sample) values ($1, $2, $3)', [
    merchant.id,
    'my.type',
    { mine: 1 },
  ]);
  expect((await eventOf((await test(id, { event: 'my.type' })).body)).data).toEqual({ mine: 1 });
});

it('a type that the profile never receives is a 400', async () => {
  const { id } = await merchant.endpoint({ url: 'https://a.test/', profile: 'selz', events: ['*'] });
  for (const event of ['order.completed', 'my.type', 'a b', 7]) {
    const { status, body } = await test<Problem>(id, { event });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/event']);
  }
  expect((await test('ep_none')).status).toBe(404);
});
