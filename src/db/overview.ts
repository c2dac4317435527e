import type { DeliveryStatus } from '../domain/delivery.ts';
import { betweenDays, dayAfter, dayAt, openOrOnDaysOf } from './days.ts';
import { LISTED_ID } from './deliveries.ts';
import { newestFirst } from './newest-first.ts';
import type { Queryable } from './pool.ts';

/** Deliveries that were made in a span of time, to one endpoint or to all. */
export interface OverviewSpan {
  since: Date;
  /** Exclusive. */
  until: Date;
  endpointId: string | undefined;
}

export interface CountRow {
  /** The beginning of a step. */
  at: Date;
  status: DeliveryStatus;
  count: number;
}

/**
 * How many were made in each step, by how they stand now. It reads every delivery of the span, in the order of an index,
 * and no other day's.
 */
export async function countMade(
  db: Queryable,
  accountId: string,
  { since, until, endpointId }: OverviewSpan,
  stepS: number,
): Promise<CountRow[]> {
  // One may have been made just before midnight, and got its id just after.
  const days = betweenDays('day', dayAt(since), dayAfter(dayAt(until)));
  const { rows } = await db.query<CountRow>(
    `select date_bin(make_interval(secs => $5), created_at, 'epoch') as at, status, count(*)::int as count
     from deliveries
     where account_id = $1 and (day is null or ${days})
       and created_at >= $2 and created_at < $3 and ($4::text is null or endpoint_id = $4)
     group by 1, 2`,
    [accountId, since, until, endpointId ?? null, stepS],
  );
  return rows;
}

export interface ResponseTimes {
  p50Ms: number;
  p95Ms: number;
  attempts: number;
}

/**
 * Of the attempts that were answered, of so many deliveries that were made last in the span: attempts are found by their
 * delivery alone. Undefined when there is none.
 */
export async function recentResponseTimes(
  db: Queryable,
  accountId: string,
  { endpointId, ...span }: OverviewSpan,
  deliveries: number,
): Promise<ResponseTimes | undefined> {
  const made = await newestFirst(
    db,
    accountId,
    span,
    { rows: deliveries, after: undefined },
    async ({ since, until }, { rows: limit }, days) => {
      const { rows } = await db.query<{ id: string }>(
        `select id from deliveries
         where account_id = $1 and ${days} and attempt_count > 0
           and created_at >= $2 and created_at < $3 and ($4::text is null or endpoint_id = $4)
         order by created_at desc, ${LISTED_ID} desc limit $5`,
        [accountId, since, until, endpointId ?? null, limit],
      );
      return rows;
    },
  );
  if (made.length === 0) return undefined;
  const ids = made.map(({ id }) => id);
  const { rows } = await db.query<ResponseTimes>(
    `select percentile_disc(0.5) within group (order by duration_ms) as "p50Ms",
       percentile_disc(0.95) within group (order by duration_ms) as "p95Ms", count(*)::int as attempts
     from attempts
     where account_id = $1 and delivery_id = any($2) and ${openOrOnDaysOf('day', ids)} and response_status is not null`,
    [accountId, ids],
  );
  const [times] = rows;
  return times && times.attempts > 0 ? times : undefined;
}

export interface WaitingRow {
  status: DeliveryStatus;
  /** The beginning of the hour in which they wake; null for those that do not sleep. */
  due: Date | null;
  count: number;
  /** When the first of them wakes. */
  next_at: Date | null;
}

/** Those that have not ended now, whenever they were made. */
export async function countWaiting(
  db: Queryable,
  accountId: string,
  endpointId: string | undefined,
): Promise<WaitingRow[]> {
  const { rows } = await db.query<WaitingRow>(
    `select status, date_bin('1 hour', next_attempt_at, 'epoch') as due, count(*)::int as count,
       min(next_attempt_at) as next_at
     from deliveries
     where account_id = $1 and day is null and completed_at is null and ($2::text is null or endpoint_id = $2)
     group by 1, 2
     order by 2`,
    [accountId, endpointId ?? null],
  );
  return rows;
}

export interface TroubledEndpointRow {
  id: string;
  url: string;
  status: 'active' | 'paused' | 'disabled';
  disabled_reason: string | null;
  failing_since: Date | null;
  last_failure_at: Date | null;
}

/** Endpoints that are disabled, or failed last; those that have failed longest first. */
export async function listTroubledEndpoints(
  db: Queryable,
  accountId: string,
  endpointId: string | undefined,
  limit: number,
): Promise<TroubledEndpointRow[]> {
  const { rows } = await db.query<TroubledEndpointRow>(
    `select e.id, e.url, e.status, e.disabled_reason, h.failing_since, h.last_failure_at
     from endpoints e left join endpoint_health h on h.endpoint_id = e.id
     where e.account_id = $1 and e.deleted_at is null and ($2::text is null or e.id = $2)
       and (e.status = 'disabled' or h.endpoint_id is not null)
     order by h.failing_since nulls last, e.id limit $3`,
    [accountId, endpointId ?? null, limit],
  );
  return rows;
}
