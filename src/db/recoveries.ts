import {
  type CommittedRecovery,
  RECOVERY_WISHES,
  type RecoverableStatus,
  type RecoveryProgress,
  type RecoveryStatus,
  type RecoveryWish,
} from '../domain/recovery.ts';
import { writeAudit } from './audit.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';

/** A recovery as it is read. */
export interface RecoveryRow extends RecoveryProgress {
  id: string;
  account_id: string;
  endpoint_id: string;
  since: Date;
  until: Date;
  statuses: RecoverableStatus[];
  created_at: Date;
  completed_at: Date | null;
  /** Null: its workflow is not known to be started. */
  started_at: Date | null;
  cursor_at: string;
}

const COLUMNS = `id, account_id, endpoint_id, since, until, statuses, status, total, resent, skipped, created_at,
  completed_at, started_at, ${cursorAt('created_at')} as cursor_at`;

/** What is asked to be sent again: deliveries of an endpoint by ending and by time of creation. */
export interface RecoveryScope {
  accountId: string;
  endpointId: string;
  /** Inclusive. */
  since: Date;
  /** Exclusive; now, at the latest and when absent. */
  until?: Date | undefined;
  statuses: readonly RecoverableStatus[];
}

/**
 * Writes down a recovery that is to be started; undefined when its endpoint has one that has not ended.
 * Call it in one transaction with {@link countRecoverable}, so that both speak of the same moment.
 */
export async function insertRecovery(
  db: Queryable,
  { accountId, endpointId, since, until, statuses }: RecoveryScope,
  total: number,
): Promise<RecoveryRow | undefined> {
  const { rows } = await db.query<RecoveryRow>(
    `insert into recoveries (account_id, endpoint_id, since, until, statuses, total)
     values ($1, $2, $3, least(coalesce($4::timestamptz, now()), now()), $5, $6)
     on conflict (endpoint_id) where status in ('running', 'paused') do nothing
     returning ${COLUMNS}`,
    [accountId, endpointId, since, until ?? null, statuses, total],
  );
  return rows[0];
}

/** The recovery of an endpoint that has not ended. */
export async function findOpenRecovery(
  db: Queryable,
  accountId: string,
  endpointId: string,
): Promise<RecoveryRow | undefined> {
  const { rows } = await db.query<RecoveryRow>(
    `select ${COLUMNS} from recoveries
     where account_id = $1 and endpoint_id = $2 and status in ('running', 'paused')`,
    [accountId, endpointId],
  );
  return rows[0];
}

export async function findRecovery(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<RecoveryRow | undefined> {
  const { rows } = await db.query<RecoveryRow>(
    `select ${COLUMNS} from recoveries where account_id = $1 and id = $2`,
    [accountId, id],
  );
  return rows[0];
}

/** Newest first. */
export async function listRecoveries(
  db: Queryable,
  accountId: string,
  endpointId: string | undefined,
  page: PageRequest,
): Promise<RecoveryRow[]> {
  const { rows } = await db.query<RecoveryRow>(
    `select ${COLUMNS} from recoveries
     where account_id = $1 and ($2::text is null or endpoint_id = $2)
       and ($3::timestamptz is null or (created_at, id) < ($3, $4))
     order by created_at desc, id desc limit $5`,
    [accountId, endpointId ?? null, ...pageValues(page)],
  );
  return rows;
}

/**
 * Does what somebody asked of a recovery, and writes down who. Where it makes no sense any more nothing changes.
 *
 * @param because what made it so, when it was no person
 */
export function changeRecovery(
  database: Database,
  id: string,
  { wish, by, because }: { wish: RecoveryWish; by: string; because?: string },
): Promise<RecoveryProgress> {
  return inTransaction(database, (db) => changeLocked(db, id, { wish, by, ...(because && { because }) }));
}

/** {@link changeRecovery} in a transaction of the caller's. */
export async function changeLocked(
  db: Queryable,
  id: string,
  { wish, by, because }: { wish: RecoveryWish; by: string; because?: string },
): Promise<RecoveryProgress> {
  const { from, to } = RECOVERY_WISHES[wish];
  const changed = await db.query<RecoveryProgress & { account_id: string; endpoint_id: string }>(
    `update recoveries set status = $2, completed_at = case when $2 = 'cancelled' then now() end
     where id = $1 and status = any($3)
     returning status, total, resent, skipped, account_id, endpoint_id`,
    [id, to, from],
  );
  const [row] = changed.rows;
  if (!row) return progressOf(db, id);
  const { account_id: accountId, endpoint_id: endpointId, ...progress } = row;
  await writeAudit(db, {
    accountId,
    actor: by,
    action: `recovery.${WISH_DONE[wish]}`,
    target: id,
    details: { endpointId, resent: progress.resent, ...(because && { because }) },
  });
  return progress;
}

const WISH_DONE: Record<RecoveryWish, string> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};

async function progressOf(db: Queryable, id: string): Promise<RecoveryProgress> {
  const { rows } = await db.query<RecoveryProgress>(
    'select status, total, resent, skipped from recoveries where id = $1',
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error(`recovery ${id} is not in the database`);
  return row;
}

/** Where a recovery stands, for a caller that waits for a change. */
export async function recoveryStatus(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<RecoveryStatus | undefined> {
  const { rows } = await db.query<{ status: RecoveryStatus }>(
    'select status from recoveries where account_id = $1 and id = $2',
    [accountId, id],
  );
  return rows[0]?.status;
}

/** Notes that the workflow of a recovery is started. */
export async function markRecoveryStarted(db: Queryable, id: string): Promise<void> {
  await db.query('update recoveries set started_at = now() where id = $1 and started_at is null', [id]);
}

/** The recoveries that have not ended, in the order of their endpoints, from behind one of those on. */
export async function openRecoveries(
  db: Queryable,
  afterEndpoint: string,
  limit: number,
): Promise<(CommittedRecovery & { started: boolean })[]> {
  const { rows } = await db.query<CommittedRecovery & { started: boolean }>(
    `select id, account_id as "accountId", endpoint_id as "endpointId", started_at is not null as started
     from recoveries
     where status in ('running', 'paused') and endpoint_id > $1
     order by endpoint_id limit $2`,
    [afterEndpoint, limit],
  );
  return rows;
}
