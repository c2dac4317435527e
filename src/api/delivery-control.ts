import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryRow, revisionOf } from '../db/deliveries.ts';
import { cancelWaiting } from '../db/lane-waits.ts';
import { askToCancel, cancelUnmoved, signalCancel } from '../db/resting.ts';
import { isFinal } from '../domain/delivery.ts';
import { AppError } from '../domain/errors.ts';
import type { DeliverySignal } from '../temporal/deliveries.ts';
import type { ApiDeps } from './deps.ts';

/** How often to look whether a command has taken effect, and for how long. */
const LOOK_INTERVAL_MS = 15;
const LONGEST_LOOK_MS = 2000;
/** How often to ask for a workflow that is about to start. */
const HAND_OVER_LOOK_MS = 50;

function isOver({ status }: DeliveryRow): AppError {
  return new AppError(
    409,
    'delivery_over',
    `The delivery has ended: it is ${status}. It can be sent again with resend.`,
  );
}

/** @throws {AppError} 409 */
export function openOr409(delivery: DeliveryRow): DeliveryRow {
  if (isFinal(delivery.status)) throw isOver(delivery);
  return delivery;
}

/** @throws {AppError} 409 that says what to do, unless the delivery waits for a time of its own */
export function sleepingOr409(delivery: DeliveryRow): DeliveryRow {
  const { status, next_attempt_at: nextAttemptAt } = delivery;
  if (isFinal(status)) throw isOver(delivery);
  if (delivery.waits_for !== null) {
    const detail = `The delivery waits for its turn behind "${delivery.waits_for}"; retry or cancel that one.`;
    throw new AppError(409, 'delivery_waits_in_lane', detail);
  }
  if (status === 'held') {
    throw new AppError(409, 'delivery_held', 'The delivery waits for its endpoint; resume the endpoint.');
  }
  // One without a time waits for its turn at the endpoint.
  if (status !== 'delivering' && nextAttemptAt !== null) return delivery;
  throw new AppError(409, 'delivery_not_sleeping', `The delivery does not sleep: it is ${status}.`);
}

/**
 * Signals a sleeping delivery. One whose workflow is not started yet is started for it.
 *
 * @throws {AppError} 409 when its workflow does not run any more
 */
export async function signalOr409(
  { workflows }: Pick<ApiDeps, 'workflows'>,
  accountId: string,
  delivery: DeliveryRow,
  signal: DeliverySignal,
): Promise<void> {
  const { id } = delivery;
  if (await workflows.signal(id, signal)) return;
  if (delivery.started_at === null) {
    await workflows.start({
      id,
      accountId,
      endpointId: delivery.endpoint_id,
      eventType: delivery.event_type,
      ...(delivery.attempt_count === 0 &&
        delivery.next_attempt_at && { deliverAt: delivery.next_attempt_at }),
    });
    if (await workflows.signal(id, signal)) return;
  }
  // A burst that has made its first attempt hands it over to a workflow of its own a moment later.
  const deadline = Date.now() + LONGEST_LOOK_MS;
  while (delivery.burst_id !== null && Date.now() < deadline) {
    await delay(HAND_OVER_LOOK_MS);
    if (await workflows.signal(id, signal)) return;
  }
  throw notRunning();
}

/**
 * Cancels an open delivery. Where no workflow of it runs, nobody else ends it, so it is ended here, unless it moved
 * meanwhile: then its workflow has just started, and is asked again. While Temporal is away its workflow is asked later.
 *
 * @throws {AppError} 409 when it went on moving out of reach
 */
export async function cancelOr409(
  { pool, workflows, logger }: Pick<ApiDeps, 'pool' | 'workflows' | 'logger'>,
  accountId: string,
  delivery: DeliveryRow,
  by: string,
): Promise<void> {
  if (delivery.waits_for !== null && (await cancelWaiting(pool, accountId, delivery.id))) return;
  let { revision } = delivery;
  // Also for an attempt that our own fault keeps from beginning, where the signal waits until it has ended.
  await askToCancel(pool, delivery.id);
  for (let tries = 0; tries < 3; tries++) {
    try {
      if (await workflows.signal(delivery.id, { name: 'cancel', by })) return;
    } catch (error) {
      // That no attempt begins any more is committed already.
      logger.warn({ deliveryId: delivery.id, err: error }, 'could not cancel a delivery yet; the relay will');
      return signalCancel(pool, accountId, delivery.id, by);
    }
    if ((await cancelUnmoved(pool, delivery.id, revision)) !== 'moved') return;
    const now = await revisionOf(pool, accountId, delivery.id);
    if (!now || now.ended) return;
    revision = now.revision;
  }
  throw notRunning();
}

function notRunning(): AppError {
  return new AppError(
    409,
    'delivery_not_running',
    'No workflow of this delivery runs in Temporal; look at it again.',
  );
}

/** Waits until a command shows in the record, for two seconds at most: it may have to wait for an attempt. */
export async function untilMoved(
  { pool }: Pick<ApiDeps, 'pool'>,
  accountId: string,
  id: string,
  moved: (now: { revision: number; ended: boolean }) => boolean,
): Promise<void> {
  const deadline = Date.now() + LONGEST_LOOK_MS;
  while (Date.now() < deadline) {
    const now = await revisionOf(pool, accountId, id);
    if (!now || moved(now)) return;
    await delay(LOOK_INTERVAL_MS);
  }
}
