import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { createCarriedRoom } from './carried-room.ts';
import { createFairLine } from './fair-line.ts';
import { createPace } from './pace.ts';

/** Deliveries waiting in memory, of each kind; more are left in the outbox for the sweep, which takes the oldest. */
const MAX_WAITING = 10_000;
const MAX_SWEPT = 8000;
const MAX_IN_FLIGHT = 32;

/** A workflow costs 32 ms of CPU: one by one they take 40 % of the machine at most. */
const STARTS_PER_S = 12 * availableParallelism();

const MOST_IN_BURST = 200;
/** Deliveries in bursts that have not ended. */
const MOST_CARRIED = 1600;
/** A burst that takes longer waits for endpoints that hang; it makes room for others meanwhile. */
const CARRIED_FOR_MS = 3000;
const LONGEST_GAP_MS = 200;
/** How long a burst gathers, in ms, when one delivery comes each ms: then its workflow is a seventh of its cost. */
const GATHERED_PER_PACE = 150;

/** Starts the workflows of deliveries, one by one or many together. */
export interface Starts {
  /**
   * Takes deliveries that were just committed. What there is no room for is left to the sweep, and so is all of its
   * account until that has caught up.
   *
   * @param options.byHand at once, and alone
   */
  push(deliveries: readonly CommittedDelivery[], options?: { byHand?: boolean }): void;
  /** Takes deliveries that the sweep found. */
  pushSwept(deliveries: readonly CommittedDelivery[], more: boolean): void;
  /** Whether some were left to the sweep of late. */
  overflows(): boolean;
  /** How many it takes of the sweep: of those that a burst has handed over, or of the others. */
  room(handedOver: boolean): number;
  /** Forgets what has not begun, and waits for the rest. */
  stop(): Promise<void>;
}

/**
 * As long as it keeps up, every delivery gets a workflow of its own at once. When more come than that bears, they are
 * gathered into bursts. Those that a burst has handed over, and those that are to wait for their time, are started one
 * by one beside them, at a pace that leaves the machine to first attempts: they sleep first.
 */
export function createStarts(
  {
    alone,
    together,
    logger,
  }: {
    alone(delivery: CommittedDelivery): Promise<void>;
    /** Absent: never together, and as fast as they are taken. */
    together: ((deliveries: readonly CommittedDelivery[]) => Promise<{ ended: Promise<void> }>) | undefined;
    logger: Logger;
  },
  {
    maxInFlight = MAX_IN_FLIGHT,
    alwaysTogether = false,
  }: { maxInFlight?: number; alwaysTogether?: boolean } = {},
): Starts {
  const fresh = createFairLine<CommittedDelivery>();
  const later = createFairLine<CommittedDelivery>();
  const pace = createPace(STARTS_PER_S);
  const laterPace = createPace(STARTS_PER_S);
  /** Waiting here, being started, or in a burst: the sweep finds them in the outbox, too. */
  const known = new Set<string>();
  const underWay = new Set<Promise<void>>();
  /** Accounts whose newest deliveries are left to the sweep. */
  const overflowing = new Set<string>();
  const carried = createCarriedRoom(MOST_CARRIED, MOST_IN_BURST);
  let inFlight = 0;
  /** What a start takes lately. */
  let startMs = 0;
  let nextBurstAt = 0;
  let lastBurstAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function run(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => {
      underWay.delete(tracked);
      next();
    });
    underWay.add(tracked);
  }

  async function timed<T>(work: Promise<T>): Promise<T> {
    const begunAt = performance.now();
    const result = await work;
    startMs = 0.8 * startMs + 0.2 * (performance.now() - begunAt);
    return result;
  }

  async function startAlone(delivery: CommittedDelivery): Promise<void> {
    inFlight++;
    try {
      await timed(alone(delivery));
    } catch (error) {
      logger.warn({ deliveryId: delivery.id, err: error }, 'could not start a delivery yet; the sweep will');
    } finally {
      inFlight--;
      known.delete(nameOf(delivery));
    }
  }

  async function startTogether(
    start: NonNullable<typeof together>,
    deliveries: readonly CommittedDelivery[],
  ): Promise<void> {
    const release = carried.carry(deliveries);
    const end = () => {
      clearTimeout(patience);
      release();
      for (const delivery of deliveries) known.delete(nameOf(delivery));
      next();
    };
    const patience = setTimeout(() => {
      release();
      next();
    }, CARRIED_FOR_MS).unref();
    try {
      const { ended } = await timed(start(deliveries));
      void ended.then(end);
    } catch (error) {
      const { length } = deliveries;
      logger.warn({ deliveries: length, err: error }, 'could not start a burst yet; the sweep will');
      end();
    }
  }

  function next(): void {
    if (stopped) return;
    clearTimeout(timer);
    const waitMs = Math.min(nextFresh(), nextLater());
    if (waitMs < Number.POSITIVE_INFINITY) timer = setTimeout(next, Math.max(1, waitMs));
  }

  /** @returns how long to wait before there is more to do; for ever when something that ends says so */
  function nextFresh(): number {
    while (fresh.length > 0) {
      const keepsUp = !together || (!alwaysTogether && pace.bears(fresh.length));
      const gapLeftMs = nextBurstAt - performance.now();
      if (!keepsUp && gapLeftMs > 0 && fresh.length < MOST_IN_BURST) return gapLeftMs;
      // A burst of one would cost as much as a workflow of its own, and tell less.
      const isAlone = keepsUp || (fresh.length === 1 && !alwaysTogether);
      if (isAlone && inFlight >= maxInFlight) return Number.POSITIVE_INFINITY;
      if (!isAlone && !carried.isFree()) return Number.POSITIVE_INFINITY;
      const taken = isAlone ? fresh.take(1) : fresh.take(MOST_IN_BURST, carried.isFreeFor);
      const [only] = taken;
      if (!only) return Number.POSITIVE_INFINITY;
      pace.spend(taken.length);
      run(isAlone || !together ? startAlone(only) : startTogether(together, taken));
      if (!keepsUp) nextBurstAt = performance.now() + gapMs(taken.length);
    }
    return Number.POSITIVE_INFINITY;
  }

  function nextLater(): number {
    while (later.length > 0) {
      if (inFlight >= maxInFlight) return Number.POSITIVE_INFINITY;
      if (together && !laterPace.bears(1)) return laterPace.waitMs();
      laterPace.spend(1);
      for (const delivery of later.take(1)) run(startAlone(delivery));
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * Until the next burst, so that each carries what pays: the more come, and the slower a start is because everything is
   * busy, the longer it gathers.
   */
  function gapMs(taken: number): number {
    const passedMs = performance.now() - lastBurstAt;
    lastBurstAt += passedMs;
    const perMs = taken / passedMs;
    return Math.min(LONGEST_GAP_MS, Math.max(1000 / STARTS_PER_S, 2 * startMs, GATHERED_PER_PACE * perMs));
  }

  function enqueue(delivery: CommittedDelivery): void {
    if (known.has(nameOf(delivery))) return;
    known.add(nameOf(delivery));
    const line = delivery.handedOver || delivery.deliverAt ? later : fresh;
    line.push(delivery.accountId, delivery);
    const dropped = line.length > MAX_WAITING ? line.dropLatest() : undefined;
    if (!dropped) return;
    known.delete(nameOf(dropped));
    overflowing.add(dropped.accountId);
  }

  return {
    push(deliveries, { byHand = false } = {}) {
      for (const delivery of deliveries) {
        if (byHand) run(startAlone(delivery));
        else if (!overflowing.has(delivery.accountId)) enqueue(delivery);
      }
      next();
    },
    pushSwept(deliveries, more) {
      if (!more) overflowing.clear();
      for (const delivery of deliveries) enqueue(delivery);
      next();
    },
    overflows: () => overflowing.size > 0,
    room: (handedOver) => MAX_SWEPT - (handedOver ? later : fresh).length,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** One that is handed over is still in its burst, too. */
function nameOf({ id, handedOver }: CommittedDelivery): string {
  return handedOver ? `${id} goes on` : id;
}
