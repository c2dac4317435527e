import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyOf, timersOf } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type ReceivedRequest, type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, type Step } from '../support/steps.ts';
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

/** An account with one endpoint that answers as scripted, and one event sent to it. */
async function sent(
  steps: (number | Step)[],
  { fields = {}, more = {} }: { fields?: object; more?: object } = {},
) {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  receiver.script(path, ...steps);
  const endpoint = await merchant.endpoint({ url: receiver.url(path), ...fields });
  const id = await merchant.deliver('order.completed', undefined, more);
  const requests = (): ReceivedRequest[] => receiver.requests.filter((request) => request.path === path);
  return { merchant, endpoint, id, requests };
}

/** The same, asleep after a first attempt that was answered 500. */
async function asleep(steps: (number | Step)[], fields: object = {}) {
  const delivery = await sent([500, ...steps], { fields });
  await waitUntil(
    () => timersOf(posthaste.client, delivery.id),
    (timers) => timers.length === 1,
  );
  return delivery;
}

function called(merchant: Merchant, id: string, command: string) {
  return merchant.call<{ code: string }>('POST', `/deliveries/${id}/${command}`);
}

describe.concurrent('retry', () => {
  test('wakes a sleeping delivery, in the same workflow', async () => {
    const { merchant, id, requests } = await asleep([200]);
    const answered = await merchant.command(id, 'retry');
    expect(answered).toMatchObject({ id, workflowId: id });
    const delivery = await merchant.until(id, 'succeeded');
    expect(delivery).toMatchObject({ attemptCount: 2 });
    expect(requests().map(({ headers }) => headers['webhook-id'])).toEqual([
      delivery.eventId,
      delivery.eventId,
    ]);
  });

  test('does not use up an attempt of the schedule that is not there', async () => {
    const { merchant, id } = await asleep([500], { retrySchedule: [3600, 3600] });
    await merchant.command(id, 'retry');
    const delivery = await merchant.until(
      id,
      ({ attemptCount, status }) => attemptCount === 2 && status === 'retrying',
    );
    expect(delivery.nextAttemptAt).toBeDefined();
  });

  test('pressed twice at once attempts once', async () => {
    const { merchant, id, requests } = await asleep([500]);
    const answers = await Promise.all([called(merchant, id, 'retry'), called(merchant, id, 'retry')]);
    for (const { status } of answers) expect([202, 409]).toContain(status);
    const accepted = answers.filter(({ status }) => status === 202).length;
    expect(accepted).toBeGreaterThan(0);
    // All signals have been taken in, and the delivery is asleep again.
    await waitUntil(
      () => historyOf(posthaste.client, id),
      (events) => {
        const count = (type: string) =>
          events.filter((event) => type in event && event[type as 'eventId']).length;
        return (
          count('workflowExecutionSignaledEventAttributes') === accepted &&
          count('timerStartedEventAttributes') === 2 &&
          count('workflowTaskScheduledEventAttributes') === count('workflowTaskCompletedEventAttributes')
        );
      },
    );
    expect(requests()).toHaveLength(2);
    expect(await merchant.delivery(id)).toMatchObject({ status: 'retrying', attemptCount: 2 });
  });

  test('of a finished, a held or an attempting delivery is a 409', async () => {
    const done = await sent([200]);
    await done.merchant.until(done.id, 'succeeded');
    expect(await called(done.merchant, done.id, 'retry')).toMatchObject({
      status: 409,
      body: { code: 'delivery_over' },
    });
    const busy = await sent([answer(200, { delayMs: 800 })]);
    await busy.merchant.until(busy.id, 'delivering');
    expect(await called(busy.merchant, busy.id, 'retry')).toMatchObject({
      status: 409,
      body: { code: 'delivery_not_sleeping' },
    });
    const merchant = await openAccount(posthaste);
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/held') });
    await merchant.pause(endpointId);
    const held = await merchant.deliver('order.completed');
    await merchant.until(held, 'held');
    expect(await called(merchant, held, 'retry')).toMatchObject({
      status: 409,
      body: { code: 'delivery_held' },
    });
  });
});

describe.concurrent('cancel', () => {
  test('stops a sleeping delivery', async () => {
    const { merchant, id, requests } = await asleep([200]);
    expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled', attemptCount: 1 });
    expect(await merchant.delivery(id)).not.toHaveProperty('nextAttemptAt');
    const { status } = await posthaste.client.workflow.getHandle(id).describe();
    expect(status.name).toBe('COMPLETED');
    expect(requests()).toHaveLength(1);
  });

  test('lets an attempt that is under way finish, records it, and makes no other', async () => {
    const { merchant, id, requests } = await sent([answer(500, { delayMs: 500 })]);
    await waitUntil(() => requests().length === 1);
    await merchant.command(id, 'cancel');
    const delivery = await merchant.until(id, 'cancelled');
    expect(delivery).toMatchObject({
      attemptCount: 1,
      attempts: [{ responseStatus: 500, error: 'server_error' }],
    });
    expect(requests()).toHaveLength(1);
  });

  test('that comes during the attempt that succeeds changes nothing, and nothing is sent twice', async () => {
    const { merchant, id, requests } = await sent([answer(200, { delayMs: 500 })]);
    await waitUntil(() => requests().length === 1);
    await merchant.command(id, 'cancel');
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attemptCount: 1 });
    await posthaste.client.workflow.getHandle(id).result();
    expect(requests()).toHaveLength(1);
  });

  test('ends a held delivery', async () => {
    const merchant = await openAccount(posthaste);
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/never') });
    await merchant.pause(endpointId);
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'held');
    expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled', attemptCount: 0 });
  });

  test('pressed twice at once cancels once; pressed again, or on a finished delivery, is a 409', async () => {
    const { merchant, id } = await asleep([200]);
    const answers = await Promise.all([called(merchant, id, 'cancel'), called(merchant, id, 'cancel')]);
    for (const { status } of answers) expect([202, 409]).toContain(status);
    expect(await called(merchant, id, 'cancel')).toMatchObject({
      status: 409,
      body: { code: 'delivery_over' },
    });
    const { entries } = await merchant.log(id);
    expect(entries.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
  });

  test('and retry pressed at once end in one of the two, with one attempt more at most', async () => {
    const { merchant, id, requests } = await asleep([200]);
    await Promise.all([called(merchant, id, 'retry'), called(merchant, id, 'cancel')]);
    const { status } = await merchant.until(id, ({ completedAt }) => completedAt !== undefined);
    expect(['cancelled', 'succeeded']).toContain(status);
    await posthaste.client.workflow.getHandle(id).result();
    expect(requests()).toHaveLength(status === 'cancelled' ? 1 : 2);
  });
});

describe.concurrent('resend', () => {
  test('sends a finished delivery again as a new one: same event, same body', async () => {
    const { merchant, id, requests } = await sent([404, 200]);
    await merchant.until(id, 'failed');
    const resent = await merchant.command(id, 'resend');
    expect(resent).toMatchObject({ resendOf: id });
    expect(resent.id).not.toBe(id);
    await merchant.until(resent.id, 'succeeded');
    const [first, second] = requests();
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['posthaste-delivery']).toBe(resent.id);
    expect(await merchant.delivery(id)).toMatchObject({ status: 'failed', attemptCount: 1 });
  });

  test('pressed twice at once sends once', async () => {
    const { merchant, id, requests } = await sent([404, answer(200, { delayMs: 300 })]);
    await merchant.until(id, 'failed');
    const [one, other] = await Promise.all([merchant.command(id, 'resend'), merchant.command(id, 'resend')]);
    expect(one.id).toBe(other.id);
    await merchant.until(one.id, 'succeeded');
    expect(requests()).toHaveLength(2);
  });

  test('of an unfinished delivery is a 409', async () => {
    const { merchant, id } = await asleep([200]);
    expect(await called(merchant, id, 'resend')).toMatchObject({
      status: 409,
      body: { code: 'delivery_unfinished' },
    });
  });
});

describe.concurrent('reschedule', () => {
  test('moves the next attempt of a sleeping delivery', async () => {
    const { merchant, id } = await asleep([200]);
    const later = new Date(Date.now() + 7_200_000).toISOString();
    expect(await merchant.reschedule(id, { nextAttemptAt: later })).toMatchObject({ nextAttemptAt: later });
    await merchant.reschedule(id, { nextAttemptAt: new Date(Date.now() + 300).toISOString() });
    const { attempts } = await merchant.until(id, 'succeeded');
    expect(attempts).toHaveLength(2);
  });

  test('to a time that is past attempts now', async () => {
    const { merchant, id } = await asleep([200]);
    await merchant.reschedule(id, { nextAttemptAt: '2020-01-01T00:00:00Z' });
    await merchant.until(id, 'succeeded');
  });

  test('keeps a sleeping delivery to another schedule from here on', async () => {
    const { merchant, id } = await asleep([500, 200]);
    const answered = await merchant.reschedule(id, { retrySchedule: [1, 1] });
    expect(answered).toMatchObject({ status: 'retrying', retrySchedule: [1, 1] });
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attemptCount: 3 });
  });

  test('to a schedule that is over soon exhausts it soon', async () => {
    const { merchant, id } = await asleep([500]);
    await merchant.reschedule(id, { retrySchedule: [1] });
    expect(await merchant.until(id, 'failed')).toMatchObject({ reason: 'exhausted', attemptCount: 2 });
  });

  test('of a finished delivery is a 409, of nothing a 400', async () => {
    const { merchant, id } = await sent([200]);
    await merchant.until(id, 'succeeded');
    const path = `/deliveries/${id}`;
    expect(await merchant.call('PATCH', path, { retrySchedule: [1] })).toMatchObject({ status: 409 });
    expect(await merchant.call('PATCH', path, {})).toMatchObject({ status: 400 });
  });
});

describe.concurrent('deliverAt', () => {
  test('makes the first attempt wait in a durable timer', async () => {
    const deliverAt = new Date(Date.now() + 1000).toISOString();
    const { merchant, id, requests } = await sent([200], { more: { deliverAt } });
    expect(await merchant.delivery(id)).toMatchObject({
      status: 'pending',
      attemptCount: 0,
      nextAttemptAt: deliverAt,
    });
    const { attempts } = await merchant.until(id, 'succeeded');
    expect(Date.parse(attempts[0]?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(deliverAt));
    expect(requests()).toHaveLength(1);
    const { entries } = await merchant.log(id);
    expect(entries[0]).toMatchObject({ kind: 'wait', until: deliverAt, because: 'deliver_at' });
  });

  test('can be cancelled, moved and cut short before its time', async () => {
    const more = { deliverAt: new Date(Date.now() + 3_600_000).toISOString() };
    const [cancelled, moved, cut] = await Promise.all([
      sent([200], { more }),
      sent([200], { more }),
      sent([200], { more }),
    ]);
    expect(await cancelled.merchant.command(cancelled.id, 'cancel')).toMatchObject({
      status: 'cancelled',
      attemptCount: 0,
    });
    expect(cancelled.requests()).toHaveLength(0);
    await moved.merchant.reschedule(moved.id, { nextAttemptAt: new Date().toISOString() });
    await moved.merchant.until(moved.id, 'succeeded');
    await cut.merchant.command(cut.id, 'retry');
    await cut.merchant.until(cut.id, 'succeeded');
  });
});
