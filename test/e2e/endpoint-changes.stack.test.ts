import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timersOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
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

/** An account with one endpoint, and a delivery to it that sleeps for five minutes after a first 500. */
async function asleep({ profile = 'standard', event = 'order.completed', fields = {} } = {}) {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  receiver.script(path, 500, 200);
  const endpoint = await merchant.endpoint({ url: receiver.url(path), profile, ...fields });
  const id = await merchant.deliver(event);
  await waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length === 1,
  );
  const requests = () => receiver.requests.filter((request) => request.path.startsWith(path));
  return { merchant, endpoint, id, path, requests };
}

describe.concurrent('a paused endpoint', () => {
  test('holds new deliveries, and resuming it delivers them', async () => {
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url(path) });
    await merchant.pause(endpointId);
    expect(await merchant.showEndpoint(endpointId)).toMatchObject({ status: 'paused' });
    const ids = await Promise.all([1, 2, 3].map(() => merchant.deliver('order.completed')));
    for (const id of ids) expect(await merchant.until(id, 'held')).toMatchObject({ attemptCount: 0 });
    expect(receiver.requests.filter((request) => request.path === path)).toHaveLength(0);
    await merchant.resume(endpointId);
    for (const id of ids) await merchant.until(id, 'succeeded');
    expect(receiver.requests.filter((request) => request.path === path)).toHaveLength(3);
  });

  test('holds a sleeping delivery when its time comes', async () => {
    const { merchant, endpoint, id, requests } = await asleep();
    await merchant.pause(endpoint.id);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'held');
    expect(requests()).toHaveLength(1);
    await merchant.resume(endpoint.id);
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attemptCount: 2 });
  });

  test('that is resumed before a delivery wakes leaves its wait as it was', async () => {
    const { merchant, endpoint, id } = await asleep();
    const { nextAttemptAt } = await merchant.delivery(id);
    await merchant.pause(endpoint.id);
    await merchant.resume(endpoint.id);
    expect(await merchant.delivery(id)).toMatchObject({ status: 'retrying', nextAttemptAt });
  });

  test('that is resumed, deleted while held, ends what it held', async () => {
    const merchant = await openAccount(posthaste);
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/held-then-deleted') });
    await merchant.pause(endpointId);
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'held');
    await merchant.deleteEndpoint(endpointId);
    expect(await merchant.until(id, 'failed')).toMatchObject({ reason: 'endpoint_deleted', attemptCount: 0 });
  });
});

describe.concurrent('what is changed during a sleep holds for the sleeping delivery:', () => {
  test('the URL', async () => {
    const { merchant, endpoint, id, path, requests } = await asleep();
    await merchant.editEndpoint(endpoint.id, { url: receiver.url(`${path}/new`) });
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded');
    expect(requests().map((request) => request.path)).toEqual([path, `${path}/new`]);
  });

  test('the schedule, counted from the end of the last attempt', async () => {
    const { merchant, endpoint, id } = await asleep();
    await merchant.editEndpoint(endpoint.id, { retrySchedule: [2] });
    const { attempts } = await merchant.until(id, 'succeeded');
    const [first, second] = attempts;
    const endedMs = Date.parse(first?.startedAt ?? '') + (first?.durationMs ?? 0);
    expect(Date.parse(second?.startedAt ?? '') - endedMs).toBeGreaterThanOrEqual(2000);
  });

  test('the secret, at once when there is no overlap', async () => {
    const { merchant, endpoint, id, requests } = await asleep({ profile: 'selgora' });
    const { secret } = await merchant.rotate(endpoint.id, { overlapSeconds: 0 });
    expect(secret).not.toBe(endpoint.secret);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded');
    const [, second] = requests();
    const { body = '', headers = {} } = second ?? {};
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    expect(headers['x-selgora-signature']).toBe(`sha256=${signature}`);
    expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new Webhook(endpoint.secret).verify(body, headers)).toThrow();
  });

  test('the secret, both signing during an overlap and the own header carrying the newest', async () => {
    const { merchant, endpoint, id, requests } = await asleep({ profile: 'selgora' });
    const { secret } = await merchant.rotate(endpoint.id);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded');
    const [, second] = requests();
    const { body = '', headers = {} } = second ?? {};
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const valid of [secret, endpoint.secret]) {
      expect(() => new Webhook(valid).verify(body, headers)).not.toThrow();
    }
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    expect(headers['x-selgora-signature']).toBe(`sha256=${signature}`);
  });

  test('that it was deleted', async () => {
    const { merchant, endpoint, id, requests } = await asleep();
    await merchant.deleteEndpoint(endpoint.id);
    const delivery = await merchant.until(id, 'failed');
    expect(delivery).toMatchObject({ reason: 'endpoint_deleted', attemptCount: 1 });
    expect(delivery).not.toHaveProperty('nextAttemptAt');
    expect(requests()).toHaveLength(1);
    expect(await merchant.call('POST', `/deliveries/${id}/resend`)).toMatchObject({ status: 409 });
  });
});

test('an endpoint deleted during an attempt that fails ends the delivery after it', async () => {
  const merchant = await openAccount(posthaste);
  receiver.script('/deleted-in-flight', answer(500, { delayMs: 500 }));
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/deleted-in-flight') });
  const id = await merchant.deliver('order.completed');
  await waitUntil(() => receiver.requests.some(({ path }) => path === '/deleted-in-flight'));
  await merchant.deleteEndpoint(endpointId);
  expect(await merchant.until(id, 'failed')).toMatchObject({ reason: 'endpoint_deleted', attemptCount: 1 });
});
