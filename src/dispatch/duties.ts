import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { takeDuty } from '../db/duties.ts';

/** Work that comes round, done by one process of all that share a database. */
export interface Duty {
  name: string;
  everyMs: number;
  /** Must bear to be cut off, and to run twice at once: a run that takes longer than its round may meet the next. */
  run(): Promise<void>;
}

export interface Duties {
  /** Takes no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** How often to ask whether a duty that comes round seldom is due. */
const LONGEST_TICK_MS = 5000;

/** Looks after every duty in this process; which process does one is settled in the database, round by round. */
export function lookAfter({ pool, logger }: { pool: Pool; logger: Logger }, duties: readonly Duty[]): Duties {
  const underWay = new Set<Promise<void>>();

  async function turn({ name, everyMs, run }: Duty): Promise<void> {
    try {
      if (await takeDuty(pool, name, everyMs)) await run();
    } catch (error) {
      logger.warn({ duty: name, err: error }, 'a duty failed; it comes round again');
    }
  }

  const timers = duties.map((duty) => {
    let busy = false;
    return setInterval(
      () => {
        if (busy) return;
        busy = true;
        const run = turn(duty).finally(() => {
          busy = false;
          underWay.delete(run);
        });
        underWay.add(run);
      },
      Math.min(duty.everyMs, LONGEST_TICK_MS),
    ).unref();
  });

  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}
