import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { gather } from '../db/gather.ts';
import { deleteSignals, markStarted, type OutboxSignal, takeSignals, takeUnstarted } from '../db/outbox.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import type { DeliveryWorkflows } from '../temporal/deliveries.ts';
import { createFairQueue } from './fair-queue.ts';

/** A delivery this young is being started by the process that committed it. */
const GRACE_MS = 5000;
/** How often to look for what was left behind. */
const SWEEP_INTERVAL_MS = 1000;
const SWEEP_ROWS = 200;
/** Deliveries waiting in memory; more are left in the outbox for the sweep. */
const MAX_WAITING = 2000;

export interface Relay {
  /** Starts the workflows of deliveries that were just committed. Never throws, never waits. */
  offer(deliveries: readonly CommittedDelivery[]): void;
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
 * @param options.maxInFlight starts under way at once
 */
export function createRelay(
  { pool, workflows, logger }: { pool: Pool; workflows: DeliveryWorkflows; logger: Logger },
  { maxInFlight = 32 }: { maxInFlight?: number } = {},
): Relay {
  const mark = gather((ids: string[]) => markStarted(pool, ids));
  const starts = createFairQueue(start, { maxInFlight, maxWaiting: MAX_WAITING });
  const signals = createFairQueue(send, { maxInFlight, maxWaiting: SWEEP_ROWS });
  /** Waiting in memory or being started: the sweep finds them in the outbox, too. */
  const known = new Set<string>();
  let stopped = false;
  let sweeping: Promise<void> | undefined;
  let sweepAgain = false;

  async function begin(delivery: CommittedDelivery): Promise<void> {
    if (known.has(delivery.id)) return;
    known.add(delivery.id);
    await starts.push(delivery.accountId, delivery);
    known.delete(delivery.id);
  }

  async function start(delivery: CommittedDelivery): Promise<void> {
    try {
      await workflows.start(delivery);
      await mark(delivery.id);
    } catch (error) {
      logger.warn({ deliveryId: delivery.id, err: error }, 'could not start a delivery yet; the sweep will');
    }
  }

  async function send({ id, deliveryId, name, args }: OutboxSignal): Promise<void> {
    try {
      await workflows.signal(deliveryId, { name, ...args });
      await deleteSignals(pool, [id]);
    } catch (error) {
      logger.warn({ deliveryId, signal: name, err: error }, 'could not send a signal yet; the sweep will');
    }
  }

  async function sweep(): Promise<void> {
    try {
      do {
        sweepAgain = false;
        // What there is no room for stays without a lease, for whoever has room first.
        const room = Math.min(SWEEP_ROWS, starts.room());
        const unstarted = room > 0 ? await takeUnstarted(pool, GRACE_MS, room) : [];
        const unsent = await takeSignals(pool, SWEEP_ROWS);
        await Promise.all([
          ...unstarted.map(begin),
          ...unsent.map((signal) => signals.push(signal.accountId, signal)),
        ]);
        if (unstarted.length === SWEEP_ROWS || unsent.length === SWEEP_ROWS) sweepAgain = true;
      } while (sweepAgain && !stopped);
    } catch (error) {
      logger.warn({ err: error }, 'could not sweep the outbox; trying again');
    }
  }

  function sweepSoon(): void {
    if (stopped) return;
    sweepAgain = true;
    sweeping ??= sweep().finally(() => {
      sweeping = undefined;
    });
  }

  const timer = setInterval(sweepSoon, SWEEP_INTERVAL_MS);
  timer.unref();

  return {
    offer(deliveries) {
      if (stopped) return;
      for (const delivery of deliveries) void begin(delivery);
    },
    poke: sweepSoon,
    async stop() {
      stopped = true;
      clearInterval(timer);
      starts.drop();
      signals.drop();
      await Promise.all([sweeping, starts.idle(), signals.idle()]);
    },
  };
}
