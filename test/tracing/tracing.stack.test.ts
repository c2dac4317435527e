import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import type { TracingSettings } from '../../src/tracing/tracing.ts';
import { openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startTraceReceiver, type ToldSpan } from './trace-receiver.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** A collector, and how to have traces sent there. */
async function collector(sampler: TracingSettings['sampler'] = 'parentbased_always_on') {
  const { endpoint, spans, close } = await startTraceReceiver();
  onTestFinished(close);
  return { spans, tracing: { endpoint, serviceName: 'hooks', sampler, ratio: 1 } };
}

const named = (spans: ToldSpan[], name: string) =>
  spans.filter((span) => span.name === name).toSorted((a, b) => a.startMs - b.startMs);

/** What each event was accepted under, in the record. */
async function kept(databaseUrl: string): Promise<(string | null)[]> {
  const pool = createPool(databaseUrl, () => undefined, { max: 1 });
  const { rows } = await pool.query<{ traceparent: string | null }>('select traceparent from events');
  await pool.end();
  return rows.map(({ traceparent }) => traceparent);
}

test.each(['off', 'always'] as const)(
  'a trace leads from the request to each attempt, a retry by another process included (bursts %s)',
  async (bursts) => {
    const { spans, tracing } = await collector();
    const { databaseUrl, drop } = await freshDatabase();
    onTestFinished(drop);
    const first = await startPosthaste({ databaseUrl, tracing, bursts });
    const shop = await openAccount(first);
    receiver.script(`/${bursts}`, 503, 200);
    const endpoint = await shop.endpoint({ url: receiver.url(`/${bursts}?token=hidden`) });
    const sent = await shop.call<{ id: string; deliveries: { id: string }[] }>(
      'POST',
      '/events',
      { event: 'stock.moved', data: { card: 'xyzzy' } },
      { traceparent: `00-${TRACE}-${CALLER}-01` },
    );
    const deliveryId = sent.body.deliveries[0]?.id ?? '';
    await shop.until(deliveryId, 'retrying');
    await first.stop();
    const second = await startPosthaste({ ...first.parts });
    const again = await openAccount(second);
    await second.api.call('POST', `/v1/accounts/${shop.id}/deliveries/${deliveryId}/retry`);
    await receiver.waitFor((all) => all.filter(({ path }) => path === `/${bursts}`).length === 2, 20_000);
    expect(again.id).not.toBe(shop.id);
    await second.stop();

    const own = spans.filter(({ traceId }) => traceId === TRACE);
    const [request] = named(own, 'POST /v1/accounts/:account/events');
    const [accept] = named(own, 'accept event');
    const starts = named(own, bursts === 'off' ? 'start workflow' : 'start burst');
    const attempts = named(own, 'attempt');
    const posts = named(own, 'POST');
    expect(request).toMatchObject({
      parentSpanId: CALLER,
      service: 'hooks',
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 202,
        'posthaste.account.id': shop.id,
      },
    });
    expect(accept).toMatchObject({
      parentSpanId: request?.spanId,
      attributes: { 'posthaste.event.id': sent.body.id, 'posthaste.deliveries': 1 },
    });
    expect(starts[0]).toMatchObject({
      parentSpanId: accept?.spanId,
      attributes: { 'posthaste.delivery.id': deliveryId },
    });
    const facts = {
      'posthaste.account.id': shop.id,
      'posthaste.endpoint.id': endpoint.id,
      'posthaste.event.type': 'stock.moved',
      'posthaste.delivery.id': deliveryId,
    };
    expect(attempts).toMatchObject([
      {
        parentSpanId: accept?.spanId,
        isError: true,
        attributes: {
          ...facts,
          'posthaste.attempt': 1,
          'posthaste.delivery.status': 'retrying',
          'error.type': 'server_error',
        },
      },
      {
        parentSpanId: accept?.spanId,
        isError: false,
        attributes: { ...facts, 'posthaste.attempt': 2, 'posthaste.delivery.status': 'succeeded' },
      },
    ]);
    expect(posts).toMatchObject([
      { parentSpanId: attempts[0]?.spanId, isError: true, attributes: { 'http.response.status_code': 503 } },
      { parentSpanId: attempts[1]?.spanId, isError: false, attributes: { 'http.response.status_code': 200 } },
    ]);
    for (const [place, post] of posts.entries()) {
      expect(post.startMs).toBeGreaterThanOrEqual(attempts[place]?.startMs ?? 0);
      expect(post.endMs).toBe(attempts[place]?.endMs);
    }
    expect(own).toHaveLength(7);
    expect(JSON.stringify(spans)).not.toMatch(/xyzzy|hidden|whsec_/);
  },
);

test('the endpoint is told nothing of it, and what is sent and signed is the same', async () => {
  const { tracing } = await collector();
  const posthaste = await startPosthaste({ tracing });
  onTestFinished(posthaste.stop);
  const shop = await openAccount(posthaste);
  await shop.endpoint({ url: receiver.url('/untold') });
  await shop.until(await shop.deliver('stock.moved', {}), 'succeeded');
  const request = receiver.requests.find(({ path }) => path === '/untold');
  expect(Object.keys(request?.headers ?? {})).not.toContain('traceparent');
});

test('the events of a batch are accepted each under a span of its own, in the trace of the request', async () => {
  const { spans, tracing } = await collector();
  const posthaste = await startPosthaste({ tracing });
  const shop = await openAccount(posthaste);
  const events = ['a.one', 'a.two'].map((event) => ({ event, data: {} }));
  await shop.call('POST', '/events/batch', { events });
  await posthaste.stop();
  const [request] = named(spans, 'POST /v1/accounts/:account/events/batch');
  expect(request?.parentSpanId).toBe('');
  const accepted = named(spans, 'accept event');
  expect(accepted.map(({ attributes }) => attributes['posthaste.event.type']).sort()).toEqual([
    'a.one',
    'a.two',
  ]);
  for (const { traceId, parentSpanId } of accepted)
    expect([traceId, parentSpanId]).toEqual([request?.traceId, request?.spanId]);
});

test.each([
  ['a caller who does not sample', 'parentbased_always_on', `00-${TRACE}-${CALLER}-00`],
  ['a sampler that takes nothing', 'always_off', `00-${TRACE}-${CALLER}-01`],
] as const)('with %s nothing is told, and nothing kept', async (_, sampler, traceparent) => {
  const { spans, tracing } = await collector(sampler);
  const { databaseUrl, drop } = await freshDatabase();
  onTestFinished(drop);
  const posthaste = await startPosthaste({ tracing, databaseUrl });
  const shop = await openAccount(posthaste);
  await shop.endpoint({ url: receiver.url('/unsampled') });
  const body = { event: 'stock.moved', data: {} };
  const sent = await shop.call<{ deliveries: { id: string }[] }>('POST', '/events', body, { traceparent });
  await shop.until(sent.body.deliveries[0]?.id ?? '', 'succeeded');
  await posthaste.stop();
  expect(spans).toEqual([]);
  expect(await kept(databaseUrl)).toEqual([null]);
});

test('a traceparent that is none begins a trace of its own, and the call goes through', async () => {
  const { spans, tracing } = await collector();
  const posthaste = await startPosthaste({ tracing });
  const shop = await openAccount(posthaste);
  const body = { event: 'stock.moved', data: {} };
  for (const traceparent of ['nonsense', `00-${'0'.repeat(32)}-${CALLER}-01`, `ff-${TRACE}-${CALLER}-01`])
    expect((await shop.call('POST', '/events', body, { traceparent })).status).toBe(202);
  await posthaste.stop();
  const requests = named(spans, 'POST /v1/accounts/:account/events');
  expect(new Set(requests.map(({ traceId }) => traceId)).size).toBe(3);
  for (const { traceId, parentSpanId } of requests)
    expect([traceId === TRACE, parentSpanId]).toEqual([false, '']);
});

test('without tracing nothing is kept, whatever the caller sends', async () => {
  const { databaseUrl, drop } = await freshDatabase();
  onTestFinished(drop);
  const posthaste = await startPosthaste({ databaseUrl });
  onTestFinished(posthaste.stop);
  const shop = await openAccount(posthaste);
  const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
  await shop.call('POST', '/events', { event: 'stock.moved', data: {} }, headers);
  expect(await kept(databaseUrl)).toEqual([null]);
});

test('a collector that is away holds nothing up, not even the end of the process', async () => {
  const tracing = { ...(await collector()).tracing, endpoint: 'http://127.0.0.1:1' };
  const posthaste = await startPosthaste({ tracing });
  const shop = await openAccount(posthaste);
  await shop.endpoint({ url: receiver.url('/away') });
  await shop.until(await shop.deliver('stock.moved', {}), 'succeeded');
  const begun = performance.now();
  await posthaste.stop();
  expect(performance.now() - begun).toBeLessThan(15_000);
});
