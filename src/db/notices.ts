import type { OperationalType } from '../domain/operational.ts';
import type { Queryable } from './pool.ts';

/** An operational event that a committed change asks for. */
export interface Notice {
  id: string;
  accountId: string;
  type: OperationalType;
  data: { endpointId: string } & Record<string, unknown>;
  at: Date;
}

/** SQL for a time in the data of a notice: RFC 3339 UTC with milliseconds. */
export function asTold(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Oldest first. */
export async function readNotices(db: Queryable, limit: number): Promise<Notice[]> {
  const { rows } = await db.query<Notice>({
    name: 'read-notices',
    text: 'select id, account_id as "accountId", type, data, at from notices order by id limit $1',
    values: [limit],
  });
  return rows;
}

export async function deleteNotices(db: Queryable, ids: string[]): Promise<void> {
  await db.query('delete from notices where id = any($1::bigint[])', [ids]);
}
