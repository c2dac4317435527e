import type { Queryable } from './pool.ts';

/** As many are counted; what there is beyond takes longer to count than it tells. */
export const MOST_COUNTED = 100_000;

/** What is open, in whole numbers up to {@link MOST_COUNTED}, and how long the first of it has been so. */
export interface Backlog {
  /** Committed, and no workflow yet: what the relay is behind. */
  unstarted: number;
  unstartedForS: number;
  /** Handed over by a burst, and no workflow of its own yet. */
  handedOver: number;
  handedOverForS: number;
  /** Asleep until their time comes. */
  sleeping: number;
  /** Whose time has come, and who are not attempted yet. */
  due: number;
  dueForS: number;
  /** An attempt is being made. */
  underWay: number;
  /** Wait for room at their endpoint. */
  crowded: number;
  /** Wait for an endpoint that is paused or disabled. */
  held: number;
  /** Wait for the one before them in an ordered lane. */
  inLane: number;
  /** Signals to workflows that are not sent yet. */
  signals: number;
}

/** Each is counted in an index of nothing else, so a look costs what there is to count. */
const counted = (where: string, table = 'deliveries') =>
  `(select count(*)::int from (select from ${table} where ${where} limit ${MOST_COUNTED}) counted)`;
/** The index has them by account: when the first of each was made. */
const oldest = (where: string) => `(
  with recursive first as (
    (select account_id, created_at from deliveries where ${where} order by account_id, created_at limit 1)
    union all
    select next.account_id, next.created_at from first cross join lateral (
      select account_id, created_at from deliveries where ${where} and account_id > first.account_id
      order by account_id, created_at limit 1) next
  )
  select min(created_at) from first)`;
/** The first of the times that are counted; what is beyond {@link MOST_COUNTED} is not looked at. */
const first = (at: string, where: string) =>
  `(select min(at) from (select ${at} as at from deliveries d where ${where} limit ${MOST_COUNTED}) counted)`;
const agoS = (at: string) => `coalesce(extract(epoch from now() - ${at}), 0)::float8`;

const UNSTARTED = `day is null and started_at is null and burst_id is null and lane_place is null
  and (parked_at is null or woken_at is not null)`;
/** Since when: it was made, or is the relay's since it was let go in its lane or woken for its endpoint. */
const UNSTARTED_SINCE = 'greatest(created_at, let_go_at, woken_at)';
const STRAIGHT = 'let_go_at is null and woken_at is null';
const HANDED_OVER = 'day is null and started_at is null and burst_id is not null';
/** A burst hands it over as soon as its attempt has ended, or it was parked. */
const HANDED_OVER_SINCE = `greatest(${UNSTARTED_SINCE}, parked_at, (
  select max(coalesce(t.finished_at, t.started_at)) from attempts t where t.delivery_id = d.id and t.day is null))`;
const TIMED = 'day is null and next_attempt_at is not null and lane_place is null';
const PARKED = 'day is null and parked_at is not null';

export async function readBacklog(db: Queryable): Promise<Backlog> {
  const { rows } = await db.query<Backlog>(
    `select ${counted(UNSTARTED)} as unstarted,
       ${agoS(`least(${oldest(`${UNSTARTED} and ${STRAIGHT}`)}, ${first(UNSTARTED_SINCE, UNSTARTED)})`)} as "unstartedForS",
       ${counted(HANDED_OVER)} as "handedOver",
       ${agoS(first(HANDED_OVER_SINCE, HANDED_OVER))} as "handedOverForS",
       ${counted(`${TIMED} and next_attempt_at > now()`)} as sleeping,
       ${counted(`${TIMED} and next_attempt_at <= now()`)} as due,
       ${agoS(`(select min(next_attempt_at) from deliveries where ${TIMED} and next_attempt_at <= now())`)} as "dueForS",
       ${counted("day is null and status = 'delivering'")} as "underWay",
       ${counted(`${PARKED} and status <> 'held'`)} as crowded,
       ${counted(`${PARKED} and status = 'held'`)} as held,
       ${counted('day is null and lane_place is not null and completed_at is null')} as "inLane",
       ${counted('true', 'signals')} as signals`,
  );
  return rows[0] as Backlog;
}
