import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** An account with one endpoint for each subscription; tells which of them an event goes to. */
async function subscribers(subscriptions: Record<string, { profile: string; events: string[] }>) {
  const merchant = await openAccount(posthaste);
  const names = new Map<string, string>();
  for (const [name, subscription] of Object.entries(subscriptions)) {
    const { id } = await merchant.endpoint({ url: receiver.url(`/${merchant.id}/${name}`), ...subscription });
    names.set(id, name);
  }
  return {
    merchant,
    async receiversOf(event: string): Promise<(string | undefined)[]> {
      const { deliveries } = await merchant.send(event);
      for (const { id } of deliveries) await merchant.until(id, 'succeeded');
      return deliveries.map(({ endpointId }) => names.get(endpointId)).sort();
    },
  };
}

describe.concurrent('an event goes to each endpoint that subscribes to it', () => {
  test('by its name, a prefix or everything', async () => {
    const { receiversOf } = await subscribers({
      everything: { profile: 'standard', events: ['*'] },
      orders: { profile: 'standard', events: ['order.*'] },
      completed: { profile: 'standard', events: ['contact.created', 'order.completed'] },
      contacts: { profile: 'standard', events: ['contact.*'] },
    });
    expect(await receiversOf('order.completed')).toEqual(['completed', 'everything', 'orders']);
    expect(await receiversOf('order.refunded')).toEqual(['everything', 'orders']);
    expect(await receiversOf('contact.created')).toEqual(['completed', 'contacts', 'everything']);
    expect(await receiversOf('orderly.thing')).toEqual(['everything']);
  });

  test("a product's endpoint receives only types of its own catalogue, whatever its wildcards", async () => {
    const { receiversOf } = await subscribers({
      selgora: { profile: 'selgora', events: ['*'] },
      selz: { profile: 'selz', events: ['*', 'order_*'] },
      standard: { profile: 'standard', events: ['*'] },
    });
    expect(await receiversOf('order.completed')).toEqual(['selgora', 'standard']);
    expect(await receiversOf('order_completed')).toEqual(['selz', 'standard']);
    expect(await receiversOf('order.free-one')).toEqual(['standard']);
    expect(await receiversOf('order_free_one')).toEqual(['standard']);
  });

  test('once, though several of its patterns match', async () => {
    const { receiversOf } = await subscribers({
      all: { profile: 'standard', events: ['*', 'order.*', 'order.completed'] },
    });
    expect(await receiversOf('order.completed')).toEqual(['all']);
  });

  test('and never to another account', async () => {
    const one = await subscribers({ own: { profile: 'standard', events: ['*'] } });
    const other = await subscribers({ foreign: { profile: 'standard', events: ['*'] } });
    expect(await one.receiversOf('order.completed')).toEqual(['own']);
    const { body } = await other.merchant.call<{ data: unknown[] }>('GET', '/deliveries');
    expect(body.data).toEqual([]);
  });
});

test('an event nobody subscribes to is stored and answers no deliveries', async () => {
  const { merchant } = await subscribers({ contacts: { profile: 'standard', events: ['contact.*'] } });
  const accepted = await merchant.send('order.completed');
  expect(accepted.deliveries).toEqual([]);
  const stored = await merchant.call('GET', `/events/${accepted.id}`);
  expect(stored).toMatchObject({
    status: 200,
    body: { id: accepted.id, event: 'order.completed', data: sampleOf('order.completed'), deliveries: [] },
  });
});

test('a product endpoint cannot name a type of another catalogue, or a free one', async () => {
  const merchant = await openAccount(posthaste);
  for (const event of ['order_completed', 'free.type']) {
    const body = { url: receiver.url('/never'), profile: 'selgora', events: ['order.*', event] };
    expect(await merchant.call('POST', '/endpoints', body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/events/1' }] },
    });
  }
});

test.concurrent.each([
  ['selgora', 'order.completed'],
  ['selz', 'order_completed'],
  ['standard', 'order.completed'],
])("a test send brings a %s endpoint the type's sample through the real engine", async (profile, event) => {
  const merchant = await openAccount(posthaste);
  const path = `/test-send/${profile}`;
  const { id } = await merchant.endpoint({ url: receiver.url(path), profile, events: [event] });
  const bystander = await merchant.endpoint({ url: receiver.url(`${path}/bystander`), profile });
  const answer = await merchant.call<{ eventId: string; deliveryId: string }>(
    'POST',
    `/endpoints/${id}/test`,
    { event },
  );
  expect(answer.status).toBe(202);
  const delivery = await merchant.until(answer.body.deliveryId, 'succeeded');
  expect(delivery).toMatchObject({ eventId: answer.body.eventId, endpointId: id, event });
  const came = receiver.requests.filter((request) => request.path.startsWith(path));
  expect(came.map((request) => request.path)).toEqual([path]);
  expect(JSON.parse(came[0]?.body.toString() ?? '')).toMatchObject({ data: sampleOf(event) });
  expect(bystander.status).toBe('active');
});

test('the same event sent twice is delivered once', async () => {
  const { merchant } = await subscribers({ all: { profile: 'standard', events: ['*'] } });
  const key = { 'Idempotency-Key': 'press-1' };
  const body = { event: 'order.completed', data: sampleOf('order.completed') };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      merchant.call<{ deliveries: { id: string }[] }>('POST', '/events', body, key),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
  expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
  await merchant.until(answers[0]?.body.deliveries[0]?.id ?? '', 'succeeded');
  const path = `/${merchant.id}/all`;
  expect(receiver.requests.filter((request) => request.path === path)).toHaveLength(1);
});
