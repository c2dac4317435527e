import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
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
    const { press } = await asleep([200]);
    expect(await press('resend')).toMatchObject({
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

  test('that comes when its sleep is over already leaves the next one alone', async () => {
    let letGo = () => {};
    const told = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { merchant, id, requests } = await asleep(
      [(socket, request) => told.then(() => answer(500)(socket, request))],
      { retrySchedule: [3, 3600] },
    );
    const owner = new pg.Client({ connectionString: posthaste.databaseUrl });
    await owner.connect();
    // The call stands still between its look at the delivery and its signal.
    await owner.query(`
      create function stand_still() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock(1); return new; end $$;
      create trigger stand_still before insert on audit_log for each row when (new.target = '${id}')
        execute function stand_still();
      select pg_advisory_lock(1)`);
    const late = merchant.reschedule(id, { nextAttemptAt: '2020-01-01T00:00:00Z' });
    await waitUntil(() => requests().length === 2);
    await owner.query('select pg_advisory_unlock(1)');
    await late;
    letGo();
    const { entries } = await waitUntil(
      () => merchant.log(id),
      ({ entries }) => entries.filter(({ kind }) => kind === 'attempt').length === 2,
    );
    expect(entries.map(({ kind }) => kind)).toEqual(['attempt', 'wait', 'attempt', 'wait']);
    await owner.end();
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
    const deliverAt = new Date(Date.now() + 5000).toISOString();
    const { merchant, id, requests } = await sent([200], { more: { deliverAt } });
    expect(await merchant.delivery(id)).toMatchObject({
      status: 'pending',
      attemptCount: 0,
      nextAttemptAt: deliverAt,
    });
    const { attempts } = await merchant.until(id, 'succeeded', 30_000);
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
