import type { Logger } from 'pino';
import { readPlace, writePlace } from '../db/duties.ts';
import type { Database } from '../db/pool.ts';
import { changeRecovery, markRecoveryStarted, openRecoveries } from '../db/recoveries.ts';
import type { CommittedRecovery, RecoveryWish } from '../domain/recovery.ts';
import type { RecoveryWorkflows } from '../temporal/recoveries.ts';
import type { Duty } from './duties.ts';

/** How often to look after those that have not ended, and after how many at a time. */
const ROUND_MS = 5000;
const ROUND_ROWS = 200;
const DUTY = 'recoveries';

/** Temporal's words for a workflow that has ended; of a recovery that has not, somebody ended it there. */
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

export interface Recoveries {
  /** Starts a recovery that was just committed. Never throws, never waits. */
  offer(recovery: CommittedRecovery): void;
  /** Starts a recovery, if it is not started yet. */
  start(recovery: CommittedRecovery): Promise<void>;
  /** Tells a running recovery what somebody wants; false when no workflow of it runs. */
  signal(recoveryId: string, wish: RecoveryWish, by: string): Promise<boolean>;
  /** Starts what was left behind, and settles what was ended in Temporal by other hands. */
  duty: Duty;
  /** Waits for the starts that are under way. */
  stop(): Promise<void>;
}

/** From a committed recovery to a started workflow, and from one that was ended there to a settled row. */
export function createRecoveries({
  pool,
  workflows,
  logger,
}: {
  pool: Database;
  workflows: RecoveryWorkflows;
  logger: Logger;
}): Recoveries {
  const starting = new Set<Promise<void>>();

  async function start(recovery: CommittedRecovery): Promise<void> {
    await workflows.start(recovery);
    await markRecoveryStarted(pool, recovery.id);
  }

  /** One that Temporal does not know goes on from the record; one that was ended there is cancelled here. */
  async function lookAfter(recovery: CommittedRecovery & { started: boolean }): Promise<void> {
    const state = recovery.started ? await workflows.state(recovery.id) : undefined;
    if (state === undefined) return start(recovery);
    if (!ENDED.includes(state)) return;
    const because = state.toLowerCase();
    await changeRecovery(pool, recovery.id, { wish: 'cancel', by: 'temporal', because });
  }

  async function lookAfterSome(): Promise<void> {
    const place = await readPlace<{ after: string }>(pool, DUTY);
    const after = place?.after ?? '';
    const open = await openRecoveries(pool, after, ROUND_ROWS);
    for (const recovery of open) {
      await lookAfter(recovery).catch((error: unknown) =>
        logger.warn({ recoveryId: recovery.id, err: error }, 'could not look after a recovery yet'),
      );
    }
    const next = open.length === ROUND_ROWS ? (open.at(-1)?.endpointId ?? '') : '';
    if (next !== after) await writePlace(pool, DUTY, { after: next });
  }

  return {
    offer(recovery) {
      const run = start(recovery)
        .catch((error: unknown) =>
          logger.warn(
            { recoveryId: recovery.id, err: error },
            'could not start a recovery yet; the duty will',
          ),
        )
        .finally(() => starting.delete(run));
      starting.add(run);
    },
    start,
    signal: workflows.signal,
    duty: { name: DUTY, everyMs: ROUND_MS, run: lookAfterSome },
    async stop() {
      await Promise.all(starting);
    },
  };
}
