import { z } from 'zod';
import type { AttemptRow, DeliveryRow } from '../db/deliveries.ts';
import { DELIVERY_STATUSES, FAILURE_REASONS } from '../domain/delivery.ts';
import { timestamp } from './contracts.ts';

export const attemptAnswer = z
  .object({
    number: z.int().describe('1 for the first attempt. A repeat after `interrupted` keeps its number.'),
    startedAt: timestamp,
    durationMs: z.int(),
    responseStatus: z.int().optional(),
    error: z
      .string()
      .optional()
      .describe(
        'Absent on success. One of redirect, rejected, server_error, timeout, dns, connect, reset, tls, protocol, ' +
          'blocked, interrupted.',
      ),
    errorDetail: z.string().optional().describe('One line on what went wrong before a status line came.'),
    responseHeaders: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .optional()
      .describe('Only in the answer for one delivery.'),
    responseBody: z.string().optional().describe('At most 64 kB. Only in the answer for one delivery.'),
    responseTruncated: z.boolean().optional().describe('Whether more body came than is kept.'),
  })
  .meta({ id: 'Attempt' });

export const deliveryAnswer = z
  .object({
    id: z.string(),
    eventId: z.string(),
    event: z.string(),
    endpointId: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    reason: z.enum(FAILURE_REASONS).optional().describe('Why it failed.'),
    attemptCount: z.int(),
    nextAttemptAt: timestamp.optional(),
    waitsFor: z
      .string()
      .optional()
      .describe(
        'While it waits for its turn in an ordered lane: the delivery before it whose end it waits for.',
      ),
    retrySchedule: z
      .array(z.int())
      .optional()
      .describe(
        'Seconds to wait after each attempt, from the first on; only when it keeps to a schedule of its own.',
      ),
    resendOf: z.string().optional().describe('The finished delivery that this one repeats.'),
    createdAt: timestamp,
    completedAt: timestamp.optional(),
    workflowId: z.string().describe('Of the workflow in Temporal.'),
    attempts: z.array(attemptAnswer).describe('Those that have ended, in order.'),
  })
  .meta({ id: 'Delivery' });

/** A delivery among the deliveries of its event. */
export const deliveryStatusAnswer = deliveryAnswer.pick({
  id: true,
  endpointId: true,
  workflowId: true,
  status: true,
  reason: true,
  attemptCount: true,
  nextAttemptAt: true,
  waitsFor: true,
  resendOf: true,
});

export type AttemptAnswer = z.infer<typeof attemptAnswer>;
export type DeliveryStatusAnswer = z.infer<typeof deliveryStatusAnswer>;
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

export function toDeliveryAnswer(row: DeliveryRow, attempts: readonly AttemptRow[]): DeliveryAnswer {
  return {
    ...toDeliveryStatusAnswer(row),
    eventId: row.event_id,
    event: row.event_type,
    ...(row.retry_schedule_s && { retrySchedule: row.retry_schedule_s }),
    createdAt: row.created_at.toISOString(),
    ...(row.completed_at && { completedAt: row.completed_at.toISOString() }),
    attempts: attempts.map(toAttemptAnswer),
  };
}

export function toDeliveryStatusAnswer(row: DeliveryRow): DeliveryStatusAnswer {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    workflowId: row.id,
    status: row.status,
    ...(row.reason && { reason: row.reason }),
    attemptCount: row.attempt_count,
    ...(row.next_attempt_at && { nextAttemptAt: row.next_attempt_at.toISOString() }),
    ...(row.waits_for !== null && { waitsFor: row.waits_for }),
    ...(row.resend_of && { resendOf: row.resend_of }),
  };
}

function toAttemptAnswer(row: AttemptRow): AttemptAnswer {
  return {
    number: row.number,
    startedAt: row.started_at.toISOString(),
    durationMs: row.duration_ms,
    ...(row.response_status !== null && { responseStatus: row.response_status }),
    ...(row.error !== null && { error: row.error }),
    ...(row.error_detail !== null && { errorDetail: row.error_detail }),
    ...(row.response_headers !== null && { responseHeaders: row.response_headers }),
    ...(row.response_body !== null && { responseBody: row.response_body }),
    ...(row.response_truncated !== null && { responseTruncated: row.response_truncated }),
  };
}
