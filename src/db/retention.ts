import { AUDIT_RETENTION_DAYS, type Retention } from '../domain/retention.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';

/** An account that has something to drop, and from when on it keeps what. */
export interface Overdue {
  accountId: string;
  eventsFrom: Date;
  payloadsFrom: Date;
}

/** Where a walk over an account's events has come to, oldest first. */
export interface Place {
  /** A timestamp with its microseconds, as text. */
  at: string;
  id: string;
}

export const BEGINNING: Place = { at: '-infinity', id: '' };

/** Looks at events `after` a place. */
export interface Walk {
  accountId: string;
  /** Only at events that were accepted before. */
  before: Date;
  after: Place;
  limit: number;
}

/** The last event looked at, whatever became of it; undefined when there are no more. */
export type Walked = Place | undefined;

/** In no order: when time is short, each account gets its turn. */
export async function accountsWithOverdue(db: Queryable, defaults: Retention): Promise<Overdue[]> {
  const { rows } = await db.query<Overdue>(
    `select a.id as "accountId", l.events_from as "eventsFrom", l.payloads_from as "payloadsFrom"
     from accounts a
     cross join lateral (
       select now() - make_interval(days => coalesce(a.retention_days, $1)) as events_from,
         now() - make_interval(days =>
           least(coalesce(a.payload_retention_days, $2), coalesce(a.retention_days, $1))) as payloads_from
     ) l
     where exists (select from events e where e.account_id = a.id and e.accepted_at < l.events_from)
       or exists (select from events e
         where e.account_id = a.id and e.expunged_at is null and e.accepted_at < l.payloads_from)
       or exists (select from recoveries r
         where r.account_id = a.id and r.created_at < l.events_from and r.completed_at < l.events_from)
     order by random()`,
    [defaults.days, defaults.payloadDays],
  );
  return rows;
}

/** SQL: a delivery of the event `e` is not over. An aggregate, so that all open deliveries there are are never read. */
const IS_OPEN = `coalesce((
  select bool_or(o.completed_at is null) from deliveries o
  where o.account_id = e.account_id and o.event_id = e.id), false)`;

/** Drops events whose deliveries are all over, with their deliveries and attempts. */
export async function dropEvents(database: Database, walk: Walk): Promise<Walked> {
  const { over, last } = await look(database, walk, '');
  if (over.length > 0) {
    await inTransaction(database, async (db) => {
      const locked = await lockEvents(db, walk.accountId, over);
      await db.query(
        `with mine as materialized (
           -- What a resend or a recovery holds just now is left to it: nobody waits here.
           select id, event_id from deliveries where account_id = $1 and event_id = any($2)
           for update skip locked
         ), free as materialized (
           select e.id from events e
           where e.account_id = $1 and e.id = any($2) and not ${IS_OPEN}
             and not exists (
               select from deliveries d where d.account_id = e.account_id and d.event_id = e.id
                 and d.id not in (select id from mine))
         ), gone as (
           delete from deliveries d using mine m, free f where m.event_id = f.id and d.id = m.id
           returning d.id
         ), attempts_gone as (
           delete from attempts t using gone g where t.delivery_id = g.id
         )
         delete from events e using free f where e.account_id = $1 and e.id = f.id`,
        [walk.accountId, locked],
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
      const locked = await lockEvents(db, walk.accountId, over);
      const { rows } = await db.query<{ id: string }>(
        `select e.id from events e where e.account_id = $1 and e.id = any($2) and not ${IS_OPEN}`,
        [walk.accountId, locked],
      );
      await forgetPayloads(
        db,
        walk.accountId,
        rows.map(({ id }) => id),
      );
    });
  }
  return last;
}

/** Takes the data from events, and the answers from their attempts. Lock the events first. */
export async function forgetPayloads(db: Queryable, accountId: string, eventIds: string[]): Promise<void> {
  await db.query(
    `with emptied as (
       update events set data = null, expunged_at = now()
       where account_id = $1 and id = any($2) and expunged_at is null
     )
     update attempts t set response_headers = null, response_body = null, response_truncated = null
     from deliveries d
     where d.account_id = $1 and d.event_id = any($2) and t.delivery_id = d.id
       -- One that is being recorded is waited for.
       and (t.response_headers is not null or t.response_body is not null or t.finished_at is null)`,
    [accountId, eventIds],
  );
}

async function look(
  db: Queryable,
  { accountId, before, after, limit }: Walk,
  andOnly: '' | 'and e.expunged_at is null',
): Promise<{ over: string[]; last: Walked }> {
  const { rows } = await db.query<Place & { open: boolean }>(
    `select e.id, e.accepted_at::text as at, ${IS_OPEN} as open
     from events e
     where e.account_id = $1 and e.accepted_at < $2 and (e.accepted_at, e.id) > ($3, $4) ${andOnly}
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
async function lockEvents(db: Queryable, accountId: string, ids: string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from events where account_id = $1 and id = any($2) for update skip locked',
    [accountId, ids],
  );
  return rows.map(({ id }) => id);
}

/** Drops recoveries that ended before, once none of their deliveries is left; how many. */
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
         and not exists (select from deliveries d where d.recovery_id = r.id)
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
