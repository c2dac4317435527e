import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import { STREAM_LIMITS } from '../../src/api/event-stream.ts';
import { type EventSource, listenTo } from '../support/event-source.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let merchant: Merchant;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});
beforeEach(async () => {
  merchant = await openAccount(posthaste);
});

async function tail(query = '', headers: Record<string, string> = {}): Promise<EventSource> {
  const source = await listenTo(`${posthaste.url}/v1/accounts/${merchant.id}/deliveries/tail${query}`, {
    authorization: `Bearer ${posthaste.operatorKey}`,
    ...headers,
  });
  onTestFinished(() => source.close());
  return source;
}

const told = ({ events }: EventSource) => events.map(({ data }) => JSON.parse(data) as DeliveryAnswer);
const statusesOf = (source: EventSource, id: string) =>
  told(source)
    .filter((delivery) => delivery.id === id)
    .map(({ status }) => status);
const untilTold = (source: EventSource, id: string, status: string) =>
  waitUntil(
    () => statusesOf(source, id),
    (statuses) => statuses.at(-1) === status,
  );

test('a delivery is sent as it moves, as the list shows it', async () => {
  receiver.script('/moves', 500, 200);
  await merchant.endpoint({ url: receiver.url('/moves'), retrySchedule: [2] });
  const source = await tail();
  expect(source.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const id = await merchant.deliver('a.type', {});
  await untilTold(source, id, 'succeeded');
  expect(statusesOf(source, id)).toContain('retrying');
  const { body } = await merchant.call<{ data: DeliveryAnswer[] }>('GET', '/deliveries');
  expect(told(source).at(-1)).toEqual(body.data[0]);
  expect(source.events.every(({ event, id: at }) => event === 'delivery' && at !== undefined)).toBe(true);
});

test('one that was asleep before anybody listened is sent when it moves', async () => {
  receiver.script('/asleep', 500, 200);
  await merchant.endpoint({ url: receiver.url('/asleep') });
  const id = await merchant.deliver('a.type', {});
  await merchant.until(id, 'retrying');
  const source = await tail();
  await merchant.command(id, 'retry');
  await untilTold(source, id, 'succeeded');
});

test('only what is asked for is sent, and nothing of another account', async () => {
  receiver.script('/no', 404);
  const [good, bad] = [
    await merchant.endpoint({ url: receiver.url('/yes') }),
    await merchant.endpoint({ url: receiver.url('/no'), events: ['b.type'] }),
  ];
  const queries = [`?endpointId=${bad.id}`, '?status=failed', '?responseStatus=404', '?event=b.type'];
  const sources = await Promise.all(queries.map((query) => tail(query)));
  const other = await openAccount(posthaste);
  await other.endpoint({ url: receiver.url('/no') });
  await other.deliver('b.type', {});
  await merchant.send('a.type', {});
  const { deliveries } = await merchant.send('b.type', {});
  const idAt = (endpoint: { id: string }) =>
    deliveries.find(({ endpointId }) => endpointId === endpoint.id)?.id ?? '';
  for (const source of sources) await untilTold(source, idAt(bad), 'failed');
  await untilTold(sources[3] as EventSource, idAt(good), 'succeeded');
  for (const source of sources.slice(0, 3))
    expect(new Set(told(source).map(({ id }) => id))).toEqual(new Set([idAt(bad)]));
  expect(new Set(told(sources[3] as EventSource).map(({ id }) => id))).toEqual(
    new Set([idAt(bad), idAt(good)]),
  );
});

test('who comes again with the id of the last event is told what came meanwhile', async () => {
  await merchant.endpoint({ url: receiver.url('/again') });
  const first = await tail();
  await untilTold(first, await merchant.deliver('a.type', {}), 'succeeded');
  first.close();
  const missed = await merchant.deliver('a.type', {});
  await merchant.until(missed, 'succeeded');
  const again = await tail('', { 'last-event-id': first.events.at(-1)?.id ?? '' });
  await untilTold(again, missed, 'succeeded');
  const fresh = await tail();
  const next = await merchant.deliver('a.type', {});
  await untilTold(fresh, next, 'succeeded');
  expect(statusesOf(fresh, missed)).toEqual([]);
});

test('an account has so many streams and no more, until one is closed', async () => {
  const sources = await Promise.all(Array.from({ length: STREAM_LIMITS.mostOfAccount }, () => tail()));
  expect(sources.map(({ status }) => status)).toEqual(sources.map(() => 200));
  const { status, headers, body } = await merchant.call('GET', '/deliveries/tail');
  expect([status, body]).toEqual([429, expect.objectContaining({ code: 'too_many_streams' })]);
  expect(headers.get('retry-after')).toMatch(/^\d+$/);
  sources[0]?.close();
  await waitUntil(
    () => tail(),
    ({ status: now }) => now === 200,
  );
});

test('a HEAD request is answered, and ends', async () => {
  const response = await fetch(`${posthaste.url}/v1/accounts/${merchant.id}/deliveries/tail`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${posthaste.operatorKey}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
});

test('a process that stops ends its streams, and does not wait for their clients', async () => {
  const own = await startPosthaste();
  const account = await openAccount(own);
  const source = await listenTo(`${own.url}/v1/accounts/${account.id}/deliveries/tail`, {
    authorization: `Bearer ${own.operatorKey}`,
  });
  const stopped = own.stop();
  const begun = performance.now();
  await source.ended;
  // After five seconds connections would be cut.
  expect(performance.now() - begun).toBeLessThan(3000);
  await stopped;
});
