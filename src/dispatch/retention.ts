import { forgetExpungedInboxRequests } from '../db/inbox.ts';
import type { Database } from '../db/pool.ts';
import {
  accountsWithOverdue,
  BEGINNING,
  dropAuditEntries,
  dropEvents,
  dropPayloads,
  dropRecoveries,
  type Overdue,
  type Walk,
  type Walked,
} from '../db/retention.ts';
import type { Retention } from '../domain/retention.ts';
import type { Duty } from './duties.ts';

const EVERY_MS = 60_000;
/** How long one round may go on; a process that stops waits for it. */
const LONGEST_ROUND_MS = 5000;
const BATCH_ROWS = 500;

/** Drops a batch; whether there may be more. */
type Sweep = () => Promise<boolean>;

/**
 * Drops what was kept long enough: events with their deliveries and attempts, payloads, ended recoveries, audit
 * entries; and from the inbox whatever is expunged. Accounts take turns, batch by batch; what there is no time for waits for the next round.
 *
 * @param options.rows of a batch, default 500
 */
export function retentionDuty(
  { pool, defaults }: { pool: Database; defaults: Retention },
  { rows = BATCH_ROWS }: { rows?: number } = {},
): Duty {
  return {
    name: 'retention',
    everyMs: EVERY_MS,
    async run() {
      const deadline = performance.now() + LONGEST_ROUND_MS;
      const overdue = await accountsWithOverdue(pool, defaults);
      let sweeps = overdue.flatMap((account) => sweepsOf(pool, account, rows));
      sweeps.push(async () => (await dropAuditEntries(pool, rows)) === rows);
      sweeps.push(async () => (await forgetExpungedInboxRequests(pool)) > 0);
      const errors: unknown[] = [];
      while (sweeps.length > 0) {
        const unfinished: Sweep[] = [];
        for (const sweep of sweeps) {
          if (performance.now() > deadline) break;
          try {
            if (await sweep()) unfinished.push(sweep);
          } catch (error) {
            // The others are not kept waiting for the one that cannot.
            errors.push(error);
          }
        }
        sweeps = performance.now() > deadline ? [] : unfinished;
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}

function sweepsOf(pool: Database, { accountId, eventsFrom, payloadsFrom }: Overdue, rows: number): Sweep[] {
  const walkingWith = (drop: (database: Database, walk: Walk) => Promise<Walked>, before: Date): Sweep => {
    let after = BEGINNING;
    return async () => {
      const last = await drop(pool, { accountId, before, after, limit: rows });
      after = last ?? after;
      return last !== undefined;
    };
  };
  return [
    walkingWith(dropEvents, eventsFrom),
    walkingWith(dropPayloads, payloadsFrom),
    async () => (await dropRecoveries(pool, accountId, eventsFrom, rows)) === rows,
  ];
}
