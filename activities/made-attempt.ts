import type { Logger } from 'pino';
import type { AttemptClaim } from '../src/db/attempt-claim.ts';
import type { AttemptRecord } from '../src/db/record.ts';
import type { EndedAttempt } from '../src/domain/decide.ts';
import type { Settled, Waiting } from '../src/domain/delivery.ts';

/** An attempt that was made, and what follows from it. */
export interface MadeAttempt {
  claim: AttemptClaim;
  ended: EndedAttempt;
  step: Settled | Waiting;
  /** From before it was claimed. */
  tookMs: number;
}

/** The row that an ended attempt becomes. */
export function toRecord(claim: AttemptClaim, ended: EndedAttempt, step: Settled | Waiting): AttemptRecord {
  const { outcome } = ended;
  return {
    deliveryId: claim.deliveryId,
    number: claim.number,
    try: claim.try,
    durationMs: ended.durationMs,
    step,
    ...(outcome.kind === 'answered'
      ? {
          responseStatus: outcome.status,
          responseHeaders: outcome.headers,
          responseBody: outcome.body,
          responseTruncated: outcome.truncated,
        }
      : { errorDetail: outcome.detail }),
  };
}

/** The one wide line per attempt, its fields named as the columns are. */
export function logAttempt(logger: Logger, { claim, ended, step }: Omit<MadeAttempt, 'tookMs'>): void {
  const settled = step.kind === 'settled';
  logger.info(
    {
      accountId: claim.accountId,
      deliveryId: claim.deliveryId,
      eventId: claim.event.id,
      eventType: claim.event.type,
      endpointId: claim.endpointId,
      number: ended.number,
      try: claim.try,
      startedAt: ended.startedAt,
      durationMs: ended.durationMs,
      responseStatus: step.attempt?.responseStatus,
      error: step.attempt?.error,
      refusedAddress: ended.outcome.kind === 'blocked' ? ended.outcome.address : undefined,
      status: settled ? step.status : 'retrying',
      reason: settled ? step.reason : undefined,
      nextAttemptAt: settled ? undefined : step.until,
    },
    'attempt',
  );
}
