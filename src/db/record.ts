import type { Settled, Waiting } from '../domain/delivery.ts';
import { FAILING_AFTER_ATTEMPTS, OPERATIONAL_TYPES } from '../domain/operational.ts';
import type { AttemptClaim } from './attempt-claim.ts';
import { asTold } from './notices.ts';
import type { Queryable } from './pool.ts';

/** What is written down of an ended attempt. */
export interface AttemptRecord {
  deliveryId: string;
  number: number;
  try: number;
  durationMs: number;
  responseStatus?: number | undefined;
  responseHeaders?: Record<string, string | string[]>;
  responseBody?: string;
  responseTruncated?: boolean;
  errorDetail?: string;
  step: Settled | Waiting;
}

/** What is known of a delivery once its attempt is recorded. */
export interface Recorded {
  endpointId: string;
  /** Whether its turn in an ordered lane ended with it. */
  endsTurn: boolean;
  /** Whether the delivery ended with it. */
  ended: boolean;
}

/**
 * Finishes attempt rows and moves their deliveries on, once: a row that is finished already, and a delivery
 * that is over already, stay as they are. An endpoint that answered 410 is disabled.
 *
 * The same statement keeps each endpoint's health, and leaves a notice of what became of it: an outcome that is
 * recorded twice is told once, and one that is recorded is told. A failure begins a streak, or carries it on; of a
 * streak that is written down its last failure is moved on once a minute at most, so that a busy endpoint that is
 * away has no busy row. A success ends it, those that failed in the same statement included. An endpoint that is
 * disabled keeps the streak that it was disabled with. Deliveries of operational events count, and are not told of.
 *
 * Locks are taken in one order: attempts, deliveries, endpoints, health; the latter two each by endpoint.
 *
 * What is over is moved to its day (days.ts).
 *
 * @returns of each what was written; undefined when nothing was
 */
export async function recordAttempts(
  db: Queryable,
  records: AttemptRecord[],
): Promise<(Recorded | undefined)[]> {
  const { rows } = await db.query<Recorded & { id: string }>({
    name: 'record-attempts',
    text: `
      with finished as (
        update attempts t set finished_at = now(),
          (duration_ms, response_status, response_headers, response_body, response_truncated, error, error_detail, step, day) = (
            select ${GIVEN.durationMs}, ${GIVEN.responseStatus}, ${GIVEN.responseHeaders}, ${GIVEN.responseBody},
              ${GIVEN.responseTruncated}, ${GIVEN.error}, ${GIVEN.errorDetail}, ${GIVEN.step},
              case when ${GIVEN.status} <> 'retrying' then day_of(t.delivery_id) end
            -- With its offset it is looked up once for all columns.
            from (select ${PLACE} as at offset 0) its)
        where t.delivery_id = any ($1) and ${PLACE} is not null and t.day is null and t.finished_at is null
        returning t.delivery_id, t.number, t.try, t.account_id, t.response_status, t.error, ${PLACE} as place
      ), moved as (
        update deliveries d set parked_at = null, woken_at = null, revision = d.revision + 1,
          (status, reason, attempt_count, last_response_status, next_attempt_at, completed_at, day) = (
            select ${GIVEN.status}, ${GIVEN.reason}, ${GIVEN.number}, ${GIVEN.responseStatus}, ${GIVEN.nextAttemptAt},
              case when ${GIVEN.status} <> 'retrying' then now() end,
              case when ${GIVEN.status} <> 'retrying' then day_of(d.id) end
            from (select ((select jsonb_object_agg(delivery_id, place) from finished) ->> d.id)::int as at offset 0) its)
        where d.id = any (array(select delivery_id from finished)) and d.day is null
          and d.status not in ('succeeded', 'failed', 'cancelled')
        returning d.id, d.day, d.endpoint_id, d.reason, d.attempt_count, d.completed_at is not null and d.ordering_key is not null as ends_turn
      ), tries_before as (
        update attempts t set day = day_of(t.delivery_id)
        where t.delivery_id = any (array(
            select id from moved
            where day is not null and (attempt_count > 1 or id in (select delivery_id from finished where try > 1))))
          and t.day is null and t.finished_at is not null
      ), outcome as materialized (
        -- Of a delivery that was cancelled meanwhile, too: its endpoint answered all the same.
        select f.delivery_id, f.number, f.account_id, f.response_status, f.error, d.endpoint_id, d.event_id, d.event_type,
          d.event_type = any ($15) as operational
        from finished f
        cross join lateral (select * from deliveries d where d.id = f.delivery_id and d.day is null offset 0) d
      ), gone as (
        -- Locked in one order, so that two statements never wait for each other in a circle.
        select id from endpoints
        where id = any (array(select endpoint_id from moved where reason = 'gone')) and status = 'active'
        order by id
        for no key update
      ), disabled as (
        update endpoints e set status = 'disabled', disabled_reason = 'gone', updated_at = now()
        where e.id = any (array(select id from gone))
        returning e.id as endpoint_id
      ), troubled as materialized (
        -- The usual outcome, a success where all was well before, ends here.
        select o.endpoint_id, o.account_id, o.number = $16 and o.error is not null and not o.operational as failed_often,
          h.last_failure_at, h.notified_at
        from outcome o
        left join lateral (select * from endpoint_health h where h.endpoint_id = o.endpoint_id offset 0) h on true
        where o.error is not null or h.endpoint_id is not null
      ), pulse as materialized (
        select endpoint_id, account_id, last_failure_at, bool_or(failed_often) and notified_at is null as notifies,
          endpoint_id in (select endpoint_id from outcome where error is null) as succeeded
        from troubled group by endpoint_id, account_id, last_failure_at, notified_at
      ), health as (
        select * from pulse
        where case when succeeded then last_failure_at is not null
            else last_failure_at is null or last_failure_at < now() - interval '1 minute' or notifies end
          and (select status from endpoints e where e.id = pulse.endpoint_id) <> 'disabled'
      ), locked as (
        select endpoint_id from endpoint_health
        where endpoint_id = any (array(select endpoint_id from health)) and (select count(*) from disabled) >= 0
        order by endpoint_id
        for update
      ), failing as (
        insert into endpoint_health as h (endpoint_id, account_id, failing_since, last_failure_at, notified_at)
        select endpoint_id, account_id, now(), now(), case when notifies then now() end
        from health where not succeeded and (select count(*) from locked) >= 0
        order by endpoint_id
        on conflict (endpoint_id) do update
          set last_failure_at = excluded.last_failure_at, notified_at = coalesce(excluded.notified_at, h.notified_at)
          -- Looked at again under the lock: of two statements one tells.
          where excluded.notified_at is null or h.notified_at is null
        returning endpoint_id, failing_since
      ), recovered as (
        delete from endpoint_health h
        where h.endpoint_id = any (array(select endpoint_id from locked join health using (endpoint_id) where health.succeeded))
        returning h.endpoint_id, h.failing_since, h.notified_at
      ), told as (
        select 'delivery.exhausted' as type, null as reason, null::timestamptz as since, o.*
        from moved m join outcome o on o.delivery_id = m.id
        where m.reason = 'exhausted' and not o.operational
        union all
        (select distinct on (endpoint_id) 'endpoint.failing', null, f.failing_since, o.*
         from failing f join health using (endpoint_id) join outcome o using (endpoint_id)
         where health.notifies and o.number = $16 and o.error is not null and not o.operational)
        union all
        (select distinct on (endpoint_id) 'endpoint.recovered', null, r.failing_since, o.*
         from recovered r join outcome o using (endpoint_id)
         where r.notified_at is not null and o.error is null)
        union all
        (select distinct on (endpoint_id) 'endpoint.disabled', 'gone', null, o.*
         from disabled join moved m using (endpoint_id) join outcome o on o.delivery_id = m.id
         where m.reason = 'gone')
      ), audited as (
        insert into audit_log (account_id, actor, action, target, details)
        select account_id, 'posthaste', type, endpoint_id, json_build_object('reason', reason, 'delivery', delivery_id)
        from told where type = 'endpoint.disabled'
      ), noticed as (
        insert into notices (account_id, type, data)
        select account_id, type, json_strip_nulls(json_build_object('endpointId', endpoint_id, 'reason', reason,
          'since', ${asTold('since')}, 'deliveryId', delivery_id, 'eventId', event_id, 'event', event_type,
          'attempt', number, 'responseStatus', response_status, 'error', error))
        from told
      )
      select delivery_id as id, endpoint_id as "endpointId",
        delivery_id in (select id from moved where ends_turn) as "endsTurn",
        delivery_id in (select id from moved where day is not null) as ended
      from outcome`,
    values: [
      records.map((r) => r.deliveryId),
      JSON.stringify(Object.fromEntries(records.map((r, index) => [nameOf(r), index + 1]))),
      records.map((r) => r.number),
      records.map((r) => r.durationMs),
      records.map((r) => r.responseStatus ?? null),
      records.map((r) => (r.responseHeaders ? JSON.stringify(r.responseHeaders) : null)),
      records.map((r) => r.responseBody ?? null),
      records.map((r) => r.responseTruncated ?? null),
      records.map((r) => r.step.attempt?.error ?? null),
      records.map((r) => r.errorDetail ?? null),
      records.map((r) => JSON.stringify(r.step)),
      records.map((r) => (r.step.kind === 'settled' ? r.step.status : 'retrying')),
      records.map((r) => (r.step.kind === 'settled' ? (r.step.reason ?? null) : null)),
      records.map((r) => (r.step.kind === 'waiting' ? r.step.until : null)),
      OPERATIONAL_TYPES,
      FAILING_AFTER_ATTEMPTS,
    ],
  });
  const recorded = new Map(rows.map(({ id, ...outcome }) => [id, outcome]));
  return records.map(({ deliveryId }) => recorded.get(deliveryId));
}

/** SQL: where the attempt `t` stands in the lists of values; null where it is not among them. */
const PLACE = `($2::jsonb ->> (t.delivery_id || ' ' || t.number || ' ' || t.try))::int`;

/** SQL: what is given of an attempt, out of the lists of values, at its place `at`. */
const GIVEN = {
  number: '($3::int[])[at]',
  durationMs: '($4::int[])[at]',
  responseStatus: '($5::int[])[at]',
  responseHeaders: '($6::json[])[at]',
  responseBody: '($7::text[])[at]',
  responseTruncated: '($8::bool[])[at]',
  error: '($9::text[])[at]',
  errorDetail: '($10::text[])[at]',
  step: '($11::jsonb[])[at]',
  status: '($12::text[])[at]',
  reason: '($13::text[])[at]',
  nextAttemptAt: '($14::timestamptz[])[at]',
};

const nameOf = ({ deliveryId, number, try: tryNumber }: AttemptRecord) =>
  `${deliveryId} ${number} ${tryNumber}`;

/** Takes back a claim whose POST was never made, so that it leaves no trace. */
export async function releaseClaim(
  db: Queryable,
  { deliveryId, number, try: tryNumber }: Pick<AttemptClaim, 'deliveryId' | 'number' | 'try'>,
): Promise<void> {
  await db.query(
    'delete from attempts where delivery_id = $1 and number = $2 and try = $3 and day is null and finished_at is null',
    [deliveryId, number, tryNumber],
  );
}
