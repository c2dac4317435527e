import type { Pool } from 'pg';
import type { Step } from '../domain/delivery.ts';
import { DEFAULT_MAX_CONCURRENCY, DEFAULT_TIMEOUT_MS } from '../domain/schedule.ts';
import type { ClaimAnswer, ClaimRequest } from './attempt-claim.ts';
import {
  type ClaimedEvent,
  type ClaimRow,
  claimAnswer,
  type EndedRow,
  endedAnswer,
  type MadeRow,
  whatIsLeft,
} from './claim-row.ts';
import { daysOf, onDays } from './days.ts';
import { type IfLocked, JUST_LOCKED, lockEndpointsOf, ROOM_KEPT_FOR, WOKEN_FOR, wokenAt } from './parking.ts';
import { inTransaction, type Queryable, type Transaction } from './pool.ts';
import { SEALED_IN_FORCE } from './sealed-secrets.ts';

/**
 * How long after its deadline the outcome of a POST is still waited for, before its process counts as dead: a POST
 * begins within 5 s of its claim, and is recorded within 10 s of its end (activities/attempt.ts).
 */
const OUTCOME_WITHIN_MS = 15_000;

/**
 * Claims attempts: a row per attempt, written before its POST. What was finished before is answered from its
 * row; what was begun and is never to finish any more is marked `interrupted` and claimed again as the next try,
 * for a process that only stood still may yet tell its outcome, and two must not POST at once; a delivery
 * that is over, whose endpoint is deleted or whose payload is gone, is not claimed, and its row says so.
 *
 * A delivery whose endpoint is paused, disabled, or as busy as it may be, is parked (parking.ts). The endpoints are locked
 * first, so that what is counted is true, however many workers claim at once, and a resume is not missed.
 *
 * @param ifLocked `skip` leaves the requests of an endpoint that somebody else has locked, as a long change does, and
 *   answers them `locked`: they shall hold up no others
 */
export async function claimAttempts(
  pool: Pool,
  requests: ClaimRequest[],
  ifLocked: IfLocked,
): Promise<ClaimedOrNot[]> {
  const { endpoints, rows, events } = await inTransaction(pool, async (db) => {
    const ids = requests.map(({ deliveryId }) => deliveryId);
    const [endpoints, rows] = await Promise.all([
      lockEndpointsOf(db, ids, ifLocked),
      claimOnce(db, requests),
    ]);
    const events = await commitAndReadEvents(
      db,
      rows.filter(({ verdict }) => verdict === 'claimed'),
    );
    return { endpoints, rows, events };
  });
  const answers = new Map<string, ClaimedOrNot>();
  for (const row of rows)
    answers.set(nameOf(row.delivery_id, row.number), {
      answer: claimAnswer(row, events.get(nameOf(row.account_id, row.event_id))),
      endpointId: row.endpoint_id,
      ended: ENDING.includes(row.verdict),
    });
  for (const [id, { isLocked, endpointId }] of endpoints)
    if (!isLocked) answers.set(id, { answer: { kind: 'locked', endpointId }, endpointId });
  const answerTo = ({ deliveryId, number }: ClaimRequest) =>
    answers.get(nameOf(deliveryId, number)) ?? answers.get(deliveryId);
  const others = requests.filter((request) => !answerTo(request));
  for (const row of await readEnded(pool, others))
    answers.set(nameOf(row.delivery_id, row.number), {
      answer: endedAnswer(row),
      endpointId: row.endpoint_id,
    });
  return requests.map((request) => answerTo(request) ?? { answer: { kind: 'unknown' } });
}

/** What the statement made of a delivery that it ended. */
const ENDING: readonly ClaimRow['verdict'][] = ['cancelled', 'deleted', 'expunged'];

const nameOf = (...parts: [string, string | number]) => parts.join(' ');

/** What comes of a request, and the endpoint that it is about. */
export interface ClaimedOrNot {
  answer: ClaimAnswer | { kind: 'locked'; endpointId: string };
  /** Absent when there is no such delivery. */
  endpointId?: string;
  /** Whether the delivery ended just now; default: it did not. */
  ended?: boolean;
}

/** At the endpoints that were just locked. */
async function claimOnce(db: Queryable, requests: ClaimRequest[]): Promise<ClaimRow[]> {
  const { rows } = await db.query<ClaimRow>({
    name: 'claim-attempts',
    text: `
      with asked as materialized (
        select * from unnest($1::text[], $2::int[], $6::text[], $7::bool[]) with ordinality
          as a (delivery_id, number, burst, parks, place)
        -- Locked in one order, so that two statements never wait in a circle.
        order by delivery_id
      ), found as materialized (
        select a.place::int, a.number, a.burst, a.parks, d.burst_id, d.id as delivery_id, d.account_id, d.endpoint_id, d.event_id,
          d.event_day::text, d.event_type, d.status as delivery_status, d.reason, d.retry_schedule_s as delivery_retry_schedule_s,
          d.woken_at is not null as is_woken, d.parked_at is not null and d.started_at is not null as sleeps, d.attempt_count, d.next_attempt_at,
          case when d.parked_at is null and last.try is null then coalesce(d.next_attempt_at,
            case when d.attempt_count = 0 then coalesce(d.let_go_at, d.created_at) end) end as due_at,
          e.status as endpoint_status, e.profile, e.url, e.headers, e.retry_schedule_s, e.retry_jitter, e.timeout_ms,
          e.retry_on, coalesce(e.max_concurrency, $3) as max_concurrency,
          ${SEALED_IN_FORCE} as secrets_sealed,
          last.try as last_try, last.step, last.expected_until,
          date_trunc('milliseconds', clock_timestamp()) as now,
          case
            when last.step is not null then 'finished'
            when d.status in ('succeeded', 'failed', 'cancelled') then 'over'
            when last.expected_until > now() then 'under_way'
            when d.cancel_asked_at is not null then 'cancelled'
            when e.deleted_at is not null then 'deleted'
            when d.expunged_at is not null then 'expunged'
            when e.status <> 'active' then 'held'
            -- A repeat has its place already.
            when d.status = 'delivering' then 'claimed'
          end as verdict
        from asked a
        -- A cancel that is being committed is waited for.
        cross join lateral (select * from deliveries d
          where d.id = a.delivery_id and d.day is null and array[d.endpoint_id] <@ ${JUST_LOCKED} for no key update) d
        cross join lateral (select * from endpoints e where e.id = d.endpoint_id offset 0) e
        left join lateral (
          select try, step, case when finished_at is null then started_at
            + (coalesce(e.timeout_ms, ($4::jsonb ->> e.profile)::int) + $5) * interval '1 millisecond' end as expected_until
          from attempts t
          where t.delivery_id = a.delivery_id and t.number = a.number and t.day is null
          order by try desc limit 1
        ) last on true
      ), room as materialized (
        select endpoint_id,
          (select count(*) from deliveries d where d.endpoint_id = f.endpoint_id and d.day is null
            and d.status = 'delivering') as under_way,
          ${wokenAt('f.endpoint_id', ROOM_KEPT_FOR, 'd.id <> all ($1)')} as woken,
          exists (select from deliveries d where d.endpoint_id = f.endpoint_id and d.day is null
            and d.woken_at between now() - interval '${WOKEN_FOR}' and now() - interval '${ROOM_KEPT_FOR}'
            and d.id <> all ($1)) as has_late,
          exists (select from deliveries d where d.endpoint_id = f.endpoint_id and d.day is null and d.parked_at is not null
            and d.woken_at > now() - interval '${WOKEN_FOR}' is not true and d.id <> all ($1)) as has_queue
        from (select distinct endpoint_id from found where verdict is null) f
      ), judged as materialized (
        select f.*,
          coalesce(f.verdict, case
            -- Those that were woken come first, in the room that was kept for them; then whoever comes, when nobody waits,
            -- or those whose turn it is do not come.
            when row_number() over (partition by f.endpoint_id, f.verdict order by not f.is_woken, f.place)
              + r.under_way + case when f.is_woken then 0 else r.woken end > f.max_concurrency
              or not f.is_woken and r.has_queue and not r.has_late
            then case when f.burst is null then 'busy' when f.parks then 'parked' else 'crowded' end
            else 'claimed'
          end) as judgement
        from found f left join room r using (endpoint_id)
      ), begun as materialized (
        select delivery_id, number, last_try from judged
        where last_try is not null and judgement not in ('finished', 'under_way', 'crowded')
      ), interrupted as (
        update attempts t set finished_at = now(), error = 'interrupted',
          duration_ms = least(2147483647, greatest(0, extract(epoch from clock_timestamp() - t.started_at) * 1000))::int
        where t.delivery_id = any (array(select delivery_id from begun)) and t.day is null and t.finished_at is null
          and (t.delivery_id, t.number, t.try) in (select delivery_id, number, last_try from begun)
      ), claimed as (
        insert into attempts (delivery_id, account_id, number, try, started_at)
        select delivery_id, account_id, number, coalesce(last_try, 0) + 1, now
        from judged where judgement = 'claimed'
      ), told as (
        -- Its own workflow waits for its endpoint, and a burst carries it, too: one that is repeated after a crash does.
        insert into signals (account_id, delivery_id, name)
        select account_id, delivery_id, 'proceed' from judged where judgement = 'claimed' and burst is not null and sleeps
      ), noted as (
        insert into audit_log (account_id, actor, action, target, details)
        select account_id, 'posthaste', 'delivery.held', delivery_id, jsonb_build_object('endpoint', endpoint_status)
        from judged where judgement = 'held' and delivery_status <> 'held'
      ), moving as materialized (
        select delivery_id, judgement, burst from judged where judgement not in ('finished', 'over', 'under_way', 'crowded')
      ), moved as (
        update deliveries d set woken_at = null, next_attempt_at = null, revision = d.revision + 1,
          (status, reason, completed_at, parked_at, started_at, burst_id, leased_until, crowded_at) = (
            select
              case judgement when 'claimed' then 'delivering' when 'held' then 'held'
                when 'busy' then case when d.attempt_count = 0 then 'pending' else 'retrying' end
                when 'parked' then 'pending'
                when 'cancelled' then 'cancelled' else 'failed' end,
              case judgement when 'deleted' then 'endpoint_deleted' when 'expunged' then 'payload_expunged' end,
              case when judgement in ('cancelled', 'deleted', 'expunged') then now() end,
              case when judgement in ('held', 'busy', 'parked') then coalesce(d.parked_at, clock_timestamp()) end,
              case when judgement = 'parked' then d.started_at else coalesce(d.started_at, now()) end,
              case when judgement = 'parked' then d.burst_id else coalesce(burst, d.burst_id) end,
              case when judgement <> 'parked' then d.leased_until end,
              case when judgement = 'parked' then coalesce(d.crowded_at, now()) else d.crowded_at end
            -- With its offset each is looked up once for all columns.
            from (select
              (select jsonb_object_agg(delivery_id, judgement) from moving) ->> d.id as judgement,
              (select jsonb_object_agg(delivery_id, burst) from moving) ->> d.id as burst offset 0) its)
        where d.id = any (array(select delivery_id from moving)) and d.day is null
      )
      select j.*, j.judgement as verdict, case j.judgement when 'claimed' then coalesce(j.last_try, 0) + 1 end as try
      from judged j`,
    values: [
      requests.map(({ deliveryId }) => deliveryId),
      requests.map(({ number }) => number),
      DEFAULT_MAX_CONCURRENCY,
      JSON.stringify(DEFAULT_TIMEOUT_MS),
      OUTCOME_WITHIN_MS,
      requests.map(({ burst }) => burst ?? null),
      requests.map(({ parks = false }) => parks),
    ],
  });
  return rows;
}

/** Commits the claims, and reads the events that are to be sent, by account and id. */
async function commitAndReadEvents(
  db: Transaction,
  claimed: readonly ClaimRow[],
): Promise<Map<string, ClaimedEvent>> {
  if (claimed.length === 0) return new Map();
  const days = [...new Set(claimed.map((row) => row.event_day))];
  const { rows } = await db.commitWith<ClaimedEvent>({
    // Most are of one day, and come often.
    ...(days.length === 1 && { name: `read-events-${days[0]}` }),
    text: `
      select v.account_id, v.id, v.created_at, v.accepted_at, v.selz_token, v.data, v.traceparent
      from unnest($1::text[], $2::text[]) as a (account_id, id)
      cross join lateral (
        select * from events v where v.account_id = a.account_id and v.id = a.id and ${onDays('v.day', days)} offset 0) v`,
    values: [claimed.map((row) => row.account_id), claimed.map((row) => row.event_id)],
  });
  return new Map(rows.map((event) => [nameOf(event.account_id, event.id), event]));
}

/** What an attempt that was made is answered with; undefined where none is recorded, or its delivery has ended. */
export async function readMade(db: Queryable, deliveryId: string, number: number): Promise<Step | undefined> {
  const { rows } = await db.query<MadeRow>({
    name: 'read-made',
    text: `
      select last.step, last.number, d.attempt_count, d.next_attempt_at, date_trunc('milliseconds', clock_timestamp()) as now
      from deliveries d
      cross join lateral (
        select step, number from attempts t
        where t.delivery_id = d.id and t.number = $2 and t.day is null
        order by try desc limit 1
      ) last
      where d.id = $1 and d.day is null and last.step is not null`,
    values: [deliveryId, number],
  });
  return rows[0] && whatIsLeft(rows[0]);
}

/** What is known of deliveries that have ended, and were moved to their days: somebody asks a second time. */
async function readEnded(db: Queryable, requests: readonly ClaimRequest[]): Promise<EndedRow[]> {
  const days = daysOf(requests.map(({ deliveryId }) => deliveryId));
  if (days.length === 0) return [];
  const { rows } = await db.query<EndedRow>(
    `select d.id as delivery_id, a.number, d.endpoint_id, d.status as delivery_status, d.reason, (
         select step from attempts t
         where t.delivery_id = d.id and t.number = a.number and ${onDays('t.day', days)}
         order by try desc limit 1
       ) as step
     from unnest($1::text[], $2::int[]) as a (delivery_id, number)
     cross join lateral (select * from deliveries d where d.id = a.delivery_id and ${onDays('d.day', days)} offset 0) d`,
    [requests.map(({ deliveryId }) => deliveryId), requests.map(({ number }) => number)],
  );
  return rows;
}
