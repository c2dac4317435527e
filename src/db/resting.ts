import type { DeliveryStatus, FailureReason, FinalStatus, ProfileName, Settled } from '../domain/delivery.ts';
import { isFinal } from '../domain/delivery.ts';
import { UnknownDelivery } from '../domain/errors.ts';
import { ending } from './claim-row.ts';
import { openOrOnDayOf } from './days.ts';
import { policyOf } from './endpoint-policy.ts';
import type { Queryable } from './pool.ts';

/** What a resting delivery looks at when something changed. */
export interface RestingDelivery {
  /** Set when it is over after all. */
  settled?: Settled;
  endpoint: 'active' | 'paused' | 'disabled' | 'deleted';
  /** Seconds; the schedule in force. */
  scheduleS: readonly number[];
  /** The time, by the clock of the database. */
  now: Date;
}

export async function readResting(db: Queryable, deliveryId: string): Promise<RestingDelivery> {
  const { rows } = await db.query<{
    status: DeliveryStatus;
    reason: FailureReason | null;
    endpoint: RestingDelivery['endpoint'];
    profile: ProfileName;
    retry_schedule_s: number[] | null;
    retry_jitter: number;
    retry_on: number[] | null;
    timeout_ms: number | null;
    max_concurrency: number | null;
    delivery_retry_schedule_s: number[] | null;
    now: Date;
  }>(
    `with d as materialized (select * from deliveries where id = $1 and ${openOrOnDayOf('day', deliveryId)})
     select d.status, d.reason, case when e.deleted_at is null then e.status else 'deleted' end as endpoint, e.profile,
       e.retry_schedule_s, e.retry_jitter, e.retry_on, e.timeout_ms, e.max_concurrency,
       d.retry_schedule_s as delivery_retry_schedule_s, clock_timestamp() as now
     from d join endpoints e on e.id = d.endpoint_id`,
    [deliveryId],
  );
  const [row] = rows;
  if (!row) throw new UnknownDelivery(deliveryId);
  return {
    endpoint: row.endpoint,
    scheduleS: policyOf(row).scheduleS,
    now: row.now,
    ...(isFinal(row.status) && { settled: ending(row.status, row.reason) }),
  };
}

/** Writes when a sleeping delivery wakes, and the schedule it was told to keep to. */
export async function writeRest(
  db: Queryable,
  deliveryId: string,
  nextAttemptAt: string,
  retryScheduleS?: readonly number[],
): Promise<void> {
  await db.query(
    `update deliveries set next_attempt_at = $2, retry_schedule_s = coalesce($3, retry_schedule_s), revision = revision + 1
     where id = $1 and day is null and status in ('pending', 'retrying')`,
    [deliveryId, nextAttemptAt, retryScheduleS ?? null],
  );
}

/**
 * Ends a delivery without an attempt, as `settle` of delivery-writes.ts.
 *
 * @param ended called when this is what ended it
 */
export async function writeSettled(
  db: Queryable,
  deliveryId: string,
  status: FinalStatus,
  reason?: FailureReason,
  ended?: (settled: Settled) => void,
): Promise<Settled> {
  const { rowCount } = await db.query(
    `update deliveries set status = $2, reason = $3, completed_at = now(), next_attempt_at = null,
       parked_at = null, woken_at = null, started_at = coalesce(started_at, now()), revision = revision + 1
     where id = $1 and day is null and status not in ('succeeded', 'failed', 'cancelled')`,
    [deliveryId, status, reason ?? null],
  );
  if (rowCount !== 0) {
    const settled = ending(status, reason ?? null);
    ended?.(settled);
    return settled;
  }
  // In a statement of its own: whoever else ended it just now, and was waited for, is seen.
  const { rows } = await db.query<{ status: DeliveryStatus; reason: FailureReason | null }>(
    `select status, reason from deliveries
     where id = $1 and ${openOrOnDayOf('day', deliveryId)} and status in ('succeeded', 'failed', 'cancelled')`,
    [deliveryId],
  );
  const [row] = rows;
  if (!row) throw new UnknownDelivery(deliveryId);
  return ending(row.status, row.reason);
}

/** Lets no further attempt of a delivery begin. Its workflow is to be asked to end it, too. */
export async function askToCancel(db: Queryable, deliveryId: string): Promise<void> {
  await db.query(
    `update deliveries set cancel_asked_at = now()
     where id = $1 and day is null and status not in ('succeeded', 'failed', 'cancelled')`,
    [deliveryId],
  );
}

/** Leaves it to the relay to ask the workflow of a delivery to end it. */
export async function signalCancel(
  db: Queryable,
  accountId: string,
  deliveryId: string,
  by: string,
): Promise<void> {
  await db.query(
    `insert into signals (account_id, delivery_id, name, args)
     values ($1, $2, 'cancel', jsonb_build_object('by', $3::text))`,
    [accountId, deliveryId, by],
  );
}

/**
 * Cancels a delivery that no workflow ends, if it is still as it was seen.
 *
 * @returns `carried` when a burst makes its first attempt, which is finished first
 */
export async function cancelUnmoved(
  db: Queryable,
  deliveryId: string,
  revision: number,
): Promise<'cancelled' | 'carried' | 'moved'> {
  const { rows } = await db.query<{ outcome: 'cancelled' | 'carried' | 'moved' }>(
    `with seen as (
       select id, revision = $2 as unmoved,
         status = 'delivering' and attempt_count = 0 and burst_id is not null and started_at is not null as carried
       from deliveries
       where id = $1 and day is null and status not in ('succeeded', 'failed', 'cancelled')
       for no key update
     ), cancelled as (
       update deliveries d set status = 'cancelled', completed_at = now(), next_attempt_at = null,
         parked_at = null, woken_at = null, started_at = coalesce(d.started_at, now()), revision = d.revision + 1
       from seen where d.id = $1 and d.day is null and seen.unmoved and not seen.carried
     )
     select case when carried then 'carried' when unmoved then 'cancelled' else 'moved' end as outcome from seen`,
    [deliveryId, revision],
  );
  return rows[0]?.outcome ?? 'moved';
}
