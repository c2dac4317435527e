import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyOf, workflowEnded } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer, gate } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import * as one from './one-delivery.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

type Steps = Parameters<typeof one.sent>[1];

const sent = (steps: Steps, options = {}) => one.sent({ posthaste, receiver }, steps, options);
const asleep = (steps: Steps, fields = {}) => one.asleep({ posthaste, receiver }, steps, fields);

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
    const { merchant, id, press, requests } = await asleep([500]);
    const answers = await Promise.all([press('retry'), press('retry')]);
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
    expect(await done.press('retry')).toMatchObject({
      status: 409,
      body: { code: 'delivery_over' },
    });
    const asked = gate();
    const busy = await sent([asked.step]);
    await waitUntil(() => asked.waiting() === 1);
    expect(await busy.press('retry')).toMatchObject({
      status: 409,
      body: { code: 'delivery_not_sleeping' },
    });
    asked.open();
    const merchant = await openAccount(posthaste);
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/held') });
    await merchant.pause(endpointId);
    const held = await merchant.deliver('order.completed');
    await merchant.until(held, 'held');
    expect(await merchant.call('POST', `/deliveries/${held}/retry`)).toMatchObject({
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
    await waitUntil(
      () => posthaste.client.workflow.getHandle(id).describe(),
      ({ status }) => status.name === 'COMPLETED',
    );
    expect(requests()).toHaveLength(1);
  });

  test('lets an attempt that is under way finish, records it, and makes no other', async () => {
    const held = gate(answer(500));
    const { merchant, id, requests } = await sent([held.step]);
    await waitUntil(() => held.waiting() === 1);
    await merchant.command(id, 'cancel');
    held.open();
    const delivery = await merchant.until(id, 'cancelled');
    expect(delivery).toMatchObject({
      attemptCount: 1,
      attempts: [{ responseStatus: 500, error: 'server_error' }],
    });
    expect(requests()).toHaveLength(1);
  });

  test('that comes during the attempt that succeeds changes nothing, and nothing is sent twice', async () => {
    const held = gate();
    const { merchant, id, requests } = await sent([held.step]);
    await waitUntil(() => held.waiting() === 1);
    await merchant.command(id, 'cancel');
    held.open();
    expect(await merchant.until(id, 'succeeded')).toMatchObject({ attemptCount: 1 });
    await workflowEnded(posthaste.client, id);
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
    const { merchant, id, press } = await asleep([200]);
    const answers = await Promise.all([press('cancel'), press('cancel')]);
    for (const { status } of answers) expect([202, 409]).toContain(status);
    expect(await press('cancel')).toMatchObject({
      status: 409,
      body: { code: 'delivery_over' },
    });
    const { entries } = await merchant.log(id);
    expect(entries.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
  });

  test('and retry pressed at once end in one of the two, with one attempt more at most', async () => {
    const { merchant, id, press, requests } = await asleep([200]);
    await Promise.all([press('retry'), press('cancel')]);
    const { status } = await merchant.until(id, ({ completedAt }) => completedAt !== undefined);
    expect(['cancelled', 'succeeded']).toContain(status);
    await workflowEnded(posthaste.client, id);
    expect(requests()).toHaveLength(status === 'cancelled' ? 1 : 2);
  });
});
