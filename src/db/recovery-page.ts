import type { CommittedDelivery } from '../domain/delivery.ts';
import type { RecoverableStatus, RecoveryPage, RecoveryProgress } from '../domain/recovery.ts';
import { betweenDays, type Day, dayAfter, dayAt, openOrOnDaysOf } from './days.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';
import { changeLocked, type RecoveryScope } from './recoveries.ts';

/** What a recovery would find, were it asked for now. */
export interface Recoverable {
  /** Deliveries that match. */
  total: number;
  /** Events that would go out again. */
  resendable: number;
  /** The end of the span, now at the latest. */
  until: Date;
}

/**
 * SQL: the event `e` of the delivery `d` is there to be sent again, and has not reached the endpoint already.
 *
 * @param from the first of the days of the events; deliveries of them were made since
 * @param orElse SQL: what else of a delivery `o` speaks against it
 */
function worthSending(from: Day, orElse = 'false'): string {
  return `
  e.data is not null and not e.test
  and not exists (
    select from deliveries o
    where o.account_id = d.account_id and o.event_id = d.event_id and o.endpoint_id = d.endpoint_id and o.day is null
      and (o.status = 'succeeded' or o.completed_at is null)
    offset 0
  )
  and not exists (
    select from unnest(array[e.day, e.day + 1] || e.resent_on) as made (day)
    where exists (
      select from deliveries o
      where o.day = made.day and ${since('o.day', from)}
        and o.account_id = d.account_id and o.event_id = d.event_id and o.endpoint_id = d.endpoint_id
        and (o.status = 'succeeded' or ${orElse})
      offset 0
    )
  )`;
}

/** SQL: the column is one of the days from then until now. Said though another condition says it: so no plan has others. */
function since(column: string, from: Day): string {
  return betweenDays(column, from, dayAfter(dayAt(new Date())));
}

/** SQL: the delivery `d` was made in this span of time. */
function madeBetween(since: Date, until: Date): string {
  return `(d.day is null or ${betweenDays('d.day', dayAt(since), dayAfter(dayAt(until)))})`;
}

/** Counts what a recovery would find. */
export async function countRecoverable(db: Queryable, scope: RecoveryScope): Promise<Recoverable> {
  const values = [scope.accountId, scope.endpointId, scope.since, scope.until ?? null, scope.statuses];
  const matches = `d.account_id = $1 and d.endpoint_id = $2 and d.created_at >= $3
    and ${madeBetween(scope.since, scope.until ?? new Date())}
    and d.created_at < least(coalesce($4::timestamptz, now()), now())
    and d.status in ('failed', 'cancelled') and d.status = any($5) and d.completed_at <= now()`;
  const sent = await db.query<{ first: Day | null }>(
    `select min(event_day)::text as first from deliveries d where ${matches}`,
    values,
  );
  const from = sent.rows[0]?.first ?? dayAt(new Date());
  const { rows } = await db.query<Recoverable>(
    `select count(*)::int as total,
       (count(distinct d.event_id) filter (where ${worthSending(from)}))::int as resendable,
       least(coalesce($4::timestamptz, now()), now()) as until
     from deliveries d
     join events e on e.account_id = d.account_id and e.id = d.event_id and e.day = d.event_day and ${since('e.day', from)}
     where ${matches}`,
    values,
  );
  return rows[0] as Recoverable;
}

/** The recovery whose page is turned, its row locked. */
interface Turning extends RecoveryProgress {
  id: string;
  account_id: string;
  endpoint_id: string;
  since: string;
  until: string;
  statuses: RecoverableStatus[];
  created_at: string;
  place_at: string | null;
  place_id: string | null;
  endpoint_deleted: boolean;
}

/** A delivery that matches; its time as text, for a Date would lose microseconds. */
interface Match {
  id: string;
  at: string;
  event_day: Day;
}

/**
 * Sends the next page of a recovery again: for each event that has not arrived one new delivery, unless enough of
 * them are waiting for their first attempt. How far it has come is kept in the same transaction, so a page that is
 * repeated, because nobody heard of its end, is the next one.
 *
 * @param options.rows deliveries of a page
 * @param options.mostWaiting new deliveries that may wait at once; one that sleeps after a failed attempt does not
 *   count, or the few that never succeed would keep back all others
 */
export function recoverNextPage(
  database: Database,
  id: string,
  { rows: limit, mostWaiting }: { rows: number; mostWaiting: number },
): Promise<RecoveryPage & { made: CommittedDelivery[] }> {
  return inTransaction(database, async (db) => {
    const turning = await lockRecovery(db, id);
    const { status, total, resent, skipped } = turning;
    const still = { progress: { status, total, resent, skipped }, holdsBack: false, made: [] };
    if (status !== 'running') return still;
    if (turning.endpoint_deleted) {
      const because = 'endpoint_deleted';
      return { ...still, progress: await changeLocked(db, id, { wish: 'cancel', by: 'posthaste', because }) };
    }
    if ((await countWaiting(db, id, mostWaiting)) + limit > mostWaiting) return { ...still, holdsBack: true };

    const page = await lockNextPage(db, turning, limit);
    const made = await resendPage(db, turning, page);
    const progress = await turnPage(db, id, {
      resent: made.length,
      skipped: page.length - made.length,
      last: page.at(-1),
      isLast: page.length < limit,
    });
    return { progress, holdsBack: false, made };
  });
}

async function lockRecovery(db: Queryable, id: string): Promise<Turning> {
  const { rows } = await db.query<Turning>(
    `select r.id, r.account_id, r.endpoint_id, r.since::text, r.until::text, r.statuses, r.status, r.total, r.resent,
       r.skipped, r.created_at::text, r.place_at::text, r.place_id, e.deleted_at is not null as endpoint_deleted
     from recoveries r join endpoints e on e.id = r.endpoint_id
     where r.id = $1
     for no key update of r`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error(`recovery ${id} is not in the database`);
  return row;
}

async function countWaiting(db: Queryable, id: string, most: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from (
       select from deliveries
       where recovery_id = $1 and recovery_id is not null and day is null and status in ('pending', 'delivering', 'held') limit $2
     ) waiting`,
    [id, most],
  );
  return rows[0]?.count ?? 0;
}

/**
 * The next deliveries that match, oldest first, locked as a resend by hand locks its own. What ended after the
 * recovery was asked for is not meant.
 */
async function lockNextPage(db: Queryable, turning: Turning, limit: number): Promise<Match[]> {
  const { rows } = await db.query<Match>(
    `select id, created_at::text as at, event_day::text from deliveries d
     where account_id = $1 and endpoint_id = $2 and created_at >= $3 and created_at < $4
       and ${madeBetween(new Date(turning.place_at ?? turning.since), new Date(turning.until))}
       and status in ('failed', 'cancelled') and status = any($5) and completed_at <= $6
       and ($7::timestamptz is null or (created_at, id) > ($7, $8))
     order by created_at, id limit $9
     for update`,
    [
      turning.account_id,
      turning.endpoint_id,
      turning.since,
      turning.until,
      turning.statuses,
      turning.created_at,
      turning.place_at,
      turning.place_id,
      limit,
    ],
  );
  return rows;
}

/** One new delivery for each event of the page that has not arrived, in the order of the page. */
async function resendPage(
  db: Queryable,
  { id, account_id: accountId, endpoint_id: endpointId }: Turning,
  page: readonly Match[],
): Promise<CommittedDelivery[]> {
  const ids = page.map((match) => match.id);
  const from = page.map((match) => match.event_day).sort()[0];
  if (from === undefined) return [];
  const { rows } = await db.query<{ id: string; event_type: string; resend_of: string }>(
    `with turned as materialized (
       select account_id, event_id, event_day, endpoint_id, event_type, id, created_at
       from deliveries where account_id = $1 and id = any($3) and ${openOrOnDaysOf('day', ids)}
     ), worth as materialized (
       select d.*
       from turned d
       join events e on e.account_id = d.account_id and e.id = d.event_id and e.day = d.event_day and ${since('e.day', from)}
       where e.account_id = $1 and e.id = any (array(select event_id from turned))
         -- Once, whatever became of it.
         and ${worthSending(from, 'o.recovery_id = $2')}
       order by d.created_at, d.id
       -- Whoever drops an event just now is waited for.
       for key share of e
     ), made as (
       insert into deliveries (account_id, event_id, event_day, endpoint_id, event_type, resend_of, recovery_id)
       select account_id, event_id, event_day, endpoint_id, event_type, id, $2 from worth order by created_at, id
       on conflict do nothing
       returning id, event_id, event_day, event_type, resend_of
     ), resent as (
       update events e set resent_on = e.resent_on || day_of(m.id)
       from (select event_id, event_day, min(id) as id from made group by event_id, event_day) m
       where e.account_id = $1 and e.id = m.event_id and e.day = m.event_day
         and day_of(m.id) <> all (e.resent_on || e.day)
     )
     select id, event_type, resend_of from made`,
    [accountId, id, ids],
  );
  const place = new Map(page.map((match, index) => [match.id, index]));
  const placeOf = (row: { resend_of: string }) => place.get(row.resend_of) ?? 0;
  return rows
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((row) => ({ id: row.id, accountId, endpointId, eventType: row.event_type }));
}

async function turnPage(
  db: Queryable,
  id: string,
  {
    resent,
    skipped,
    last,
    isLast,
  }: { resent: number; skipped: number; last: Match | undefined; isLast: boolean },
): Promise<RecoveryProgress> {
  const { rows } = await db.query<RecoveryProgress>(
    `update recoveries set resent = resent + $2, skipped = skipped + $3,
       place_at = coalesce($4, place_at), place_id = coalesce($5, place_id),
       status = case when $6 then 'completed' else status end, completed_at = case when $6 then now() end
     where id = $1
     returning status, total, resent, skipped`,
    [id, resent, skipped, last?.at ?? null, last?.id ?? null, isLast],
  );
  return rows[0] as RecoveryProgress;
}
