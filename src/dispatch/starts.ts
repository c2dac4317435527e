import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { createFairLine } from './fair-line.ts';
import { createPace } from './pace.ts';

/** Deliveries waiting in memory, of each kind; more are left in the outbox for the sweep, which takes the oldest. */
const MAX_WAITING = 2000;
const MAX_SWEPT = 1500;
const MAX_IN_FLIGHT = 32;

/** A workflow costs 32 ms of CPU: one by one they take 40 % of the machine at most. */
const STARTS_PER_CORE_S = 12;

const MOST_IN_BURST = 200;
/** Deliveries in bursts that have not ended; one account has half of them at most. */
const MOST_CARRIED = 1600;
/** A burst that takes longer waits for endpoints that hang; it makes room for others meanwhile. */
const CARRIED_FOR_MS = 3000;
/** Between two bursts, so that each carries what it can: as long as two starts take now, within bounds. */
const SHORTEST_GAP_MS = 20;
const LONGEST_GAP_MS = 200;

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
    startsPerS = STARTS_PER_CORE_S * availableParallelism(),
  }: { maxInFlight?: number; startsPerS?: number } = {},
): Starts {
  const fresh = createFairLine<CommittedDelivery>();
  const later = createFairLine<CommittedDelivery>();
  const pace = createPace(startsPerS);
  const laterPace = createPace(Math.max(1, startsPerS));
  /** Waiting here, being started, or in a burst: the sweep finds them in the outbox, too. */
  const known = new Set<string>();
  const underWay = new Set<Promise<void>>();
  /** Accounts whose newest deliveries are left to the sweep. */
  const overflowing = new Set<string>();
  let inFlight = 0;
  let carried = 0;
  const carriedOf = new Map<string, number>();
  let startMs = 0;
  let nextBurstAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function run(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => {
      underWay.delete(tracked);
      if (!stopped) next();
    });
    underWay.add(tracked);
  }

  async function startAlone(delivery: CommittedDelivery): Promise<void> {
    const begunAt = performance.now();
    inFlight++;
    try {
      await alone(delivery);
      learn(performance.now() - begunAt);
    } catch (error) {
      logger.warn({ deliveryId: delivery.id, err: error }, 'could not start a delivery yet; the sweep will');
    } finally {
      inFlight--;
      known.delete(delivery.id);
    }
  }

  async function startTogether(
    start: NonNullable<typeof together>,
    deliveries: readonly CommittedDelivery[],
  ): Promise<void> {
    const begunAt = performance.now();
    const release = carry(deliveries);
    const forget = () => {
      for (const { id } of deliveries) known.delete(id);
    };
    try {
      const { ended } = await start(deliveries);
      learn(performance.now() - begunAt);
      const patience = setTimeout(release, CARRIED_FOR_MS).unref();
      void ended.then(() => {
        clearTimeout(patience);
        release();
        forget();
      });
    } catch (error) {
      logger.warn(
        { deliveries: deliveries.length, err: error },
        'could not start a burst yet; the sweep will',
      );
      release();
      forget();
    }
  }

  /** Counts deliveries as carried, until what it returns is called. */
  function carry(deliveries: readonly CommittedDelivery[]): () => void {
    const count = (step: 1 | -1) => {
      carried += step * deliveries.length;
      for (const { accountId } of deliveries) {
        const now = (carriedOf.get(accountId) ?? 0) + step;
        if (now > 0) carriedOf.set(accountId, now);
        else carriedOf.delete(accountId);
      }
    };
    count(1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      count(-1);
      if (!stopped) next();
    };
  }

  function enqueue(delivery: CommittedDelivery): void {
    if (known.has(delivery.id)) return;
    known.add(delivery.id);
    const line = lineOf(delivery);
    line.push(delivery.accountId, delivery);
    const dropped = line.length > MAX_WAITING ? line.dropLatest() : undefined;
    if (!dropped) return;
    known.delete(dropped.id);
    overflowing.add(dropped.accountId);
  }

  function lineOf({ handedOver, deliverAt }: CommittedDelivery) {
    return handedOver || deliverAt ? later : fresh;
  }

  function learn(tookMs: number): void {
    startMs = startMs === 0 ? tookMs : 0.8 * startMs + 0.2 * tookMs;
  }

  function next(): void {
    clearTimeout(timer);
    const waitMs = Math.min(nextFresh(), nextLater());
    if (waitMs < Number.POSITIVE_INFINITY) timer = setTimeout(next, Math.max(1, waitMs));
  }

  /** @returns how long to wait before there is more to do; for ever when something that ends says so */
  function nextFresh(): number {
    while (fresh.length > 0) {
      const keepsUp = !together || pace.bears(fresh.length);
      if (keepsUp || (fresh.length === 1 && performance.now() >= nextBurstAt)) {
        if (inFlight >= maxInFlight) return Number.POSITIVE_INFINITY;
        for (const delivery of fresh.take(1)) {
          pace.spend(1);
          if (!keepsUp) nextBurstAt = performance.now() + gapMs();
          run(startAlone(delivery));
        }
        continue;
      }
      const waitMs = nextBurstAt - performance.now();
      if (waitMs > 0 && fresh.length < MOST_IN_BURST) return waitMs;
      const room = MOST_CARRIED - carried;
      const taken = fresh.take(Math.min(MOST_IN_BURST, room), mayBeCarried());
      if (taken.length === 0) return Number.POSITIVE_INFINITY;
      pace.spend(taken.length);
      nextBurstAt = performance.now() + gapMs();
      run(startTogether(together, taken));
    }
    return Number.POSITIVE_INFINITY;
  }

  function nextLater(): number {
    while (later.length > 0) {
      if (inFlight >= maxInFlight) return Number.POSITIVE_INFINITY;
      if (together && !laterPace.bears(1)) return laterPace.waitMs();
      for (const delivery of later.take(1)) {
        laterPace.spend(1);
        run(startAlone(delivery));
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Whose deliveries have not their share of all that are carried, in the burst that is being gathered. */
  function mayBeCarried(): (accountId: string) => boolean {
    const gathered = new Map<string, number>();
    return (accountId) => {
      const more = (gathered.get(accountId) ?? 0) + 1;
      if ((carriedOf.get(accountId) ?? 0) + more > MOST_CARRIED / 2) return false;
      gathered.set(accountId, more);
      return true;
    };
  }

  function gapMs(): number {
    return Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, 2 * startMs, startsPerS && 1000 / startsPerS));
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
    room: (handedOver) => MAX_SWEPT - (handedOver ? later : fresh).length,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      fresh.take(fresh.length);
      later.take(later.length);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
