import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DeliveryWrites } from '../db/delivery-writes.ts';
import { readPlace, writePlace } from '../db/duties.ts';
import { type Place, WALKS } from '../db/overlooked.ts';
import {
  type OpenDelivery,
  type RunAudit,
  readOpen,
  reclaimLost,
  untoldRuns,
  writeTold,
} from '../db/reconcile.ts';
import type { Settled } from '../domain/delivery.ts';
import { CHANGE_ACTIONS } from '../domain/story.ts';
import type { DeliveryWorkflows } from '../temporal/deliveries.ts';
import type { DeliveryRuns, LatestRun, Run } from '../temporal/delivery-runs.ts';
import type { Duty } from './duties.ts';

const STOPPED = 'stopped-runs';
const OVERLOOKED = 'overlooked-deliveries';

/** How far back the very first look goes. */
const FIRST_LOOK_MS = 24 * 3600 * 1000;
/** A run is listed a while after it was closed, and Temporal's clock may not be ours. */
const OVERLAP_MS = 5 * 60 * 1000;
/** Deliveries that are looked at together. */
const AT_ONCE = 8;

export interface Reconciler {
  /** Both duties: what was stopped in Temporal, soon; what Temporal has lost, in the course of time. */
  duties: Duty[];
  /** Takes in what was terminated, cancelled or reset since the last look. */
  takeInStopped(): Promise<void>;
  /** Looks at some of the open deliveries: the overdue, and all others in turn. */
  lookForLost(): Promise<void>;
  /** Ends rounds that are under way early. */
  stop(): void;
}

/**
 * Keeps Postgres in agreement with Temporal whatever is done to the workflows there. Postgres is the record and
 * Temporal the engine: what an operator stopped is cancelled here; what Temporal has lost is started again, and
 * goes through the attempts that were made without another POST; what this database has lost of a delivery that
 * ended is taken from the workflow's result.
 *
 * @param options.quietMs how long an open delivery must have been quiet to be asked after; default 5 minutes
 * @param options.perLook deliveries of each kind that one look asks after, as long as none of them was lost;
 *   default 250: of 100,000 that are open each is asked after within seven hours
 * @param options.longestLookMs default 45 seconds
 */
export function createReconciler(
  {
    pool,
    writes,
    workflows,
    runs,
    logger,
  }: {
    pool: Pool;
    writes: Pick<DeliveryWrites, 'record'>;
    workflows: Pick<DeliveryWorkflows, 'start'>;
    runs: DeliveryRuns;
    logger: Logger;
  },
  { quietMs = 5 * 60 * 1000, perLook = 250, longestLookMs = 45_000 } = {},
): Reconciler {
  let stopping = false;

  async function takeInStopped(): Promise<void> {
    const lookedAt = Date.now();
    const place = await readPlace<{ since: string }>(pool, STOPPED);
    const since = place ? new Date(place.since) : new Date(lookedAt - FIRST_LOOK_MS);
    for await (const page of runs.stoppedSince(since)) {
      const untold = await untoldRuns(pool, page);
      await someAtOnce(untold, takeIn);
      if (stopping) return;
    }
    await writePlace(pool, STOPPED, { since: new Date(lookedAt - OVERLAP_MS).toISOString() });
  }

  /** What was done to a run goes into the audit log; the delivery ends with it, unless another run goes on. */
  async function takeIn(run: Run): Promise<void> {
    const [open] = await readOpen(pool, [run.deliveryId]);
    // What the POST under way comes to is recorded first; the run is listed again.
    if (open?.attempting) return;
    const latest = open && (await runs.latest(run.deliveryId));
    const ends = latest?.state === 'stopped' && latest.runId === run.runId;
    await tell(run, ends ? open : undefined);
  }

  async function tell(run: Run, ends: OpenDelivery | undefined): Promise<void> {
    const done = await runs.interventions(run);
    const audits = done.map(({ change, by, at, reason, runId }): RunAudit => {
      const details = { runId, stoppedRunId: run.runId, ...(reason && { reason }) };
      return { actor: by, action: CHANGE_ACTIONS[change], at, details };
    });
    const ending = ends && { revision: ends.revision, status: 'cancelled' as const };
    if (await writeTold(pool, run.deliveryId, audits, ending))
      logger.info({ deliveryId: run.deliveryId, done, ended: ends !== undefined }, 'stopped in Temporal');
  }

  async function lookForLost(): Promise<void> {
    const deadline = Date.now() + longestLookMs;
    const places = (await readPlace<Record<string, Place>>(pool, OVERLOOKED)) ?? {};
    for (const [name, walk] of Object.entries(WALKS)) {
      let lost = 0;
      do {
        const found = await walk(pool, { after: places[name], quietMs, limit: perLook });
        const last = found.length === perLook ? found.at(-1) : undefined;
        if (last) places[name] = last.place;
        else delete places[name];
        const open = await readOpen(
          pool,
          found.map(({ id }) => id),
        );
        lost = 0;
        await someAtOnce(open, async (delivery) => {
          if (await mend(delivery)) lost++;
        });
        // Where one is lost, more are.
      } while (lost > 0 && places[name] && !stopping && Date.now() < deadline);
    }
    await writePlace(pool, OVERLOOKED, places);
  }

  /** Brings one open delivery to where Temporal has it; whether there was something to do. */
  async function mend(delivery: OpenDelivery): Promise<boolean> {
    if (delivery.attempting) return false;
    const latest = await runs.latest(delivery.id);
    switch (latest?.state) {
      case 'open':
        return false;
      case 'stopped':
        await tell({ deliveryId: delivery.id, runId: latest.runId }, delivery);
        return true;
      case 'completed':
        await takeOver(delivery, latest);
        return true;
      case 'broken':
      case undefined:
        await startAgain(delivery, latest?.state ?? 'unknown');
        return true;
    }
  }

  async function startAgain(delivery: OpenDelivery, because: 'broken' | 'unknown'): Promise<void> {
    const { id, accountId, endpointId, eventType, attemptCount, nextAttemptAt } = delivery;
    const deliverAt = attemptCount === 0 && nextAttemptAt ? { deliverAt: nextAttemptAt } : {};
    await workflows.start({ id, accountId, endpointId, eventType, ...deliverAt }, { again: true });
    logger.warn({ accountId, deliveryId: id, because }, 'started a delivery again that Temporal had lost');
  }

  /** The ending that the workflow came to, and this database does not have. */
  async function takeOver(
    delivery: OpenDelivery,
    { result }: LatestRun & { state: 'completed' },
  ): Promise<void> {
    const { id, accountId, revision } = delivery;
    const { attempt, status, reason } = result;
    const taken = attempt
      ? await recordLost(id, result, attempt)
      : await writeTold(pool, id, [], { revision, status, ...(reason && { reason }) });
    if (taken)
      logger.warn(
        { accountId, deliveryId: id, status, reason },
        'took the ending of a delivery from Temporal',
      );
  }

  /** @returns false when its ending was recorded meanwhile */
  async function recordLost(
    deliveryId: string,
    step: Settled,
    attempt: NonNullable<Settled['attempt']>,
  ): Promise<boolean> {
    const { number, startedAt, durationMs, responseStatus } = attempt;
    const tryNumber = await reclaimLost(pool, deliveryId, number, startedAt);
    if (tryNumber === undefined) return false;
    await writes.record({ deliveryId, number, try: tryNumber, durationMs, responseStatus, step });
    return true;
  }

  /** One that cannot be dealt with now comes up again, and keeps no other waiting. */
  async function someAtOnce<Item extends { deliveryId: string } | { id: string }>(
    items: readonly Item[],
    work: (item: Item) => Promise<unknown>,
  ): Promise<void> {
    const attempted = async (item: Item) => {
      const deliveryId = 'id' in item ? item.id : item.deliveryId;
      await work(item).catch((error: unknown) =>
        logger.warn({ deliveryId, err: error }, 'could not reconcile a delivery with Temporal yet'),
      );
    };
    for (let first = 0; first < items.length && !stopping; first += AT_ONCE)
      await Promise.all(items.slice(first, first + AT_ONCE).map(attempted));
  }

  return {
    duties: [
      { name: STOPPED, everyMs: 10_000, run: takeInStopped },
      { name: OVERLOOKED, everyMs: 60_000, run: lookForLost },
    ],
    takeInStopped,
    lookForLost,
    stop() {
      stopping = true;
    },
  };
}
