import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AcceptedEvent } from '../../src/api/event-contract.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, gate, type Step } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

interface Sent {
  key: string | undefined;
  n: number;
}

/** A merchant with an ordered endpoint at a path of its own. */
async function openLane(fields: Record<string, unknown> = {}) {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url(path), ordered: true, ...fields });
  return {
    merchant,
    path,
    endpointId,
    /** Sends the next event of a key, and gives its delivery's id. */
    send: (key: string | undefined, n: number, more: object = {}) =>
      merchant.deliver('a.type', { key, n }, { orderingKey: key, ...more }),
  };
}

/** What came to a path so far, in its order, repeats included. */
const came = (path: string): Sent[] =>
  receiver.requests
    .filter((request) => request.path === path)
    .map(({ body }) => (JSON.parse(String(body)) as { data: Sent }).data);

const cameOf = (path: string, key: string) =>
  came(path)
    .filter((sent) => sent.key === key)
    .map(({ n }) => n);

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Answers each event as its `n` says; 200 where nothing is said. */
function byNumber(steps: Record<number, Step>): Step {
  return (socket, request) => {
    const { n } = (JSON.parse(String(request.body)) as { data: Sent }).data;
    return (steps[n] ?? answer(200))(socket, request);
  };
}

/** Answers with each status in turn, then with 200. */
function turns(...statuses: number[]): Step {
  return (socket, request) => answer(statuses.shift() ?? 200)(socket, request);
}

async function allSucceed(merchant: Merchant, ids: readonly string[]): Promise<void> {
  for (const id of ids) await merchant.until(id, 'succeeded', 60_000);
}

describe.concurrent('an ordered endpoint', { timeout: 120_000 }, () => {
  test('gets the events of one key in the order in which they were accepted, one at a time, through retries', async () => {
    const { merchant, path, send } = await openLane({ retrySchedule: [1, 1] });
    receiver.script(path, byNumber({ 0: turns(500, 500), 3: turns(503), 7: turns(500) }));
    const ids: string[] = [];
    for (const n of upTo(10)) ids.push(await send('ann', n));
    await allSucceed(merchant, ids);
    expect(cameOf(path, 'ann')).toEqual([0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8, 9]);
  });

  test('blocks its key alone: other keys, events without one, and other endpoints of the same event flow', async () => {
    const { merchant, path } = await openLane({ retrySchedule: [600] });
    await merchant.endpoint({ url: receiver.url(`${path}/any`) });
    receiver.script(path, byNumber({ 0: answer(500) }));
    const of = async (key: string | undefined, n: number) => {
      const { deliveries } = await merchant.send('a.type', { key, n }, { orderingKey: key });
      return deliveries.map(({ id }) => id);
    };
    const blocked = await of('ann', 0);
    for (const n of upTo(3)) blocked.push(...(await of('ann', n + 1)));
    const flowing = [...(await of('bob', 1)), ...(await of('bob', 2)), ...(await of(undefined, 3))];
    await allSucceed(merchant, flowing);
    await waitUntil(() => cameOf(`${path}/any`, 'ann').length === 4);
    expect(cameOf(path, 'ann')).toEqual([0]);
    const waiting = await Promise.all(blocked.map((id) => merchant.delivery(id)));
    const here = waiting.filter(({ status }) => status !== 'succeeded');
    expect(here.map(({ status }) => status)).toEqual(['retrying', 'pending', 'pending', 'pending']);
    await merchant.command(here[0]?.id ?? '', 'cancel');
    await waitUntil(() => cameOf(path, 'ann').length === 4);
    expect(cameOf(path, 'ann')).toEqual([0, 1, 2, 3]);
  });

  test('keeps the order of a batch, also of one that is larger than a statement', async () => {
    const { merchant, path } = await openLane();
    const events = upTo(150).map((n) => ({
      event: 'a.type',
      data: { key: `k${n % 2}`, n },
      orderingKey: `k${n % 2}`,
    }));
    const { status } = await merchant.call('POST', '/events/batch', { events });
    expect(status).toBe(207);
    await waitUntil(() => came(path).length === 150, Boolean, 60_000);
    for (const odd of [0, 1]) expect(cameOf(path, `k${odd}`)).toEqual(upTo(75).map((n) => 2 * n + odd));
  });

  test.each([
    ['rejected', { 0: answer(422) }, {}],
    ['exhausted', { 0: answer(500) }, { retrySchedule: [] }],
  ] as const)('goes on behind one that is %s', async (reason, steps, fields) => {
    const { merchant, path, send } = await openLane(fields);
    receiver.script(path, byNumber(steps));
    const ids: string[] = [];
    for (const n of upTo(3)) ids.push(await send('ann', n));
    const [head = '', ...rest] = ids;
    await merchant.until(head, 'failed');
    expect(await merchant.delivery(head)).toMatchObject({ reason });
    await allSucceed(merchant, rest);
    expect(cameOf(path, 'ann')).toEqual([0, 1, 2]);
  });

  test('skips one that was cancelled while it waited, and tells the others apart from it', async () => {
    const { merchant, path, send } = await openLane();
    const held = gate();
    receiver.script(path, byNumber({ 0: held.step }));
    const ids: string[] = [];
    for (const n of upTo(4)) ids.push(await send('ann', n));
    const [head = '', second = '', third = '', last = ''] = ids;
    await waitUntil(() => held.waiting() === 1);
    expect(await merchant.command(second, 'cancel')).toMatchObject({ status: 'cancelled', attempts: [] });
    expect(await merchant.delivery(third)).toMatchObject({ status: 'pending', waitsFor: head });
    expect(came(path)).toHaveLength(1);
    held.open();
    await allSucceed(merchant, [head, third, last]);
    expect(cameOf(path, 'ann')).toEqual([0, 2, 3]);
    const { entries } = await merchant.log(second);
    expect(entries).toMatchObject([
      { kind: 'held', because: 'ordered' },
      { kind: 'changed', change: 'cancel' },
      { kind: 'ended', status: 'cancelled' },
    ]);
  });

  test('refuses to retry, move or resend one that waits, and says for whom it waits', async () => {
    const { merchant, path, send } = await openLane();
    const held = gate();
    receiver.script(path, held.step);
    const head = await send('ann', 0);
    const waiting = await send('ann', 1, { deliverAt: new Date(Date.now() + 300).toISOString() });
    await waitUntil(() => held.waiting() === 1);
    for (const [method, command, body] of [
      ['POST', '/retry', undefined],
      ['PATCH', '', { nextAttemptAt: new Date().toISOString() }],
    ] as const) {
      const refused = await merchant.call(method, `/deliveries/${waiting}${command}`, body);
      expect(refused).toMatchObject({ status: 409, body: { code: 'delivery_waits_in_lane' } });
      expect(refused.body).toMatchObject({ detail: expect.stringContaining(head) });
    }
    expect(await merchant.call('POST', `/deliveries/${waiting}/resend`)).toMatchObject({
      status: 409,
      body: { code: 'delivery_unfinished' },
    });
    expect(await merchant.log(waiting)).toMatchObject({
      source: 'record',
      entries: [{ kind: 'held', because: 'ordered' }],
    });
    held.open();
    await allSucceed(merchant, [head, waiting]);
    expect((await merchant.log(waiting)).entries[0]).toMatchObject({ kind: 'held', because: 'ordered' });
  });

  test('keeps the place of an event that is to be delivered later', async () => {
    const { merchant, path, send } = await openLane();
    const later = await send('ann', 0, { deliverAt: new Date(Date.now() + 5000).toISOString() });
    const next = await send('ann', 1);
    await merchant.until(later, ({ nextAttemptAt }) => nextAttemptAt !== undefined);
    await allSucceed(merchant, [later, next]);
    expect(cameOf(path, 'ann')).toEqual([0, 1]);
  });

  test('that is paused holds the first and keeps the others waiting; resumed, it gets all in their order', async () => {
    const { merchant, path, endpointId, send } = await openLane({ orderedMaxWait: 5 });
    await merchant.pause(endpointId);
    const ids: string[] = [];
    for (const n of upTo(4)) ids.push(await send('ann', n));
    const [head = '', second = '', ...rest] = ids;
    await merchant.until(head, 'held');
    // Other lanes move on meanwhile, so the time that passes is not too short.
    const other = await openLane({ orderedMaxWait: 5, retrySchedule: [600] });
    receiver.script(other.path, byNumber({ 0: answer(500) }));
    await other.send('bob', 0);
    await other.merchant.until(await other.send('bob', 1), 'succeeded', 30_000);
    expect(await merchant.delivery(second)).toMatchObject({ status: 'pending', waitsFor: head });
    await merchant.resume(endpointId);
    await allSucceed(merchant, [head, second, ...rest]);
    expect(cameOf(path, 'ann')).toEqual([0, 1, 2, 3]);
  });

  test('that is deleted ends those that wait at once', async () => {
    const { merchant, path, endpointId, send } = await openLane({ retrySchedule: [600] });
    receiver.script(path, answer(500));
    const ids: string[] = [];
    for (const n of upTo(4)) ids.push(await send('ann', n));
    const [head = '', ...rest] = ids;
    await merchant.until(head, 'retrying');
    await merchant.deleteEndpoint(endpointId);
    for (const id of rest)
      expect(await merchant.delivery(id)).toMatchObject({ status: 'failed', reason: 'endpoint_deleted' });
    await merchant.until(head, 'failed');
    expect(came(path)).toHaveLength(1);
  });

  test('that is ordered no more lets all go at once; ordered again, it keeps the order of what comes then', async () => {
    const { merchant, path, endpointId, send } = await openLane({ retrySchedule: [600] });
    receiver.script(path, byNumber({ 0: answer(500), 9: answer(500) }));
    const head = await send('ann', 0);
    const rest = [await send('ann', 1), await send('ann', 2)];
    await merchant.until(head, 'retrying');
    expect(await merchant.editEndpoint(endpointId, { ordered: false })).toMatchObject({ ordered: false });
    await allSucceed(merchant, [...rest, await send('ann', 3)]);
    await merchant.command(head, 'cancel');
    await merchant.until(head, 'cancelled');
    await merchant.editEndpoint(endpointId, { ordered: true });
    const first = await send('ann', 9);
    const second = await send('ann', 10);
    await merchant.until(first, 'retrying');
    expect(await merchant.delivery(second)).toMatchObject({ waitsFor: first });
  });

  test('is shown with its settings, which can be changed and taken back', async () => {
    const { merchant, endpointId } = await openLane({ orderedMaxWait: 60 });
    expect(await merchant.showEndpoint(endpointId)).toMatchObject({ ordered: true, orderedMaxWait: 60 });
    expect(await merchant.editEndpoint(endpointId, { orderedMaxWait: 90 })).toMatchObject({
      orderedMaxWait: 90,
    });
    expect(await merchant.editEndpoint(endpointId, { orderedMaxWait: null })).not.toHaveProperty(
      'orderedMaxWait',
    );
    for (const orderedMaxWait of [0, 2_592_001, 1.5])
      expect(await merchant.call('PATCH', `/endpoints/${endpointId}`, { orderedMaxWait })).toMatchObject({
        status: 400,
      });
    expect(await merchant.showEndpoint(endpointId)).toMatchObject({ ordered: true });
  });

  test('moves on by one each orderedMaxWait behind one that does not end, and not when that ends later', async () => {
    const { merchant, path, send } = await openLane({ retrySchedule: [600], orderedMaxWait: 8 });
    receiver.script(path, byNumber({ 0: turns(500), 1: turns(500) }));
    const ids: string[] = [];
    const since = Date.now();
    for (const n of upTo(4)) ids.push(await send('ann', n));
    const [first = '', second = '', third = ''] = ids;
    await merchant.until(second, 'retrying', 30_000);
    // The older of two: the lane waits for the newer one alone.
    await merchant.command(first, 'retry');
    await merchant.until(first, 'succeeded');
    expect(await merchant.delivery(third)).toMatchObject({ status: 'pending', waitsFor: second });
    await allSucceed(merchant, ids.slice(2));
    expect(cameOf(path, 'ann')).toEqual([0, 1, 0, 2, 3]);
    expect(await merchant.delivery(second)).toMatchObject({ status: 'retrying' });
    const [, one, , two] = receiver.requests.filter((request) => request.path === path);
    expect(Number(one?.receivedAt) - since).toBeGreaterThanOrEqual(8000);
    expect(Number(two?.receivedAt) - since).toBeGreaterThanOrEqual(16_000);
  });

  test.each([
    ['', {}],
    [', though its time is far', { deliverAt: new Date(Date.now() + 86_400_000).toISOString() }],
  ])('ends one whose payload was dropped when its turn comes%s, and goes on', async (_, more) => {
    const { merchant, path, send } = await openLane();
    const held = gate();
    receiver.script(path, byNumber({ 0: held.step }));
    const head = await send('ann', 0);
    const second = await send('ann', 1, more);
    const third = await send('ann', 2);
    await waitUntil(() => held.waiting() === 1);
    const { eventId } = await merchant.delivery(second);
    expect((await merchant.call('DELETE', `/events/${eventId}/payload`)).status).toBe(204);
    expect(await merchant.delivery(second)).toMatchObject({ status: 'pending', waitsFor: head });
    held.open();
    await allSucceed(merchant, [head, third]);
    expect(await merchant.delivery(second)).toMatchObject({ status: 'failed', reason: 'payload_expunged' });
    expect(cameOf(path, 'ann')).toEqual([0, 2]);
  });

  test('lets resends and test events out of its lanes', async () => {
    const { merchant, path, endpointId, send } = await openLane({ retrySchedule: [600] });
    receiver.script(path, byNumber({ 1: answer(500) }));
    const done = await send('ann', 0);
    await merchant.until(done, 'succeeded');
    const head = await send('ann', 1);
    await merchant.until(head, 'retrying');
    const again = await merchant.command(done, 'resend');
    await merchant.until(again.id, 'succeeded');
    const { body } = await merchant.call<{ deliveryId: string }>('POST', `/endpoints/${endpointId}/test`, {});
    await merchant.until(body.deliveryId, 'succeeded');
  });

  test('takes an event that is sent again as the same one, with another key as a conflict', async () => {
    const { merchant, path, send } = await openLane();
    const held = gate();
    receiver.script(path, held.step);
    const first = await send('ann', 0, { id: `${merchant.id}-0` });
    const second = await send('ann', 1, { id: `${merchant.id}-1` });
    expect(await send('ann', 1, { id: `${merchant.id}-1` })).toBe(second);
    for (const orderingKey of ['bob', undefined])
      expect(
        await merchant.call('POST', '/events', {
          event: 'a.type',
          data: { key: 'ann', n: 1 },
          id: `${merchant.id}-1`,
          orderingKey,
        }),
      ).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
    expect((await merchant.call('GET', `/events/${merchant.id}-1`)).body).toMatchObject({
      orderingKey: 'ann',
      deliveries: [{ id: second, waitsFor: first }],
    });
    held.open();
    await allSucceed(merchant, [first, second]);
    expect(cameOf(path, 'ann')).toEqual([0, 1]);
  });

  test('gets what many senders send to two processes in the order of each', async () => {
    const other = await startPosthaste({ ...posthaste.parts });
    const { merchant, path } = await openLane();
    const elsewhere = other.api;
    const senders = upTo(4).map(async (sender) => {
      for (const n of upTo(15)) {
        const { status } = await (n % 2 === 0 ? posthaste.api : elsewhere).call<AcceptedEvent>(
          'POST',
          `/v1/accounts/${merchant.id}/events`,
          { event: 'a.type', data: { key: `of ${sender}`, n, sender }, orderingKey: 'shared' },
        );
        expect(status).toBe(202);
      }
    });
    await Promise.all(senders);
    await waitUntil(() => came(path).length === 60, Boolean, 60_000);
    for (const sender of upTo(4)) expect(cameOf(path, `of ${sender}`)).toEqual(upTo(15));
    await other.stop();
  });

  test('gets its lanes in order from an API without a worker and two workers without an API', async () => {
    const api = await startPosthaste({ role: 'api' });
    const workers = await Promise.all([1, 2].map(() => startPosthaste({ ...api.parts, role: 'worker' })));
    const merchant = await openAccount(api);
    const path = `/${merchant.id}`;
    receiver.script(path, byNumber({ 5: turns(500) }));
    await merchant.endpoint({ url: receiver.url(path), ordered: true, retrySchedule: [1] });
    const events = upTo(40).map((n) => ({
      event: 'a.type',
      data: { key: `k${n % 2}`, n },
      orderingKey: `k${n % 2}`,
    }));
    await merchant.call('POST', '/events/batch', { events });
    await waitUntil(() => came(path).length === 41, Boolean, 60_000);
    for (const odd of [0, 1])
      expect([...new Set(cameOf(path, `k${odd}`))]).toEqual(upTo(20).map((n) => 2 * n + odd));
    for (const process of [...workers, api]) await process.stop();
  });

  test.each(['', ' ', 'a b', 'ü', 'x'.repeat(129), 7, null])('takes no %j for a key', async (orderingKey) => {
    const merchant = await openAccount(posthaste);
    expect(await merchant.call('POST', '/events', { event: 'a.type', data: {}, orderingKey })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/orderingKey' }] },
    });
  });
});

test('a lane of 100 quick deliveries is through within half a minute', { timeout: 60_000 }, async () => {
  const { merchant, path } = await openLane();
  const events = upTo(100).map((n) => ({ event: 'a.type', data: { key: 'ann', n }, orderingKey: 'ann' }));
  await merchant.call('POST', '/events/batch', { events });
  await waitUntil(() => came(path).length === 100, Boolean, 30_000);
  expect(cameOf(path, 'ann')).toEqual(upTo(100));
});
