import type { Pool } from 'pg';
import type { Logger } from 'pino';
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
import { createStarts } from './starts.ts';

/** A delivery this young is being started by the process that committed it. */
const GRACE_MS = 5000;
/** The same while this process has more than it can hold. */
const GRACE_IN_FLOOD_MS = 1000;
/** How often to look for what was left behind. */
const SWEEP_INTERVAL_MS = 1000;
const SWEEP_ROWS = 200;
/** Signals sent at once. */
const SIGNALS_IN_FLIGHT = 32;

export interface Relay {
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
    logger,
  }: {
    pool: Pool;
    workflows: Pick<DeliveryWorkflows, 'start' | 'signal'>;
    bursts?: BurstWorkflows | undefined;
    logger: Logger;
  },
  options: { maxInFlight?: number; alwaysTogether?: boolean } = {},
): Relay {
  const mark = gather((ids: string[]) => markStarted(pool, ids));
  const starts = createStarts(
    {
      async alone(delivery) {
        await workflows.start(delivery);
        await mark(delivery.id);
      },
      together: bursts?.start,
      logger,
    },
    options,
  );
  const signals = createFairQueue(send, { maxInFlight: SIGNALS_IN_FLIGHT, maxWaiting: SWEEP_ROWS });
  let stopped = false;
  let sweeping: Promise<void> | undefined;
  let sweepAgain = false;

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
    starts.pushSwept(unstarted, unstarted.length === limit);
    return unstarted.length === SWEEP_ROWS;
  }

  async function sweepSignals(): Promise<boolean> {
    const unsent = await takeSignals(pool, SWEEP_ROWS);
    await Promise.all(unsent.map((signal) => signals.push(signal.accountId, signal)));
    return unsent.length === SWEEP_ROWS;
  }

  async function sweep(): Promise<void> {
    try {
      do {
        sweepAgain = false;
        const more = await Promise.all([sweepUnstarted(false), sweepUnstarted(true), sweepSignals()]);
        sweepAgain ||= more.some(Boolean);
      } while (sweepAgain && !stopped);
    } catch (error) {
      sweepAgain = false;
      logger.warn({ err: error }, 'could not sweep the outbox; trying again');
    }
  }

  function sweepSoon(): void {
    if (stopped) return;
    sweepAgain = true;
    sweeping ??= sweep().finally(() => {
      sweeping = undefined;
      // Asked for after the last look.
      if (sweepAgain) sweepSoon();
    });
  }

  const timer = setInterval(sweepSoon, SWEEP_INTERVAL_MS);
  timer.unref();

  return {
    offer(deliveries, options) {
      if (!stopped) starts.push(deliveries, options);
    },
    poke: sweepSoon,
    async stop() {
      stopped = true;
      clearInterval(timer);
      signals.drop();
      await Promise.all([starts.stop(), sweeping, signals.idle()]);
    },
  };
}
