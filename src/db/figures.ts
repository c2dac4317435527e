import type { Pool } from 'pg';
import { type Backlog, MOST_COUNTED, readBacklog } from './backlog.ts';
import { countEndpoints, type EndpointCounts } from './endpoint-health.ts';
import { inTransaction } from './pool.ts';

/** A statement that takes longer is given up. */
const LOOK_WITHIN = '5s';

/** What the record of all processes says. */
export interface Figures {
  backlog: Backlog;
  /** Undefined when they could not be counted; the backlog is told all the same. */
  endpoints: EndpointCounts | undefined;
}

/** @throws when the backlog could not be counted within its time */
export function readFigures(pool: Pool): Promise<Figures> {
  return inTransaction(pool, async (db) => {
    await db.query(`set local statement_timeout = '${LOOK_WITHIN}'`);
    const backlog = await readBacklog(db);
    // Last: after a failure nothing more can be read here.
    const endpoints = await countEndpoints(db, MOST_COUNTED).catch(() => undefined);
    return { backlog, endpoints };
  });
}
