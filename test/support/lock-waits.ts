import type { Pool } from 'pg';
import { waitUntil } from './wait.ts';

/** How many connections to this database wait for a lock: other tests wait on the same server. */
export async function lockWaits(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `select distinct pid from pg_locks join pg_stat_activity using (pid)
     where not granted and datname = current_database()`,
  );
  return rowCount ?? 0;
}

/** Waits until as many as that do, or more. */
export async function untilLockWaits(pool: Pool, count: number, withinMs?: number): Promise<void> {
  await waitUntil(
    () => lockWaits(pool),
    (waits) => waits >= count,
    withinMs,
  );
}
