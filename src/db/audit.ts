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

/** Writes down who changed what; call it in the transaction of the change. */
export async function writeAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query(
    `insert into audit_log (account_id, actor, action, target, details, at)
     values ($1, $2, $3, $4, $5, coalesce($6, now()))`,
    [
      entry.accountId,
      entry.actor,
      entry.action,
      entry.target,
      JSON.stringify(entry.details ?? {}),
      entry.at ?? null,
    ],
  );
}
