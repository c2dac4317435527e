import { createPool } from '../../src/db/pool.ts';
import { historyOf, timersOf } from '../support/history.ts';
import type { Merchant } from '../support/merchant.ts';
import { afterOutage } from '../support/outage.ts';
import type { Posthaste } from '../support/posthaste.ts';
import type { Receiver } from '../support/receiver.ts';
import { recovering } from '../support/recovering.ts';
import { answer, type Step } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

export interface Stage {
  posthaste: Posthaste;
  receiver: Receiver;
  merchant: Merchant;
}

/** Leads a delivery, or a burst, from its beginning to its end, and gives its workflow's id. */
export type Life = (stage: Stage) => Promise<string>;

const HOUR_MS = 3_600_000;

/** Every way in which a delivery lives and ends, by the name of its history. */
export const LIVES: Record<string, Life> = {
  'succeeded-at-once': async (stage) => (await begun(stage, [200])).id,
  'succeeded-after-retries': async (stage) =>
    (await begun(stage, [500, 503, 200], { retrySchedule: [1, 1] })).id,
  rejected: async (stage) => (await begun(stage, [404])).id,
  gone: async (stage) => (await begun(stage, [410])).id,
  exhausted: async (stage) => (await begun(stage, [500], { retrySchedule: [1] })).id,

  'exhausted-on-the-default-schedule': async (stage) => {
    const { id } = await begun(stage, [500]);
    for (let n = 1; n <= 5; n++) {
      await asleep(stage, id, n);
      await stage.merchant.command(id, 'retry');
    }
    return id;
  },
  'retried-by-hand': async (stage) => {
    const { id } = await begun(stage, [500, 200]);
    await asleep(stage, id);
    await stage.merchant.command(id, 'retry');
    return id;
  },
  cancelled: async (stage) => {
    const { id } = await begun(stage, [500]);
    await asleep(stage, id);
    await stage.merchant.command(id, 'cancel');
    return id;
  },
  'cancelled-during-an-attempt': async (stage) => {
    const { id } = await begun(stage, [answer(500, { delayMs: 500 })]);
    await waitUntil(() => attempting(stage, id));
    await stage.merchant.command(id, 'cancel');
    return id;
  },
  'cancelled-during-the-attempt-that-succeeds': async (stage) => {
    const { id } = await begun(stage, [answer(200, { delayMs: 500 })]);
    await waitUntil(() => attempting(stage, id));
    await stage.merchant.command(id, 'cancel');
    return id;
  },
  'cancelled-from-temporal': async (stage) => {
    const { id } = await begun(stage, [500]);
    await asleep(stage, id);
    await stage.posthaste.client.workflow.getHandle(id).cancel();
    return id;
  },
  'endpoint-deleted': async (stage) => {
    const { id, endpointId } = await begun(stage, [500]);
    await asleep(stage, id);
    await stage.merchant.deleteEndpoint(endpointId);
    return id;
  },
  'endpoint-edited': async (stage) => {
    const { id, endpointId } = await begun(stage, [500, 200]);
    await asleep(stage, id);
    await stage.merchant.editEndpoint(endpointId, { retrySchedule: [1] });
    return id;
  },
  rescheduled: async (stage) => {
    const { id } = await begun(stage, [500, 500, 200]);
    await asleep(stage, id);
    await stage.merchant.reschedule(id, { nextAttemptAt: new Date(Date.now() + HOUR_MS).toISOString() });
    await asleep(stage, id, 2);
    await stage.merchant.reschedule(id, { retrySchedule: [1, 1] });
    return id;
  },
  'held-then-let-through': async (stage) => {
    const { id, endpointId } = await begun(stage, [500, 200]);
    await asleep(stage, id);
    await stage.merchant.pause(endpointId);
    await stage.merchant.command(id, 'retry');
    await stage.merchant.until(id, 'held');
    await stage.merchant.resume(endpointId);
    return id;
  },
  'waited-for-room': async (stage) => {
    const { merchant, receiver } = stage;
    await begun(stage, [answer(200, { delayMs: 700 })], { maxConcurrency: 1 });
    await waitUntil(() => receiver.requests.some(({ path }) => path === `/${merchant.id}`));
    return merchant.deliver('order.completed');
  },
  'apart-because-the-endpoint-is-slow': async (stage) => {
    const { merchant } = stage;
    const { id } = await begun(stage, [answer(200, { delayMs: 1100 }), answer(200)]);
    await merchant.until(id, 'succeeded');
    return merchant.deliver('order.completed');
  },
  'attempted-apart-after-a-fault-of-ours': async (stage) => {
    const { merchant, posthaste } = stage;
    const pool = createPool(posthaste.databaseUrl, () => undefined);
    try {
      const { id: endpointId } = await merchant.endpoint({ url: stage.receiver.url(`/${merchant.id}`) });
      const sealWith = (from: string, to: string) =>
        pool.query('update endpoints set secret_sealed = replace(secret_sealed, $2, $3) where id = $1', [
          endpointId,
          from,
          to,
        ]);
      await sealWith('test.', 'missing.');
      const id = await merchant.deliver('order.completed');
      await waitUntil(
        () => historyOf(posthaste.client, id),
        (events) =>
          events.some(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes),
        30_000,
      );
      await sealWith('missing.', 'test.');
      await merchant.until(id, 'succeeded', 60_000);
      return id;
    } finally {
      await pool.end();
    }
  },
  'deliver-at': async (stage) =>
    (await begun(stage, [200], {}, { deliverAt: new Date(Date.now() + 1000).toISOString() })).id,

  'recovery-completed': async (stage) => {
    const { endpointId } = await outage(stage, 3);
    return (await recovering(stage.merchant).start(endpointId)).id;
  },
  'recovery-paused-and-resumed': async (stage) => {
    const { endpointId, id } = await heldBack(stage);
    const { press, until } = recovering(stage.merchant);
    await press(id, 'pause');
    await until(id, ({ status }) => status === 'paused');
    await press(id, 'resume');
    await stage.merchant.resume(endpointId);
    return id;
  },
  'recovery-cancelled-from-temporal': async (stage) => {
    const { id } = await heldBack(stage);
    await stage.posthaste.client.workflow.getHandle(id).cancel();
    return id;
  },
};

/** An endpoint that missed some events. */
async function outage({ posthaste, merchant, receiver }: Stage, missed: number) {
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url(`/${merchant.id}`) });
  await afterOutage(posthaste, { accountId: merchant.id, id: endpointId }, missed);
  return { endpointId };
}

/** A recovery that has as many deliveries waiting as it may. */
async function heldBack(stage: Stage) {
  const { endpointId } = await outage(stage, 120);
  await stage.merchant.pause(endpointId);
  const { id } = await recovering(stage.merchant).start(endpointId);
  await asleep(stage, id);
  return { endpointId, id };
}

export async function begun({ merchant, receiver }: Stage, steps: (number | Step)[], fields = {}, more = {}) {
  const path = `/${merchant.id}`;
  receiver.script(path, ...steps);
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url(path), ...fields });
  return { endpointId, id: await merchant.deliver('order.completed', undefined, more) };
}

/** Waits until a delivery sleeps in its n-th timer. */
export function asleep({ posthaste }: Stage, id: string, n = 1): Promise<unknown> {
  return waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length === n,
  );
}

async function attempting({ posthaste, receiver }: Stage, id: string): Promise<boolean> {
  const events = await historyOf(posthaste.client, id);
  return events.length > 0 && receiver.requests.some(({ headers }) => headers['posthaste-delivery'] === id);
}
