import { betweenDays, dayAfter, dayAt } from './days.ts';
import type { Queryable } from './pool.ts';

/** Where a delivery stands, for whoever watches it move. */
export interface Standing {
  id: string;
  /** Counts every change. */
  revision: number;
  isOpen: boolean;
  createdAt: Date;
}

/** How many deliveries are watched. */
export const WATCHED_NEWEST = 500;
export const WATCHED_OPEN = 1000;

/**
 * The deliveries of an account that were made last, since then, and those that are open, of which those that were made last.
 * Whatever moves is found among them without an index of movements. Both are looked up in an index that is there; how long
 * ago the first were made is said, so that few are read, whatever the planner knows of the day.
 */
export async function newestAndOpen(db: Queryable, accountId: string, since: Date): Promise<Standing[]> {
  const days = betweenDays('day', dayAt(since), dayAfter(dayAt(new Date())));
  const read = (which: string, limit: string) =>
    `(select id, revision, completed_at is null as "isOpen", created_at as "createdAt"
      from deliveries where account_id = $1 and ${which} order by created_at desc, id desc limit ${limit})`;
  const { rows } = await db.query<Standing>(
    `${read(`(day is null or ${days}) and created_at >= $4`, '$2')}
     union
     ${read('day is null and completed_at is null', '$3')}`,
    [accountId, WATCHED_NEWEST, WATCHED_OPEN, since],
  );
  return rows;
}
