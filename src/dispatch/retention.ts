import { addDays, moveEnded } from '../db/days.ts';
import { forgetExpungedInboxRequests } from '../db/inbox.ts';
import type { Database } from '../db/pool.ts';
import { dropExpiredPortalLinks } from '../db/portal-links.ts';
import {
  accountsWithOldRecoveries,
  BEGINNING,
  daysOver,
  dropAuditEntries,
  dropDay,
  dropEvents,
  dropNames,
  dropPayloads,
  dropRecoveries,
  type Overdue,
  overdue,
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
 * Drops what was kept long enough: whole days that no account keeps any more; of days that others keep, an account's
 * events with their deliveries and attempts; payloads, ended recoveries, audit entries, expired portal links; and from the
 * inbox whatever is expunged. Accounts take turns, batch by batch; what there is no time for waits for the next round. Moves
 * to their days deliveries that ended without an attempt, and makes room for the days to come.
 *
 * @param options.rows of a batch, default 500
 * @param options.now default: the time
 */
export function retentionDuty(
  { pool, defaults }: { pool: Database; defaults: Retention },
  { rows = BATCH_ROWS, now = () => new Date() }: { rows?: number; now?: () => Date } = {},
): Duty {
  return {
    name: 'retention',
    everyMs: EVERY_MS,
    async run() {
      const errors: unknown[] = [];
      // The others are not kept waiting for the one that cannot.
      const trying = <T>(work: () => Promise<T>): Promise<T | undefined> =>
        work().catch((error) => {
          errors.push(error);
          return undefined;
        });
      const deadline = performance.now() + LONGEST_ROUND_MS;
      const at = now();
      let sweeps: Sweep[] = [
        async () => (await moveEnded(pool, rows)) === rows,
        async () => (await dropAuditEntries(pool, rows)) === rows,
        async () => (await forgetExpungedInboxRequests(pool)) > 0,
        async () => (await dropExpiredPortalLinks(pool, rows)) === rows,
      ];
      for (const day of await daysOver(pool, defaults, at)) {
        if (await trying(() => dropDay(pool, day)))
          sweeps.push(async () => (await dropNames(pool, day, rows)) === rows);
        // Somebody holds the tables for long, as a backup does: everybody else waited for this one, and that was enough.
        if (errors.length > 0) break;
      }
      await trying(() => addDays(pool));
      for (const { accountId, before } of await accountsWithOldRecoveries(pool, defaults, at))
        sweeps.push(async () => (await dropRecoveries(pool, accountId, before, rows)) === rows);
      for (const some of (await trying(() => overdue(pool, defaults, at))) ?? [])
        sweeps.push(sweepOf(pool, some, rows));
      while (sweeps.length > 0) {
        const unfinished: Sweep[] = [];
        for (const sweep of sweeps) {
          if (performance.now() > deadline) break;
          if (await trying(sweep)) unfinished.push(sweep);
        }
        sweeps = performance.now() > deadline ? [] : unfinished;
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}

function sweepOf(pool: Database, { what, ...part }: Overdue, limit: number): Sweep {
  const drop = what === 'events' ? dropEvents : dropPayloads;
  let after = BEGINNING;
  return async () => {
    const last = await drop(pool, { ...part, after, limit });
    after = last ?? after;
    return last !== undefined;
  };
}
