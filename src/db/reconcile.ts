import type { FailureReason, FinalStatus } from '../domain/delivery.ts';
import { openOrOnDayOf, openOrOnDaysOf } from './days.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';

/** An attempt that was claimed this lately may still be making its POST, and is left to record it. */
const MAY_BE_POSTING = '1 minute';

/** How an open delivery stands, as far as Postgres knows. */
export interface OpenDelivery {
  id: string;
  accountId: string;
  endpointId: string;
  eventType: string;
  attemptCount: number;
  nextAttemptAt: Date | null;
  /** Tells whether it moved meanwhile. */
  revision: number;
  /** Whether an attempt is, or may be, under way. */
  attempting: boolean;
}

/** Of these deliveries, those that are not over. */
export async function readOpen(db: Queryable, ids: readonly string[]): Promise<OpenDelivery[]> {
  const { rows } = await db.query<OpenDelivery>({
    name: 'read-open',
    text: `
      select id, account_id as "accountId", endpoint_id as "endpointId", event_type as "eventType",
        attempt_count as "attemptCount", next_attempt_at as "nextAttemptAt", revision,
        exists (select from attempts t where t.delivery_id = d.id and t.day is null and t.finished_at is null
          and t.started_at > now() - interval '${MAY_BE_POSTING}' offset 0) as attempting
      from deliveries d
      where id = any($1) and day is null and completed_at is null`,
    values: [ids],
  });
  return rows;
}

/** Of these runs, those that belong to deliveries of this database and are not in the audit log yet. */
export async function untoldRuns<Run extends { deliveryId: string; runId: string }>(
  db: Queryable,
  runs: readonly Run[],
): Promise<Run[]> {
  const ids = runs.map(({ deliveryId }) => deliveryId);
  const { rows } = await db.query<{ runId: string }>(
    `select r.run_id as "runId"
     from unnest($1::text[], $2::text[]) as r (delivery_id, run_id)
     cross join lateral (select * from deliveries d where d.id = r.delivery_id and ${openOrOnDaysOf('d.day', ids)} offset 0) d
     where not exists (
       select from audit_log a
       where a.account_id = d.account_id and a.target = d.id and a.details ->> 'stoppedRunId' = r.run_id
     )`,
    [ids, runs.map(({ runId }) => runId)],
  );
  const untold = new Set(rows.map(({ runId }) => runId));
  return runs.filter(({ runId }) => untold.has(runId));
}

/** What was done to a delivery in Temporal, as the audit log keeps it: once for each run. */
export interface RunAudit {
  /** `temporal`, and who it was where Temporal knows. */
  actor: string;
  action: string;
  at: Date;
  details: { runId: string; stoppedRunId: string; reason?: string };
}

/** An ending that Postgres is told, unless the delivery has moved since it was at this revision. */
export interface ToldEnding {
  revision: number;
  status: FinalStatus;
  reason?: FailureReason;
}

/**
 * Writes down what was done to a delivery in Temporal, and ends it where that ended it, in one transaction.
 *
 * @returns false when it moved meanwhile: then nothing is written
 */
export function writeTold(
  pool: Database,
  deliveryId: string,
  audits: readonly RunAudit[],
  ending?: ToldEnding,
): Promise<boolean> {
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ revision: number }>(
      `select revision from deliveries where id = $1 and ${openOrOnDayOf('day', deliveryId)} for no key update`,
      [deliveryId],
    );
    const [row] = rows;
    if (!row || (ending && row.revision !== ending.revision)) return false;
    for (const audit of audits) await writeOnce(db, deliveryId, audit);
    if (ending) await end(db, deliveryId, ending, audits.at(-1)?.at);
    return true;
  });
}

async function writeOnce(
  db: Queryable,
  deliveryId: string,
  { actor, action, at, details }: RunAudit,
): Promise<void> {
  await db.query(
    `insert into audit_log (account_id, actor, action, target, details, at)
     select account_id, $2, $3, id, $4::jsonb, $5
     from deliveries d
     where id = $1 and ${openOrOnDayOf('day', deliveryId)} and not exists (
       select from audit_log a
       where a.account_id = d.account_id and a.target = d.id and a.action = $3
         and a.details ->> 'runId' = $4::jsonb ->> 'runId'
     )`,
    [deliveryId, actor, action, JSON.stringify(details), at],
  );
}

async function end(
  db: Queryable,
  deliveryId: string,
  { status, reason }: ToldEnding,
  at: Date | undefined,
): Promise<void> {
  await db.query(
    `with ended as (
       update deliveries set status = $2, reason = $3, completed_at = least(now(), greatest(created_at, $4)),
         next_attempt_at = null, parked_at = null, woken_at = null, started_at = coalesce(started_at, now()),
         revision = revision + 1
       where id = $1 and day is null and status not in ('succeeded', 'failed', 'cancelled')
       returning id
     )
     update attempts t set finished_at = now(), error = 'interrupted',
       duration_ms = least(2147483647, greatest(0, extract(epoch from now() - t.started_at) * 1000))::int
     where t.delivery_id = any (array(select id from ended)) and t.day is null and t.finished_at is null`,
    [deliveryId, status, reason ?? null, at ?? null],
  );
}

/**
 * Makes room to record an attempt that this database has lost: the row that was never finished, or a new one.
 *
 * @returns which try it is; undefined when the delivery is over
 */
export async function reclaimLost(
  db: Queryable,
  deliveryId: string,
  number: number,
  startedAt: string,
): Promise<number | undefined> {
  const { rows } = await db.query<{ try: number }>(
    `with tries as (
       select try, finished_at from attempts where delivery_id = $1 and number = $2 and day is null
     ), open as (
       select id, account_id from deliveries where id = $1 and day is null and completed_at is null for no key update
     ), added as (
       insert into attempts (delivery_id, account_id, number, try, started_at)
       select id, account_id, $2, coalesce((select max(try) from tries), 0) + 1, $3
       from open where not exists (select from tries where finished_at is null)
       returning try
     )
     select try from added
     union all
     select max(try) from tries where finished_at is null having max(try) is not null`,
    [deliveryId, number, startedAt],
  );
  return rows[0]?.try;
}
