import { z } from 'zod';
import type { RecoveryRow } from '../db/recoveries.ts';
import { RECOVERABLE_STATUSES, RECOVERY_STATUSES } from '../domain/recovery.ts';
import { instant, resourceId, timestamp } from './contracts.ts';

const recoverable = z.enum(RECOVERABLE_STATUSES);

export const recoverBody = z.strictObject({
  since: instant.describe('Deliveries created from then on.'),
  until: instant.optional().describe('Deliveries created before then; now, at the latest and when absent.'),
  status: z
    .union([recoverable, z.array(recoverable).min(1, 'At least one.').max(RECOVERABLE_STATUSES.length)])
    .transform((given) => [...new Set([given].flat())])
    .prefault('failed')
    .describe('Which endings to recover from: one, or a list of them.'),
  dryRun: z.boolean().default(false).describe('Only count; nothing is sent.'),
});

export type RecoverBody = z.infer<typeof recoverBody>;

/** What both answers to a call for recovery tell: what is meant. */
const scope = {
  endpointId: resourceId,
  since: timestamp,
  until: timestamp,
  statuses: z.array(recoverable),
};

export const recoveryCount = z
  .object({
    ...scope,
    count: z.int().describe('How many events would be sent again.'),
    skipped: z
      .int()
      .describe(
        'How many more deliveries match, but have arrived since, are on their way, or cannot be sent.',
      ),
  })
  .meta({ id: 'RecoveryCount' });

export const recoveryAnswer = z
  .object({
    id: resourceId,
    ...scope,
    status: z.enum(RECOVERY_STATUSES),
    total: z
      .int()
      .describe('Deliveries that matched when it was asked for: in the end, those resent and those skipped.'),
    resent: z.int().describe('New deliveries made so far; each has `resendOf`.'),
    skipped: z
      .int()
      .describe(
        'Passed over so far: the event has arrived by another delivery or is on its way again, was a test, or its ' +
          'payload is dropped.',
      ),
    createdAt: timestamp,
    completedAt: timestamp.optional().describe('When it was completed or cancelled.'),
    workflowId: z.string().describe('Of the workflow in Temporal.'),
  })
  .meta({ id: 'Recovery' });

export type RecoveryAnswer = z.infer<typeof recoveryAnswer>;

export function toRecovery(row: RecoveryRow): RecoveryAnswer {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    statuses: row.statuses,
    status: row.status,
    total: row.total,
    resent: row.resent,
    skipped: row.skipped,
    createdAt: row.created_at.toISOString(),
    ...(row.completed_at && { completedAt: row.completed_at.toISOString() }),
    workflowId: row.id,
  };
}
