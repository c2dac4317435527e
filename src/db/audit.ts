import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

/** One change, as the audit log keeps it. */
export interface AuditEntry {
  accountId: string;
  /** `operator`, or the id of the account's key. */
  actor: string;
  /** `endpoint.created`, `key.revoked`, … */
  action: string;
  /** Id of what was changed. */
  target: string;
  /** When it was done; now, if absent. */
  at?: Date;
  /** What was changed to what; never a secret. */
  details?: Record<string, unknown>;
}

/** Writes down who changed what; call it in the transaction of the change. Answers the id of the entry. */
export async function writeAudit(db: Queryable, entry: AuditEntry): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into audit_log (account_id, actor, action, target, details, at)
     values ($1, $2, $3, $4, $5, coalesce($6, now()))
     returning id`,
    [
      entry.accountId,
      entry.actor,
      entry.action,
      entry.target,
      JSON.stringify(entry.details ?? {}),
      entry.at ?? null,
    ],
  );
  return rows[0]?.id ?? '';
}

/** An entry as it is read. */
export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  target: string;
  details: Record<string, unknown>;
  cursor_at: string;
}

/** Every part narrows; an absent one does not. */
export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
}

/** Newest first. */
export async function listAudit(
  db: Queryable,
  accountId: string,
  filter: AuditFilter,
  page: PageRequest,
): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select id, at, actor, action, target, details, ${cursorAt('at')} as cursor_at
     from audit_log
     where account_id = $1
       and ($2::text is null or actor = $2)
       and ($3::text is null or action = $3)
       and ($4::text is null or target = $4)
       and ($5::timestamptz is null or at >= $5)
       and ($6::timestamptz is null or at < $6)
       and ($7::timestamptz is null or (at, id) < ($7, $8::bigint))
     order by at desc, id desc
     limit $9`,
    [
      accountId,
      filter.actor ?? null,
      filter.action ?? null,
      filter.target ?? null,
      filter.since ?? null,
      filter.until ?? null,
      ...pageValues(page),
    ],
  );
  return rows;
}
