import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import { resendDelivery } from '../db/resend.ts';
import { isFinal } from '../domain/delivery.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, retrySchedule } from './contracts.ts';
import { cancelOr409, isOver, signalOr409, sleepingOr409, untilMoved } from './delivery-control.ts';
import { deliveryAnswer } from './delivery-view.ts';
import { aheadTime } from './event-contract.ts';
import { findOr404, showDelivery } from './find-delivery.ts';
import { CHANGE_ACTIONS } from './recorded-log.ts';
import { type Route, route } from './route.ts';

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

export const commandRoutes: Route[] = [
  route({
    method: 'post',
    path: `${DELIVERY}/retry`,
    operationId: 'retryDelivery',
    tag: 'Deliveries',
    summary: 'Attempt a sleeping delivery now',
    description: 'The same workflow wakes early. A 409 unless it sleeps.',
    access: 'write',
    params: accountAndIdParams,
    answers: { 202: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    async handle({ params: { account, id }, caller, deps }) {
      const by = actorOf(caller);
      const at = new Date();
      const delivery = sleepingOr409(await findOr404(deps, account, id));
      await signalOr409(deps, account, delivery, {
        name: 'retryNow',
        by,
        afterAttempt: delivery.attempt_count,
      });
      await writeAudit(deps.pool, {
        accountId: account,
        actor: by,
        action: CHANGE_ACTIONS.retry,
        target: id,
        at,
      });
      await untilMoved(deps, account, id, ({ revision }) => revision > delivery.revision);
      return { status: 202, body: await showDelivery(deps, account, id) };
    },
  }),
  route({
    method: 'post',
    path: `${DELIVERY}/cancel`,
    operationId: 'cancelDelivery',
    tag: 'Deliveries',
    summary: 'Stop a delivery',
    description:
      'An attempt that is under way is finished and recorded first. A 409 when the delivery has ended.',
    access: 'write',
    params: accountAndIdParams,
    answers: { 202: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    async handle({ params: { account, id }, caller, deps }) {
      const by = actorOf(caller);
      const at = new Date();
      const delivery = await findOr404(deps, account, id);
      if (isFinal(delivery.status)) throw isOver(delivery);
      await cancelOr409(deps, account, delivery, by);
      await writeAudit(deps.pool, {
        accountId: account,
        actor: by,
        action: CHANGE_ACTIONS.cancel,
        target: id,
        at,
      });
      await untilMoved(deps, account, id, ({ ended }) => ended);
      return { status: 202, body: await showDelivery(deps, account, id) };
    },
  }),
  route({
    method: 'patch',
    path: DELIVERY,
    operationId: 'rescheduleDelivery',
    tag: 'Deliveries',
    summary: 'Wake a sleeping delivery at another time, or keep it to another schedule',
    access: 'write',
    params: accountAndIdParams,
    body: reschedule,
    answers: { 200: { description: 'The delivery, as it is now.', schema: deliveryAnswer } },
    async handle({ params: { account, id }, body, caller, deps }) {
      const by = actorOf(caller);
      const at = new Date();
      const delivery = sleepingOr409(await findOr404(deps, account, id));
      const nextAttemptAt =
        body.nextAttemptAt && new Date(Math.max(body.nextAttemptAt.getTime(), Date.now())).toISOString();
      await signalOr409(deps, account, delivery, {
        name: 'reschedule',
        by,
        ...(nextAttemptAt && { nextAttemptAt }),
        ...(body.retrySchedule && { retryScheduleS: body.retrySchedule }),
      });
      await writeAudit(deps.pool, {
        accountId: account,
        actor: by,
        action: CHANGE_ACTIONS.reschedule,
        target: id,
        at,
        details: { nextAttemptAt, retrySchedule: body.retrySchedule },
      });
      await untilMoved(deps, account, id, ({ revision }) => revision > delivery.revision);
      return { status: 200, body: await showDelivery(deps, account, id) };
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
          deps.relay.offer([resent.delivery]);
          return { status: 202, body: await showDelivery(deps, account, resent.delivery.id) };
      }
    },
  }),
];
