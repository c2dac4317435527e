import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AttemptsAhead } from '../../activities/attempts-ahead.ts';
import { gather } from '../db/gather.ts';
import {
  deleteSignals,
  deleteUnheard,
  markStarted,
  type OutboxSignal,
  takeSignals,
  takeUnstarted,
} from '../db/outbox.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import type { BurstWorkflows } from '../temporal/bursts.ts';
import type { DeliveryWorkflows } from '../temporal/deliveries.ts';
import { createFairQueue } from './fair-queue.ts';
import { createStarts, type Starts } from './starts.ts';

/** A delivery this young is being started by the process that committed it. */
const GRACE_MS = 5000;
/** The same while this process has more than it can hold. */
const GRACE_IN_FLOOD_MS = 1000;
/** How often to look for what was left behind. */
const SWEEP_INTERVAL_MS = 1000;
/** The next one waits so long: when many wake, one look finds them all. */
const SWEEP_GAP_MS = 50;
const SWEEP_ROWS = 200;
/**
 * When to note that a workflow was started: its first claim does so, too, and shall not wait for the same row or the
 * same core. Less than the grace.
 */
const MARKED_AFTER_MS = 300;
/** Signals sent at once. */
const SIGNALS_IN_FLIGHT = 32;

export interface Relay {
  /** Has an event stored: at once, or, where an account floods and others feel it, in its turn. */
  takeIn: Starts['takeIn'];
  /**
   * Starts the workflows of deliveries that were just committed. Never throws, never waits.
   *
   * @param options.byHand somebody waits for them: before all others, and alone
   */
  offer(deliveries: readonly CommittedDelivery[], options?: { byHand?: boolean }): void;
  /** Sends the signals that were just committed. Never throws, never waits. */
  poke(): void;
  /** Stops sweeping, and waits for the starts that are under way. */
  stop(): Promise<void>;
}

/**
 * From a committed delivery to a started workflow. The rows in Postgres are the outbox: what is offered right
 * after its commit is started at once, and a sweep takes up whatever a crash or an outage left behind. Several
 * relays may share the outbox; a workflow that was started twice is started once. Accounts take turns.
 *
 * @param options.bursts absent: every delivery has a workflow of its own from the first
 * @param options.maxInFlight starts under way at once
 * @param options.alwaysTogether also those that need not wait
 */
export function createRelay(
  {
    pool,
    workflows,
    bursts,
    ahead,
    logger,
  }: {
    pool: Pool;
    workflows: Pick<DeliveryWorkflows, 'start' | 'signal'>;
    bursts?: BurstWorkflows | undefined;
    /** Begins attempts when the first task of their workflow has come to this process; absent: none come here. */
    ahead?: Pick<AttemptsAhead, 'begin' | 'beginEach'> | undefined;
    logger: Logger;
  },
  options: { maxInFlight?: number; alwaysTogether?: boolean } = {},
): Relay {
  const mark = gather((ids: string[]) => markStarted(pool, ids), { runs: 1, lingerMs: MARKED_AFTER_MS });
  const marking = new Set<Promise<void>>();
  const starts = createStarts(
    {
      async alone(delivery) {
        const { runsHere } = await workflows.start(delivery);
        const begun = runsHere && !delivery.handedOver && !delivery.deliverAt && ahead?.begin(delivery);
        return { begun: begun || undefined, noted: markSoon(delivery) };
      },
      together:
        bursts &&
        (async (deliveries) => {
          const { runsHere, ended } = await bursts.start(deliveries);
          if (runsHere) ahead?.beginEach(runsHere);
          return { ended };
        }),
      logger,
    },
    options,
  );
  const signals = createFairQueue(send, { maxInFlight: SIGNALS_IN_FLIGHT, maxWaiting: SWEEP_ROWS });
  let stopped = false;
  let sweeping: Promise<void> | undefined;
  let sweepAgain = false;

  function markSoon({ id }: CommittedDelivery): Promise<void> {
    const marked: Promise<void> = mark(id)
      .catch((error: unknown) => logger.warn({ deliveryId: id, err: error }, 'could not note a start yet'))
      .finally(() => marking.delete(marked));
    marking.add(marked);
    return marked;
  }

  async function send({ id, deliveryId, name, args }: OutboxSignal): Promise<void> {
    try {
      const isHeard = await workflows.signal(deliveryId, { name, ...args });
      await (isHeard ? deleteSignals : deleteUnheard)(pool, [id]);
    } catch (error) {
      logger.warn({ deliveryId, signal: name, err: error }, 'could not send a signal yet; the sweep will');
    }
  }

  /** @returns whether there is more */
  async function sweepUnstarted(handedOver: boolean): Promise<boolean> {
    // What there is no room for stays without a lease, for whoever has room first.
    const graceMs = starts.overflows() ? GRACE_IN_FLOOD_MS : GRACE_MS;
    const limit = Math.min(SWEEP_ROWS, starts.room(handedOver));
    const unstarted = limit > 0 ? await takeUnstarted(pool, { handedOver, graceMs, limit }) : [];
    // Those that were handed over tell nothing of those that were left to the sweep.
    starts.pushSwept(unstarted, handedOver || limit <= 0 || unstarted.length === limit);
    return unstarted.length === SWEEP_ROWS;
  }

  async function sweepSignals(): Promise<boolean> {
    const unsent = await takeSignals(pool, SWEEP_ROWS);
    await Promise.all(unsent.map((signal) => signals.push(signal.accountId, signal)));
    return unsent.length === SWEEP_ROWS;
  }

  async function sweep(): Promise<void> {
    sweepAgain = false;
    try {
      let more: boolean[];
      do more = await Promise.all([sweepUnstarted(false), sweepUnstarted(true), sweepSignals()]);
      while (more.some(Boolean) && !stopped);
    } catch (error) {
      logger.warn({ err: error }, 'could not sweep the outbox; trying again');
    }
  }

  function sweepSoon(): void {
    if (stopped) return;
    sweepAgain = true;
    sweeping ??= sweep()
      .then(() => delay(stopped ? 0 : SWEEP_GAP_MS))
      .finally(() => {
        sweeping = undefined;
        // Asked for meanwhile, once or often.
        if (sweepAgain) sweepSoon();
      });
  }

  const timer = setInterval(sweepSoon, SWEEP_INTERVAL_MS);
  timer.unref();

  return {
    takeIn: starts.takeIn,
    offer(deliveries, options) {
      if (!stopped) starts.push(deliveries, options);
    },
    poke: sweepSoon,
    async stop() {
      stopped = true;
      clearInterval(timer);
      signals.drop();
      await Promise.all([starts.stop(), sweeping, signals.idle()]);
      await Promise.all(marking);
    },
  };
}
