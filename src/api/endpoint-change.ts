import { writeAudit } from '../db/audit.ts';
import { type EndpointRow, findEndpoint } from '../db/endpoints.ts';
import { type Database, inTransaction, type Queryable } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { actorOf, type Caller } from './caller.ts';

/** What the path names. */
type Target = { account: string; id: string };

/** Changes an endpoint under its lock. @throws {AppError} 404 */
export function changing<T>(
  database: Database,
  { account, id }: Target,
  change: (row: EndpointRow, db: Queryable) => Promise<T>,
): Promise<T> {
  return inTransaction(database, async (db) => {
    const row = await findEndpoint(db, account, id, { lock: true });
    if (!row) throw notFound('endpoint', id);
    return change(row, db);
  });
}

/** Writes down who changed what of an endpoint, in the transaction of the change. */
export async function audit(
  db: Queryable,
  caller: Caller,
  row: EndpointRow,
  action: string,
  details = {},
): Promise<void> {
  await writeAudit(db, {
    accountId: row.account_id,
    actor: actorOf(caller),
    action: `endpoint.${action}`,
    target: row.id,
    details,
  });
}
