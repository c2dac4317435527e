import type { Pool, PoolClient } from 'pg';
import { writeAudit } from '../db/audit.ts';
import { type EndpointRow, findEndpoint } from '../db/endpoints.ts';
import { inTransaction } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { actorOf, type Caller } from './caller.ts';

/** What the path names. */
type Target = { account: string; id: string };

/** Changes an endpoint under its lock. @throws {AppError} 404 */
export function changing<T>(
  pool: Pool,
  { account, id }: Target,
  change: (row: EndpointRow, db: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (db) => {
    const row = await findEndpoint(db, account, id, { lock: true });
    if (!row) throw notFound('endpoint', id);
    return change(row, db);
  });
}

/** Writes down who changed what of an endpoint, in the transaction of the change. */
export function audit(
  db: PoolClient,
  caller: Caller,
  row: EndpointRow,
  action: string,
  details = {},
): Promise<void> {
  return writeAudit(db, {
    accountId: row.account_id,
    actor: actorOf(caller),
    action: `endpoint.${action}`,
    target: row.id,
    details,
  });
}
