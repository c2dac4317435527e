import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, gate, hang } from '../support/steps.ts';
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

const orders = (path: string) =>
  receiver.requests
    .filter((request) => request.path === path)
    .map(({ body }) => JSON.parse(body.toString()).data.n as number);

/** It is kept waiting while others come. */
const PATIENT = { timeoutMs: 30_000 };

describe.concurrent('an endpoint', { timeout: 120_000 }, () => {
  test('gets no more than maxConcurrency attempts at a time, in the order in which they came', async () => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const held = gate();
    receiver.script(path, held.step);
    await merchant.endpoint({ url: receiver.url(path), maxConcurrency: 2, ...PATIENT });
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) ids.push(await merchant.deliver('a.type', { n }));
    // Of those that are started at one time any may be the first.
    await waitUntil(() => held.waiting() === 2, Boolean, 30_000);
    for (let n = 2; n < 12; n++) ids.push(await merchant.deliver('a.type', { n }));
    await waitUntil(
      () => Promise.all(ids.map((id) => merchant.log(id))),
      (logs) => logs.filter(({ entries }) => entries.some(({ kind }) => kind === 'held')).length === 10,
      30_000,
    );
    expect(held.waiting()).toBe(2);
    const waiting = await merchant.delivery(ids[11] ?? '');
    expect(waiting).toMatchObject({ status: 'pending', attemptCount: 0, attempts: [] });
    for (let left = 12; left > 0; left--) {
      // The next is out before another is let go, so that a slow one is not passed.
      await waitUntil(() => held.waiting() === Math.min(2, left), Boolean, 30_000);
      held.letOne();
    }
    for (const id of ids) await merchant.until(id, 'succeeded', 30_000);
    expect(held.most()).toBe(2);
    expect(orders(path).slice(2)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('that is resumed gets what it held no faster than maxConcurrency at a time', async () => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const held = gate();
    receiver.script(path, held.step);
    const { id: endpointId } = await merchant.endpoint({
      url: receiver.url(path),
      maxConcurrency: 3,
      ...PATIENT,
    });
    await merchant.pause(endpointId);
    const ids = await Promise.all(Array.from({ length: 15 }, (_, n) => merchant.deliver('a.type', { n })));
    for (const id of ids) await merchant.until(id, 'held', 30_000);
    await merchant.resume(endpointId);
    await waitUntil(() => held.waiting() === 3, Boolean, 30_000);
    held.open();
    for (const id of ids) await merchant.until(id, 'succeeded', 30_000);
    expect(held.most()).toBe(3);
    for (const id of ids) {
      const { entries } = await merchant.log(id);
      // One whose own workflow begins after the resume may wait for room once more.
      expect(entries.filter((entry) => entry.kind !== 'held' || entry.because !== 'busy')).toMatchObject([
        { kind: 'held', because: 'paused' },
        { kind: 'changed', change: 'endpoint_changed', by: 'operator' },
        { kind: 'attempt' },
        { kind: 'ended' },
      ]);
    }
  });

  test('lets more through at once when its maxConcurrency is raised', async () => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const held = gate();
    receiver.script(path, held.step);
    const { id: endpointId } = await merchant.endpoint({
      url: receiver.url(path),
      maxConcurrency: 1,
      ...PATIENT,
    });
    const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => merchant.deliver('a.type', { n })));
    await waitUntil(() => held.waiting() === 1, Boolean, 30_000);
    expect(await merchant.editEndpoint(endpointId, { maxConcurrency: 5 })).toMatchObject({
      maxConcurrency: 5,
    });
    await waitUntil(() => held.waiting() === 5, Boolean, 30_000);
    held.open();
    for (const id of ids) await merchant.until(id, 'succeeded', 30_000);
    expect(held.most()).toBe(5);
  });

  test.each([
    ['paused', 500],
    ['disabled', 410],
  ])('that is %s holds what waited for room, and gets it when it is resumed', async (because, status) => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const busy = gate(answer(status));
    receiver.script(path, busy.step, 200);
    const { id: endpointId } = await merchant.endpoint({
      url: receiver.url(path),
      maxConcurrency: 1,
      ...PATIENT,
    });
    await merchant.deliver('a.type', { n: 0 });
    await waitUntil(() => busy.waiting() === 1);
    const waiting = await merchant.deliver('a.type', { n: 1 });
    await waitUntil(
      () => merchant.log(waiting),
      ({ entries }) => entries.some(({ kind }) => kind === 'held'),
    );
    if (because === 'paused') await merchant.pause(endpointId);
    else busy.open();
    await merchant.until(waiting, 'held');
    // The workflow of one that waited without is told a moment later; of the change itself before it, or after.
    const held = async () => (await merchant.log(waiting)).entries.filter(({ kind }) => kind === 'held');
    expect(await waitUntil(held, ({ length }) => length > 1)).toMatchObject([
      { because: 'busy' },
      { because },
    ]);
    busy.open();
    await merchant.resume(endpointId);
    await merchant.until(waiting, 'succeeded');
  });

  // In a burst there is no task of its own to hold.
  test.skipIf(process.env.TEST_BURSTS === 'always')(
    'that is slow gets those it has room for again in no workflow task',
    async () => {
      const merchant = await openAccount(posthaste);
      const path = `/${merchant.id}`;
      const held = gate();
      receiver.script(path, answer(200, { delayMs: 1200 }), held.step);
      await merchant.endpoint({ url: receiver.url(path), maxConcurrency: 1, ...PATIENT });
      await merchant.until(await merchant.deliver('a.type', { n: 0 }), 'succeeded');
      const first = await merchant.deliver('a.type', { n: 1 });
      await waitUntil(() => held.waiting() === 1);
      const second = await merchant.deliver('a.type', { n: 2 });
      await waitUntil(
        () => merchant.log(second),
        ({ entries }) => entries.some(({ kind }) => kind === 'held'),
      );
      held.letOne();
      await waitUntil(() => held.waiting() === 1);
      const events = await historyOf(posthaste.client, second);
      expect(events.some((event) => event.activityTaskScheduledEventAttributes)).toBe(true);
      held.open();
      for (const id of [first, second]) await merchant.until(id, 'succeeded');
    },
  );

  test('is shared by two workers, which together keep to its maxConcurrency', async () => {
    const other = await startPosthaste({ ...posthaste.parts });
    const merchant = await openAccount(posthaste);
    const elsewhere = { ...merchant, ...(await openAccount(other)) };
    expect(elsewhere.id).not.toBe(merchant.id);
    const path = `/${merchant.id}`;
    const held = gate();
    receiver.script(path, held.step);
    await merchant.endpoint({ url: receiver.url(path), maxConcurrency: 4, ...PATIENT });
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        (n % 2 === 0 ? posthaste : other).api.call<{ deliveries: { id: string }[] }>(
          'POST',
          `/v1/accounts/${merchant.id}/events`,
          { event: 'a.type', data: { n } },
        ),
      ),
    );
    const ids = sent.flatMap(({ body }) => body.deliveries.map(({ id }) => id));
    expect(ids).toHaveLength(30);
    await waitUntil(() => held.waiting() === 4, Boolean, 30_000);
    held.open();
    for (const id of ids) await merchant.until(id, 'succeeded', 60_000);
    expect(held.most()).toBe(4);
    await other.stop();
  });
});

test('endpoints that hang delay no other account', { timeout: 120_000 }, async () => {
  const [hanging, quick] = await Promise.all([openAccount(posthaste), openAccount(posthaste)]);
  receiver.script(`/${hanging.id}`, hang());
  for (let n = 0; n < 8; n++) {
    await hanging.endpoint({ url: receiver.url(`/${hanging.id}`), timeoutMs: 30_000, retrySchedule: [] });
  }
  await quick.endpoint({ url: receiver.url(`/${quick.id}`) });
  const flood = Array.from({ length: 40 }, (_, n) => ({ event: 'a.type', data: { n } }));
  expect((await hanging.call('POST', '/events/batch', { events: flood })).status).toBe(207);
  await waitUntil(
    () => receiver.requests.filter((request) => request.path === `/${hanging.id}`).length > 200,
    Boolean,
    60_000,
  );
  const startedAt = performance.now();
  for (let n = 0; n < 20; n++) await quick.until(await quick.deliver('a.type', { n }), 'succeeded', 10_000);
  // Without sharing out, the 30 s of those that hang would have to pass first.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});
