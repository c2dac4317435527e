import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyText, timersOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_WAITS_MS = [300_000, 1_800_000, 2 * HOUR_MS, 8 * HOUR_MS, 24 * HOUR_MS];

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** Waits until a delivery sleeps in its n-th timer. */
function asleep(deliveryId: string, n: number): Promise<number[]> {
  return waitUntil(
    () => timersOf(posthaste.client, deliveryId),
    (timers) => timers.length === n,
  );
}

test('the default schedule is 5 m, 30 m, 2 h, 8 h and 24 h in durable timers, then exhausted', async () => {
  receiver.script('/secret-path', 500);
  const merchant = await openAccount(posthaste);
  const { secret, timeoutMs, retrySchedule } = await merchant.endpoint({
    url: receiver.url('/secret-path'),
    profile: 'selgora',
    events: ['order.*'],
    headers: { 'X-Shop': 'header-of-the-shop' },
  });
  expect(retrySchedule).toEqual(DEFAULT_WAITS_MS.map((waitMs) => waitMs / 1000));
  expect(timeoutMs).toBe(5000);

  const id = await merchant.deliver('order.completed');
  for (let n = 1; n <= 5; n++) {
    await asleep(id, n);
    const delivery = await merchant.delivery(id);
    expect(delivery).toMatchObject({ status: 'retrying', attemptCount: n });
    const { startedAt = '', durationMs = 0 } = delivery.attempts.at(-1) ?? {};
    const wakeMs = Date.parse(delivery.nextAttemptAt ?? '') - Date.parse(startedAt) - durationMs;
    expect(wakeMs).toBe(DEFAULT_WAITS_MS[n - 1]);
    await merchant.command(id, 'retry');
  }
  const ended = await merchant.until(id, 'failed');
  expect(ended).toMatchObject({ reason: 'exhausted', attemptCount: 6 });
  expect(ended.attempts.map(({ number, error }) => [number, error])).toEqual(
    [1, 2, 3, 4, 5, 6].map((number) => [number, 'server_error']),
  );
  expect(receiver.requests.filter(({ path }) => path === '/secret-path')).toHaveLength(6);

  expect(await timersOf(posthaste.client, id)).toEqual(DEFAULT_WAITS_MS);

  const { source, entries } = await merchant.log(id);
  expect(source).toBe('workflow');
  const waits = entries.flatMap((entry) => (entry.kind === 'wait' ? [entry] : []));
  expect(waits.map(({ at, until }) => Date.parse(until) - Date.parse(at))).toEqual(DEFAULT_WAITS_MS);
  expect(new Set(waits.map(({ because }) => because))).toEqual(new Set(['retry_schedule']));
  expect(entries.at(-1)).toMatchObject({ kind: 'ended', status: 'failed', reason: 'exhausted' });

  const history = await historyText(posthaste.client, id);
  expect(history).toContain(id);
  for (const confidential of [secret, secret.slice(6), '127.0.0.1', 'secret-path', 'header-of-the-shop']) {
    expect(history).not.toContain(confidential);
  }
  for (const payload of ['maria.keller@example.com', 'Watercolour', 'customer_email']) {
    expect(history).not.toContain(payload);
  }
});

describe.concurrent('an endpoint with a schedule of its own', () => {
  test('is retried by it, each wait counted from the end of the attempt before', async () => {
    receiver.script('/own', 500, answer(500, { delayMs: 300 }), 200);
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url('/own'), retrySchedule: [1, 1] });
    const id = await merchant.deliver('order.completed');
    const { attempts } = await merchant.until(id, 'succeeded');
    expect(attempts.map(({ responseStatus }) => responseStatus)).toEqual([500, 500, 200]);
    const times = attempts.map(({ startedAt, durationMs }) => ({
      from: Date.parse(startedAt),
      to: Date.parse(startedAt) + durationMs,
    }));
    expect((times[1]?.from ?? 0) - (times[0]?.to ?? 0)).toBeGreaterThanOrEqual(1000);
    expect((times[2]?.from ?? 0) - (times[1]?.to ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(await timersOf(posthaste.client, id)).toEqual([1000, 1000]);
  });

  test('is given up after it', async () => {
    receiver.script('/given-up', 500);
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url('/given-up'), retrySchedule: [1] });
    const id = await merchant.deliver('order.completed');
    const delivery = await merchant.until(id, 'failed');
    expect(delivery).toMatchObject({ reason: 'exhausted', attemptCount: 2 });
  });

  test('that is empty gets one attempt', async () => {
    receiver.script('/once', 503);
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url('/once'), retrySchedule: [] });
    const id = await merchant.deliver('order.completed');
    const delivery = await merchant.until(id, 'failed');
    expect(delivery).toMatchObject({ reason: 'exhausted', attemptCount: 1 });
    expect(await timersOf(posthaste.client, id)).toEqual([]);
  });

  test.each([
    ['lengthens a wait', [10, 600], '60', 60_000, 'retry_after'],
    ["lengthens it up to the schedule's longest", [10, 600], '99999', 600_000, 'retry_after'],
    ['never shortens it', [600], '1', 600_000, 'retry_schedule'],
    ['that makes no sense is ignored', [600], 'soon', 600_000, 'retry_schedule'],
  ])('a Retry-After %s', async (_, retrySchedule, header, waitMs, because) => {
    const path = `/after-${header}-${waitMs}`;
    receiver.script(path, answer(503, { headers: { 'Retry-After': header } }));
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url(path), retrySchedule });
    const id = await merchant.deliver('order.completed');
    expect(await asleep(id, 1)).toEqual([waitMs]);
    const { entries } = await merchant.log(id);
    expect(entries.at(-1)).toMatchObject({ kind: 'wait', because });
  });

  test('with jitter waits longer, never shorter', async () => {
    receiver.script('/jitter', 500);
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url('/jitter'), retrySchedule: [100], retryJitter: 0.5 });
    const [waitMs = 0] = await asleep(await merchant.deliver('order.completed'), 1);
    expect(waitMs).toBeGreaterThanOrEqual(100_000);
    expect(waitMs).toBeLessThanOrEqual(150_000);
  });
});
