import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import type { DeliveryRow } from '../db/deliveries.ts';
import { resendDelivery } from '../db/resend.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { CHANGE_ACTIONS } from '../domain/story.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, retrySchedule } from './contracts.ts';
import { cancelOr409, openOr409, signalOr409, sleepingOr409, untilMoved } from './delivery-control.ts';
import { deliveryAnswer } from './delivery-view.ts';
import { aheadTime } from './event-contract.ts';
import { findOr404, showDelivery } from './find-delivery.ts';
import { type Answer, type Call, type Route, route } from './route.ts';

const DELIVERY = '/v1/accounts/:account/deliveries/:id';

const reschedule = z
  .strictObject({
    nextAttemptAt: aheadTime
      .optional()
      .describe('When to wake, up to 30 days ahead; what is past means now.'),
    retrySchedule: retrySchedule
      .optional()
      .describe('Seconds to wait from here on: the first replaces the wait it is in.'),
  })
  .refine(
    ({ nextAttemptAt, retrySchedule }) => nextAttemptAt !== undefined || retrySchedule !== undefined,
    'Give nextAttemptAt, retrySchedule, or both.',
  )
  .meta({ minProperties: 1 });

/** What somebody wants of one delivery. */
interface Command {
  change: 'retry' | 'cancel' | 'reschedule';
  details?: Record<string, unknown>;
  /** @throws {AppError} 409 unless it can be asked of the delivery */
  allowed(delivery: DeliveryRow): DeliveryRow;
  /** @throws {AppError} 409 when it was certainly not done */
  ask(delivery: DeliveryRow, by: string): Promise<void>;
  /** Whether it has taken effect. */
  shows(now: { revision: number; ended: boolean }, before: DeliveryRow): boolean;
}

/**
 * Writes down who asks, asks, and answers the delivery when it shows. Written down first, for a change that nobody
 * is named for is worse than a wish that came to nothing; what is refused is said to be.
 */
async function obey(
  { params: { account, id }, caller, deps }: Call<z.output<typeof accountAndIdParams>, unknown, unknown>,
  { change, details = {}, allowed, ask, shows }: Command,
): Promise<Answer<unknown>> {
  const actor = actorOf(caller);
  const before = allowed(await findOr404(deps, account, id));
  const entry = { accountId: account, actor, target: id };
  const of = await writeAudit(deps.pool, { ...entry, action: CHANGE_ACTIONS[change], details });
  try {
    await ask(before, actor);
  } catch (error) {
    if (error instanceof AppError) {
      const refusal = { of, code: error.code };
      await writeAudit(deps.pool, { ...entry, action: 'delivery.command_refused', details: refusal });
    }
    throw error;
  }
  await untilMoved(deps, account, id, (now) => shows(now, before));
  return { status: change === 'reschedule' ? 200 : 202, body: await showDelivery(deps, account, id) };
}

export const commandRoutes: Route[] = [
  route({
    method: 'post',
    path: `${DELIVERY}/retry`,
    operationId: 'retryDelivery',
    tag: 'Deliveries',
    summary: 'Attempt a sleeping delivery now',
    description: 'The same workflow wakes early. A 409 unless it sleeps.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 202: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    handle: (call) =>
      obey(call, {
        change: 'retry',
        allowed: sleepingOr409,
        ask: (delivery, by) =>
          signalOr409(call.deps, call.params.account, delivery, {
            name: 'retryNow',
            by,
            afterAttempt: delivery.attempt_count,
          }),
        shows: ({ revision }, before) => revision > before.revision,
      }),
  }),
  route({
    method: 'post',
    path: `${DELIVERY}/cancel`,
    operationId: 'cancelDelivery',
    tag: 'Deliveries',
    summary: 'Stop a delivery',
    description:
      'An attempt that is under way is finished and recorded first, and no other begins. While Temporal is away the ' +
      'delivery shows as cancelled later. A 409 when the delivery has ended.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 202: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    handle: (call) =>
      obey(call, {
        change: 'cancel',
        allowed: openOr409,
        ask: (delivery, by) => cancelOr409(call.deps, call.params.account, delivery, by),
        shows: ({ ended }) => ended,
      }),
  }),
  route({
    method: 'patch',
    path: DELIVERY,
    operationId: 'rescheduleDelivery',
    tag: 'Deliveries',
    summary: 'Wake a sleeping delivery at another time, or keep it to another schedule',
    description: 'A 409 unless it sleeps. One that comes just as the sleep ends changes nothing.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    body: reschedule,
    answers: { 200: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    handle: (call) => {
      const { nextAttemptAt: wanted, retrySchedule } = call.body;
      const nextAttemptAt = wanted?.toISOString();
      return obey(call, {
        change: 'reschedule',
        details: { nextAttemptAt, retrySchedule },
        allowed: sleepingOr409,
        ask: (delivery, by) =>
          signalOr409(call.deps, call.params.account, delivery, {
            name: 'reschedule',
            by,
            afterAttempt: delivery.attempt_count,
            ...(nextAttemptAt && { nextAttemptAt }),
            ...(retrySchedule && { retryScheduleS: retrySchedule }),
          }),
        shows: ({ revision }, before) => revision > before.revision,
      });
    },
  }),
  route({
    method: 'post',
    path: `${DELIVERY}/resend`,
    operationId: 'resendDelivery',
    tag: 'Deliveries',
    summary: 'Send a finished delivery again, as a new one',
    description:
      'The same event, with the same body, to the same endpoint. While a resend of this delivery is on its way, ' +
      'another press answers that one. A 409 when the delivery has not ended, or its endpoint is deleted.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 202: { description: 'The new delivery.', schema: deliveryAnswer } },
    async handle({ params: { account, id }, caller, deps }) {
      const resent = await resendDelivery(deps.pool, account, id, (db, resendId) =>
        writeAudit(db, {
          accountId: account,
          actor: actorOf(caller),
          action: 'delivery.resent',
          target: id,
          details: { resendId },
        }),
      );
      switch (resent.kind) {
        case 'unknown':
          throw notFound('delivery', id);
        case 'unfinished':
          throw new AppError(
            409,
            'delivery_unfinished',
            'The delivery is still on its way; only a finished one is sent again.',
          );
        case 'endpoint_deleted':
          throw new AppError(409, 'endpoint_deleted', `Its endpoint "${resent.endpointId}" is deleted.`);
        case 'under_way':
          return { status: 202, body: await showDelivery(deps, account, resent.id) };
        case 'created':
          deps.relay.offer([resent.delivery], { byHand: true });
          return { status: 202, body: await showDelivery(deps, account, resent.delivery.id) };
      }
    },
  }),
];
