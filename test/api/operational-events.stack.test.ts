import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATIONAL_TYPES } from '../../src/domain/operational.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;

beforeAll(async () => {
  served = await serveApi();
  merchant = await openAccount(served);
});
afterAll(() => served.stop());

const RESERVED = { status: 422, body: { code: 'reserved_event_type' } };

test.each(OPERATIONAL_TYPES)('%s cannot be sent, alone or in a batch, or registered', async (type) => {
  const event = { event: type, data: sampleOf(type) };
  expect(await merchant.call('POST', '/events', event)).toMatchObject(RESERVED);
  expect(await merchant.call('POST', '/events/batch', { events: [event] })).toMatchObject({
    status: 207,
    body: { results: [{ status: 422, code: 'reserved_event_type' }] },
  });
  expect(await merchant.call('PUT', `/event-types/${type}`, {})).toMatchObject(RESERVED);
});

test('a free type that looks like one can', async () => {
  expect(await merchant.call('POST', '/events', { event: 'endpoint.moved', data: {} })).toMatchObject({
    status: 202,
  });
  expect(await merchant.call('PUT', '/event-types/endpoint.moved', {})).toMatchObject({ status: 200 });
});

test('they are in no list of the products’ types', async () => {
  for (const query of ['', '?profile=standard&limit=250']) {
    const { body } = await served.api.call<{ data: { name: string }[] }>('GET', `/v1/event-types${query}`);
    for (const { name } of body.data) expect(OPERATIONAL_TYPES).not.toContain(name);
  }
});

test.each([
  { event: 'endpoint.disabled', events: ['*'], sent: 'endpoint.disabled' },
  { event: undefined, events: ['delivery.exhausted', 'order.*'], sent: 'delivery.exhausted' },
  { event: undefined, events: ['delivery.*'], sent: 'delivery.exhausted' },
  { event: undefined, events: ['*'], sent: 'order.created' },
])('a test send of $event to a subscription to $events sends the sample of $sent', async (given) => {
  const { id } = await merchant.endpoint({ url: 'https://shop.example/', events: given.events });
  const answer = await merchant.call<{ eventId: string }>('POST', `/endpoints/${id}/test`, {
    ...(given.event && { event: given.event }),
  });
  expect(answer.status).toBe(202);
  const { body } = await merchant.call('GET', `/events/${answer.body.eventId}`);
  expect(body).toMatchObject({
    event: given.sent,
    data: sampleOf(given.sent),
    test: true,
    deliveries: [{ endpointId: id }],
  });
});

test.each(['selgora', 'selz'])('a %s endpoint can neither name nor be tested with them', async (profile) => {
  const fields = { url: 'https://shop.example/', profile };
  expect(
    await merchant.call('POST', '/endpoints', { ...fields, events: ['endpoint.failing'] }),
  ).toMatchObject({ status: 400, body: { errors: [{ pointer: '/events/0' }] } });
  const { id } = await merchant.endpoint({ ...fields, events: ['*'] });
  expect(await merchant.call('POST', `/endpoints/${id}/test`, { event: 'endpoint.failing' })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '/event' }] },
  });
});
