import {
  type DeliveryStatus,
  type FailureReason,
  isFinal,
  type Settled,
  type Waiting,
} from '../domain/delivery.ts';
import { openOrOn, openOrOnDayOf, openOrOnDaysOf } from './days.ts';
import { deliveryDaysOf, type EventDays, findEventDays } from './event-days.ts';
import { newestFirst } from './newest-first.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

/** A delivery as it is read. */
export interface DeliveryRow {
  id: string;
  event_id: string;
  /** The UTC day on which the event was accepted. */
  event_day: string;
  event_type: string;
  endpoint_id: string;
  status: DeliveryStatus;
  reason: FailureReason | null;
  attempt_count: number;
  next_attempt_at: Date | null;
  /** Seconds; set when it was told to keep to a schedule of its own. */
  retry_schedule_s: number[] | null;
  created_at: Date;
  completed_at: Date | null;
  resend_of: string | null;
  /** Whether it waits, or once waited, in an ordered lane. */
  waited_in_lane: boolean;
  /** When it was let go there; null while it waits, and when it never did. */
  let_go_at: Date | null;
  /** Since when it waits, or waited, for room at its endpoint without a workflow; null when it never did. */
  crowded_at: Date | null;
  /** The delivery that it waits for in its lane; null when it does not wait. */
  waits_for: string | null;
  /** Null: its workflow is not known to be started. */
  started_at: Date | null;
  /** The burst that made, or is to make, its first attempt; null when none did. */
  burst_id: string | null;
  revision: number;
  cursor_at: string;
}

const COLUMNS = `id, event_id, event_day::text, event_type, endpoint_id, status, reason, attempt_count, next_attempt_at,
  retry_schedule_s, created_at, completed_at, resend_of, started_at, burst_id, revision, ${cursorAt('created_at')} as cursor_at,
  lane_place is not null or let_go_at is not null as waited_in_lane, let_go_at, crowded_at,
  case when lane_place is not null and completed_at is null then (
    select front_id from lanes l
    where l.endpoint_id = deliveries.endpoint_id and l.ordering_key = deliveries.ordering_key
  ) end as waits_for`;

/** An attempt that has ended. */
export interface AttemptRow {
  delivery_id: string;
  number: number;
  try: number;
  started_at: Date;
  finished_at: Date;
  duration_ms: number;
  response_status: number | null;
  error: string | null;
  error_detail: string | null;
  response_headers: Record<string, string | string[]> | null;
  response_body: string | null;
  response_truncated: boolean | null;
  /** What followed from it; null when it was interrupted. */
  step: Settled | Waiting | null;
}

/** Every part narrows; an absent one does not. */
export interface DeliveryFilter {
  statuses?: readonly DeliveryStatus[] | undefined;
  endpointId?: string | undefined;
  eventType?: string | undefined;
  eventId?: string | undefined;
  /** Of the last attempt. */
  responseStatus?: number | undefined;
  /** On the time of creation; inclusive. */
  since?: Date | undefined;
  /** On the time of creation; exclusive. */
  until?: Date | undefined;
}

/** SQL: the id in the order in which the indexes of lists have it. */
export const LISTED_ID = 'id collate "C"';

/** Newest first. */
export async function listDeliveries(
  db: Queryable,
  accountId: string,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<DeliveryRow[]> {
  const { eventId, statuses } = filter;
  if (statuses && !statuses.some(isFinal)) return readPage(db, accountId, filter, page, 'day is null');
  if (eventId !== undefined) {
    const days = deliveryDaysOf(await findEventDays(db, accountId, eventId));
    return readPage(db, accountId, filter, page, openOrOn('day', days));
  }
  return newestFirst(db, accountId, filter, page, (...part) => readPage(db, accountId, ...part));
}

/** @param days SQL: where the rows lie */
async function readPage(
  db: Queryable,
  accountId: string,
  filter: DeliveryFilter,
  page: PageRequest,
  days: string,
): Promise<DeliveryRow[]> {
  const { rows } = await db.query<DeliveryRow>(
    `select ${COLUMNS}
     from deliveries
     where account_id = $1 and ${days} ${amongUnsuccessful(filter)}
       and ($2::text[] is null or status = any($2))
       and ($3::text is null or endpoint_id = $3)
       and ($4::text is null or event_type = $4)
       and ($5::text is null or event_id = $5)
       and ($6::int is null or last_response_status = $6)
       and ($7::timestamptz is null or created_at >= $7)
       and ($8::timestamptz is null or created_at < $8)
       and ($9::timestamptz is null or (created_at, ${LISTED_ID}) < ($9, $10))
     order by created_at desc, ${LISTED_ID} desc
     limit $11`,
    [
      accountId,
      filter.statuses ?? null,
      filter.endpointId ?? null,
      filter.eventType ?? null,
      filter.eventId ?? null,
      filter.responseStatus ?? null,
      filter.since ?? null,
      filter.until ?? null,
      ...pageValues(page),
    ],
  );
  return rows;
}

/** SQL: what an index of those alone needs to be told, when no others are asked for. */
function amongUnsuccessful({ statuses }: DeliveryFilter): string {
  const none =
    statuses === undefined || statuses.some((status) => status !== 'failed' && status !== 'cancelled');
  return none ? '' : "and status in ('failed', 'cancelled')";
}

export async function findDelivery(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<DeliveryRow | undefined> {
  const { rows } = await db.query<DeliveryRow>(
    `select ${COLUMNS}
     from deliveries where account_id = $1 and id = $2 and ${openOrOnDayOf('day', id)}`,
    [accountId, id],
  );
  return rows[0];
}

/** Those of these deliveries that there are, oldest first. */
export async function findDeliveries(
  db: Queryable,
  accountId: string,
  ids: readonly string[],
): Promise<DeliveryRow[]> {
  const { rows } = await db.query<DeliveryRow>(
    `select ${COLUMNS}
     from deliveries where account_id = $1 and id = any($2) and ${openOrOnDaysOf('day', ids)}
     order by created_at, id`,
    [accountId, ids],
  );
  return rows;
}

/** The deliveries of some events, oldest first. */
export async function deliveriesOfEvents(
  db: Queryable,
  accountId: string,
  events: readonly EventDays[],
): Promise<DeliveryRow[]> {
  if (events.length === 0) return [];
  const { rows } = await db.query<DeliveryRow>(
    `select ${COLUMNS}
     from deliveries where account_id = $1 and event_id = any($2) and ${openOrOn('day', deliveryDaysOf(events))}
     order by created_at, id`,
    [accountId, events.map(({ id }) => id)],
  );
  return rows;
}

/** The ended attempts of some deliveries, in the order they were made. */
export async function attemptsOf(
  db: Queryable,
  accountId: string,
  deliveryIds: readonly string[],
  { withResponses }: { withResponses: boolean },
): Promise<AttemptRow[]> {
  const { rows } = await db.query<AttemptRow>(
    `select delivery_id, number, try, started_at, finished_at, duration_ms, response_status, error, error_detail, step,
       case when $3 then response_headers end as response_headers,
       case when $3 then response_body end as response_body, response_truncated
     from attempts
     where account_id = $1 and delivery_id = any($2) and ${openOrOnDaysOf('day', deliveryIds)} and finished_at is not null
     order by delivery_id, number, try`,
    [accountId, deliveryIds, withResponses],
  );
  return rows;
}

/** Where a delivery stands, for a caller that waits for a change. */
export async function revisionOf(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<{ revision: number; ended: boolean } | undefined> {
  const { rows } = await db.query<{ revision: number; ended: boolean }>(
    `select revision, completed_at is not null as ended
     from deliveries where account_id = $1 and id = $2 and ${openOrOnDayOf('day', id)}`,
    [accountId, id],
  );
  return rows[0];
}

/** Who changed a delivery, or its endpoint while it was open; oldest first. */
export interface DeliveryChange {
  at: Date;
  actor: string;
  action: string;
  target: string;
  details: Record<string, unknown>;
}

export async function changesDuring(
  db: Queryable,
  accountId: string,
  deliveryId: string,
): Promise<DeliveryChange[]> {
  const { rows } = await db.query<DeliveryChange>(
    `select a.at, a.actor, a.action, a.target, a.details
     from deliveries d
     join audit_log a on a.account_id = d.account_id and a.target in (d.id, d.endpoint_id)
       and (a.target = d.id or a.at > d.created_at and (d.completed_at is null or a.at < d.completed_at))
     where d.account_id = $1 and d.id = $2 and ${openOrOnDayOf('d.day', deliveryId)}
       -- What changed nothing: reading, testing, and commands that were refused after they were written down.
       and a.action not in ('endpoint.secret_read', 'endpoint.tested', 'delivery.command_refused')
       and not exists (
         select from audit_log r
         where r.account_id = a.account_id and r.target = a.target and r.action = 'delivery.command_refused'
           and r.details ->> 'of' = a.id::text)
     order by a.at, a.id`,
    [accountId, deliveryId],
  );
  return rows;
}
