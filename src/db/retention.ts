import { AUDIT_RETENTION_DAYS, type Retention } from '../domain/retention.ts';
import { type Day, onDays, openOrOn } from './days.ts';
import { deliveryDaysOf, EVENT_DAYS, type EventDays } from './event-days.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';

/** Something that an account keeps no longer, on one day. */
export interface Overdue {
  accountId: string;
  day: Day;
  what: 'events' | 'payloads';
  /** Only what was accepted before then. */
  before: Date;
}

/** Where a walk over a day of an account has come to, oldest first. */
export interface Place {
  /** A timestamp with its microseconds, as text. */
  at: string;
  id: string;
}

export const BEGINNING: Place = { at: '-infinity', id: '' };

/** Looks at events `after` a place. */
export type Walk = Omit<Overdue, 'what'> & { after: Place; limit: number };

/** The last event looked at, whatever became of it; undefined when there are no more. */
export type Walked = Place | undefined;

/** SQL: the last day that an account `a` does not keep any more; a day is kept until its last event is that old. */
const LAST_OVER = `($2::timestamptz at time zone 'UTC')::date - coalesce(a.retention_days, $1) - 1`;

/** The days that no account keeps any more, oldest first. */
export async function daysOver(db: Queryable, defaults: Retention, now: Date): Promise<Day[]> {
  const { rows } = await db.query<{ day: Day }>(
    `select day::text from days
     where day <= least(
       (select min(${LAST_OVER}) from accounts a), ($2::timestamptz at time zone 'UTC')::date - $1 - 1)
     order by days.day`,
    [defaults.days, now],
  );
  return rows.map(({ day }) => day);
}

/** SQL: since when an account `a` keeps payloads. */
const PAYLOADS_FROM = `($2::timestamptz - make_interval(days =>
  least(coalesce(a.payload_retention_days, $3), coalesce(a.retention_days, $1))))`;
/** SQL: the last day on which there may be payloads that it does not keep any more. */
const LAST_WITH_PAYLOADS_OVER = `(${PAYLOADS_FROM} at time zone 'UTC')::date`;

/** What is left of days that others keep. In no order: when time is short, each account gets its turn. */
export async function overdue(db: Queryable, defaults: Retention, now: Date): Promise<Overdue[]> {
  const values = [defaults.days, now, defaults.payloadDays];
  const { rows: days } = await db.query<{ day: Day }>(
    `select day::text from days
     where day <= (select max(greatest(${LAST_OVER}, ${LAST_WITH_PAYLOADS_OVER})) from accounts a)`,
    values,
  );
  const found: Overdue[] = [];
  // Each day in a statement of its own, which locks and looks at no other.
  for (const { day } of days) {
    const isOn = onDays('e.day', [day]);
    const isOver = `'${day}' <= ${LAST_OVER}`;
    const hasPayloadsOver = `not ${isOver} and '${day}' <= ${LAST_WITH_PAYLOADS_OVER}`;
    const withPayload = `${isOn} and e.expunged_at is null`;
    const { rows } = await db.query<Omit<Overdue, 'day'>>(
      `select * from (
         select a.id as "accountId", 'events' as what, $2::timestamptz as before
         from (${accountsWith(isOver, isOn)}) a
         union all
         select a.id, 'payloads', ${PAYLOADS_FROM}
         from (${accountsWith(hasPayloadsOver, withPayload)}) a
         where exists (
           select from events e where ${withPayload} and e.account_id = a.id and e.accepted_at < ${PAYLOADS_FROM} offset 0)
       ) parts order by random()`,
      values,
    );
    found.push(...rows.map((row) => ({ ...row, day })));
  }
  return found;
}

/**
 * SQL: the accounts `a` like this that have events `e` like that. It leaps from one of the ones to the next of the others
 * and back, and reads no more than there are of the fewer.
 */
function accountsWith(ofAccount: string, ofEvent: string): string {
  return `
    with recursive leaps as (
      select min(a.id) as wanted, null as there from accounts a where ${ofAccount}
      union all
      select (select min(a.id) from accounts a where ${ofAccount} and a.id > next.there), next.there
      from leaps cross join lateral (
        select min(e.account_id) as there from events e where ${ofEvent} and e.account_id >= leaps.wanted
      ) next
      where next.there is not null
    )
    select a.* from accounts a join leaps on leaps.there = a.id where ${ofAccount}`;
}

/** Accounts with recoveries that have ended, as have the days of their deliveries. */
export async function accountsWithOldRecoveries(
  db: Queryable,
  defaults: Retention,
  now: Date,
): Promise<{ accountId: string; before: Date }[]> {
  const { rows } = await db.query<{ accountId: string; before: Date }>(
    `select a.id as "accountId", l.before
     from accounts a cross join lateral (select (${LAST_OVER} + 1)::timestamp at time zone 'UTC' as before) l
     where exists (
       select from recoveries r where r.account_id = a.id and r.created_at < l.before and r.completed_at < l.before)`,
    [defaults.days, now],
  );
  return rows;
}

/** SQL: a delivery of the event `e` is not over. An aggregate, so that all open deliveries there are are never read. */
const IS_OPEN = `coalesce((
  select bool_or(o.completed_at is null) from deliveries o
  where o.account_id = e.account_id and o.event_id = e.id and o.day is null), false)`;

/** Drops a day, unless something that is open belongs to it; whether it did. The names that callers gave are left. */
export async function dropDay(database: Database, day: Day): Promise<boolean> {
  if (await isSome(database, 'event_day = $1 or day_of(id) = $1', day)) return false;
  await dropResends(database, day);
  // The events first: where there is none nothing is sent again.
  const dropped = await inTransaction(database, async (db) => {
    // What was sent again meanwhile keeps the day; it had the events locked, and is seen now.
    await db.query('savepoint kept');
    await db.query(`select drop_day('events', $1)`, [day]);
    if (!(await isSome(db, 'resend_of is not null and event_day = $1', day))) return true;
    await db.query('rollback to kept');
    return false;
  });
  if (!dropped) return false;
  for (const table of ['deliveries', 'attempts'])
    await database.query('select drop_day($1, $2)', [table, day]);
  return true;
}

/** Drops names of a day that was dropped, and with the last of them the day is gone; how many. */
export async function dropNames(db: Queryable, day: Day, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from event_names where (account_id, id) in (
       select account_id, id from event_names where day = $1 limit $2)`,
    [day, limit],
  );
  const names = rowCount ?? 0;
  if (names < limit) await db.query('delete from days where day = $1', [day]);
  return names;
}

/** Whether there is an open delivery like this. */
async function isSome(db: Queryable, like: string, day: Day): Promise<boolean> {
  const { rowCount } = await db.query(`select from deliveries where day is null and (${like}) limit 1`, [
    day,
  ]);
  return rowCount !== 0;
}

/** Drops what was made of a day's events later: it goes with them. */
async function dropResends(db: Queryable, day: Day): Promise<void> {
  const { rows } = await db.query<{ later: Day }>(
    `select distinct unnest(resent_on)::text as later from events where ${onDays('day', [day])} and resent_on <> '{}'`,
  );
  for (const { later } of rows)
    await db.query(
      `with gone as (
         delete from deliveries d using events e
         where ${onDays('e.day', [day])} and e.resent_on <> '{}' and $1 = any (e.resent_on) and ${onDays('d.day', [later])}
           and d.account_id = e.account_id and d.event_id = e.id
         returning d.id
       )
       delete from attempts t where ${onDays('t.day', [later])} and t.delivery_id = any (array(select id from gone))`,
      [later],
    );
}

/** Drops events whose deliveries are all over, with their deliveries and attempts. */
export async function dropEvents(database: Database, walk: Walk): Promise<Walked> {
  const { over, last } = await look(database, walk, '');
  if (over.length > 0) {
    await inTransaction(database, async (db) => {
      const locked = await lockEvents(db, walk, over);
      const isThere = (column: string) => openOrOn(column, deliveryDaysOf(locked));
      await db.query(
        `with mine as materialized (
           -- What a resend or a recovery holds just now is left to it: nobody waits here.
           select id, event_id from deliveries where account_id = $1 and event_id = any($2) and ${isThere('day')}
           for update skip locked
         ), free as materialized (
           select e.id from events e
           where e.account_id = $1 and e.id = any($2) and ${onDays('e.day', [walk.day])} and not ${IS_OPEN}
             and not exists (
               select from deliveries d where d.account_id = e.account_id and d.event_id = e.id and ${isThere('d.day')}
                 and d.id not in (select id from mine)
               offset 0)
         ), gone as (
           delete from deliveries d
           where d.id = any (array(select m.id from mine m join free f on f.id = m.event_id)) and ${isThere('d.day')}
           returning d.id
         ), attempts_gone as (
           delete from attempts t where t.delivery_id = any (array(select id from gone)) and ${isThere('t.day')}
         ), names_gone as (
           delete from event_names n using free f where n.account_id = $1 and n.id = f.id
         )
         delete from events e using free f
         where e.account_id = $1 and e.id = f.id and ${onDays('e.day', [walk.day])}`,
        [walk.accountId, locked.map(({ id }) => id)],
      );
    });
  }
  return last;
}

/** Drops the data of events whose deliveries are all over, and what was answered to these. */
export async function dropPayloads(database: Database, walk: Walk): Promise<Walked> {
  const { over, last } = await look(database, walk, 'and e.expunged_at is null');
  if (over.length > 0) {
    await inTransaction(database, async (db) => {
      const locked = await lockEvents(db, walk, over);
      const { rows } = await db.query<{ id: string }>(
        `select e.id from events e
         where e.account_id = $1 and e.id = any($2) and ${onDays('e.day', [walk.day])} and not ${IS_OPEN}`,
        [walk.accountId, locked.map(({ id }) => id)],
      );
      const free = new Set(rows.map(({ id }) => id));
      await forgetPayloads(
        db,
        walk.accountId,
        locked.filter(({ id }) => free.has(id)),
      );
    });
  }
  return last;
}

/**
 * Takes the data from events, and the answers from their attempts. Lock the events first. Deliveries that are open are
 * told, so that what is being attempted just now is recorded without its answer. Attempts are locked before them, as
 * whoever records one does, the last one first; and after them, those that were claimed in between: whoever records one of
 * them now either is waited for or waits, and sees what was told.
 */
export async function forgetPayloads(
  db: Queryable,
  accountId: string,
  events: readonly EventDays[],
): Promise<void> {
  if (events.length === 0) return;
  const values = [accountId, events.map(({ id }) => id)];
  const lockAttempts = () =>
    db.query(
      `select from attempts t
       where t.day is null and t.delivery_id = any (array(
         select id from deliveries d where d.account_id = $1 and d.event_id = any($2) and d.day is null))
       order by t.delivery_id, t.number desc, t.try desc for update of t`,
      values,
    );
  await lockAttempts();
  await db.query(
    `update deliveries set expunged_at = now() where account_id = $1 and event_id = any($2) and day is null`,
    values,
  );
  await lockAttempts();
  await db.query(
    `update events set data = null, expunged_at = now()
     where account_id = $1 and id = any($2) and ${onDays(
       'day',
       events.map(({ day }) => day),
     )} and expunged_at is null`,
    values,
  );
  const isThere = (column: string) => openOrOn(column, deliveryDaysOf(events));
  await db.query(
    `update attempts t set response_headers = null, response_body = null, response_truncated = null
     where ${isThere('t.day')} and t.delivery_id = any (array(
         select d.id from deliveries d where d.account_id = $1 and d.event_id = any($2) and ${isThere('d.day')}))
       and (t.response_headers is not null or t.response_body is not null)`,
    values,
  );
}

async function look(
  db: Queryable,
  { accountId, day, before, after, limit }: Walk,
  andOnly: '' | 'and e.expunged_at is null',
): Promise<{ over: string[]; last: Walked }> {
  const { rows } = await db.query<Place & { open: boolean }>(
    `select e.id, e.accepted_at::text as at, ${IS_OPEN} as open
     from events e
     where e.account_id = $1 and ${onDays('e.day', [day])} and e.accepted_at < $2
       and (e.accepted_at, e.id) > ($3, $4) ${andOnly}
     order by e.accepted_at, e.id limit $5`,
    [accountId, before, after.at, after.id, limit],
  );
  return {
    over: rows.filter(({ open }) => !open).map(({ id }) => id),
    last: rows.length === limit ? rows.at(-1) : undefined,
  };
}

/**
 * Locks events against new deliveries of them. Whether they have one that is open must be looked at afterwards,
 * in a statement of its own. Those that somebody else holds are passed over.
 */
async function lockEvents(db: Queryable, { accountId, day }: Walk, ids: string[]): Promise<EventDays[]> {
  const { rows } = await db.query<EventDays>(
    `select id, ${EVENT_DAYS} from events
     where account_id = $1 and id = any($2) and ${onDays('day', [day])} for update skip locked`,
    [accountId, ids],
  );
  return rows;
}

/** Drops recoveries that ended before, once none of their deliveries is open; how many. */
export async function dropRecoveries(
  db: Queryable,
  accountId: string,
  before: Date,
  limit: number,
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from recoveries where id in (
       select r.id from recoveries r
       where r.account_id = $1 and r.created_at < $2 and r.completed_at < $2
         and not exists (select from deliveries d where d.day is null and d.recovery_id = r.id offset 0)
       limit $3
       for update skip locked)`,
    [accountId, before, limit],
  );
  return rowCount ?? 0;
}

/** Drops the oldest entries of the audit log when they are old enough; how many. They are in the order of time. */
export async function dropAuditEntries(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from audit_log where id in (
       select id from (select id, at from audit_log order by id limit $1) oldest
       where at < now() - make_interval(days => $2))`,
    [limit, AUDIT_RETENTION_DAYS],
  );
  return rowCount ?? 0;
}
