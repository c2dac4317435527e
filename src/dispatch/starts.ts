import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { MOST_CARRIED } from '../domain/burst.ts';
import { type Counts, count } from '../domain/counts.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { createBrake } from './brake.ts';
import { createBurstTiming } from './burst-timing.ts';
import { createCarriedRoom } from './carried-room.ts';
import { createGap } from './gap.ts';
import { createIntake, type Intake } from './intake.ts';
import { createLanes, type Lane } from './lanes.ts';
import { createWaiting, type Waiting } from './waiting.ts';

const MAX_IN_FLIGHT = 32;

/** A workflow costs 32 ms of CPU: one by one they take 40 % of the machine at most, and as much again those that go on. */
const STARTS_PER_S = 12 * availableParallelism();
/** Of their pace those that go on, or are due later, keep this much in any case: their times are promised. */
const LEAST_LATER = 0.25;
/** Starts at once of those that wait for their time anyway; beside what goes out quickly one after another. */
const LATER_IN_FLIGHT = 4;
const IDLE = Number.POSITIVE_INFINITY;

const MOST_IN_BURST = 200;

/** Starts the workflows of deliveries, one by one or many together. */
export interface Starts extends Pick<Waiting, 'overflows' | 'room'> {
  /** Has an event stored, in its account's turn. */
  takeIn: Intake['take'];
  /**
   * Takes deliveries that were just committed. What there is no room for is left to the sweep, and so is all of its
   * account until that has caught up.
   *
   * @param options.byHand at once, and alone
   */
  push(deliveries: readonly CommittedDelivery[], options?: { byHand?: boolean }): void;
  /** Takes deliveries that the sweep found. */
  pushSwept(deliveries: readonly CommittedDelivery[], more: boolean): void;
  /** Forgets what has not begun, and waits for the rest. */
  stop(): Promise<void>;
}

/**
 * Lets deliveries go out by their lanes (lanes.ts): alone at once, gathered into bursts, or alone beside them at a pace
 * that leaves the machine to first attempts.
 */
export function createStarts(
  {
    alone,
    together,
    logger,
  }: {
    /**
     * @returns once it is started; `begun`, where that is known, settles when its attempt has begun, `noted` when the
     *   sweep finds it no more
     */
    alone(delivery: CommittedDelivery): Promise<{ begun?: Promise<void> | undefined; noted: Promise<void> }>;
    /** Absent: never together, and as fast as they are taken. */
    together: ((deliveries: readonly CommittedDelivery[]) => Promise<{ ended: Promise<void> }>) | undefined;
    logger: Logger;
  },
  {
    maxInFlight = MAX_IN_FLIGHT,
    alwaysTogether = false,
  }: { maxInFlight?: number; alwaysTogether?: boolean } = {},
): Starts {
  const lanes = createLanes({
    startsPerS: STARTS_PER_S,
    alwaysTogether,
    isBesideOthers: (accountId) => brake.isBesideOthers(accountId),
  });
  const waiting = createWaiting((delivery) => (together ? lanes.laneOf(delivery) : 'quick'));
  const { lines } = waiting;
  const underWay = new Set<Promise<void>>();
  const carried = createCarriedRoom(MOST_CARRIED, MOST_IN_BURST);
  const inFlight = { quick: 0, gathering: 0, later: 0 };
  /** What a start takes lately. */
  let startMs = 0;
  const floods = (accountId: string) =>
    lanes.floods(accountId) || lines.gathering.has(accountId) || carried.carries(accountId);
  const brake = createBrake(floods);
  const timing = createBurstTiming(brake, { full: MOST_IN_BURST, leastGapMs: 1000 / STARTS_PER_S });
  /** By account, what is being stored, or is in the quick lane and not attempted yet. */
  const hurrying: Counts = new Map();
  const isBusy = () => [...hurrying.keys()].some((accountId) => !floods(accountId));
  const gaps = { burst: createGap(isBusy), later: createGap(isBusy) };
  const intake = createIntake({
    isHeldBack: (accountId) => brake.share() !== undefined && floods(accountId),
    gap: createGap(isBusy),
    enter,
  });
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

  async function startAlone(delivery: CommittedDelivery, lane: Lane): Promise<void> {
    inFlight[lane]++;
    const forget = () => waiting.forget(delivery);
    try {
      const started = timed(alone(delivery));
      if (lane === 'quick') void hurry(delivery, started);
      const { noted } = await started;
      void noted.then(forget);
    } catch (error) {
      logger.warn({ deliveryId: delivery.id, err: error }, 'could not start a delivery yet; the sweep will');
      forget();
    } finally {
      inFlight[lane]--;
    }
  }

  /** What can wait lets it by. @returns says that it is past */
  function enter(accountId: string): () => void {
    count(hurrying, accountId, 1);
    return () => {
      count(hurrying, accountId, -1);
      next();
    };
  }

  /** It is past when its attempt has begun, or it could not be started. */
  async function hurry(delivery: CommittedDelivery, started: ReturnType<typeof alone>): Promise<void> {
    const leave = enter(delivery.accountId);
    const startedAt = performance.now();
    try {
      await (await started).begun;
      brake.felt(delivery.accountId, performance.now() - startedAt);
    } catch {
      // Whoever started it says so.
    } finally {
      leave();
    }
  }

  async function startTogether(
    start: NonNullable<typeof together>,
    deliveries: readonly CommittedDelivery[],
  ): Promise<void> {
    const release = carried.carry(deliveries, next);
    const end = () => {
      for (const delivery of deliveries) waiting.forget(delivery);
      release();
    };
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
    intake.next();
    if (stopped) return;
    clearTimeout(timer);
    for (const delivery of lines.quick.take(maxInFlight - inFlight.quick)) run(startAlone(delivery, 'quick'));
    const waitMs = Math.min(together ? nextBurst(together) : IDLE, nextLater());
    if (waitMs < IDLE) timer = setTimeout(next, Math.max(1, waitMs));
  }

  /** Takes the next burst from its line. What hangs goes out apart: else what is beside it would be taken to hang, too. */
  function takeBurst(): { taken: CommittedDelivery[]; hangs: boolean } {
    const line = lines.gathering;
    const { isFreeFor, hangs } = carried;
    const mostHanging = timing.mostHanging();
    if (mostHanging === undefined) return { taken: line.take(timing.most(), isFreeFor), hangs: false };
    const hanging = line.take(mostHanging, (accountId) => isFreeFor(accountId) && hangs(accountId));
    if (hanging.length > 0) return { taken: hanging, hangs: true };
    const others = line.take(timing.most(), (accountId) => isFreeFor(accountId) && !hangs(accountId));
    return { taken: others, hangs: false };
  }

  /** @returns how long to wait before there is more to do; for ever when something that ends says so */
  function nextBurst(start: NonNullable<typeof together>): number {
    const line = lines.gathering;
    while (line.length > 0) {
      const waitMs = timing.waitMs(line.length);
      if (waitMs > 0) return waitMs;
      if (!carried.isFree()) return IDLE;
      const gapMs = gaps.burst.waitMs();
      if (gapMs > 0) return gapMs;
      const { taken, hangs } = takeBurst();
      const [only] = taken;
      if (!only) return timing.hangingWaitMs() || IDLE;
      // A burst of one would cost as much as a workflow of its own, and tell less.
      const isAlone = taken.length === 1 && !alwaysTogether;
      run(isAlone ? startAlone(only, 'gathering') : startTogether(start, taken));
      gaps.burst.taken();
      timing.sent({ carried: taken.length, hangs, startMs });
    }
    return IDLE;
  }

  function nextLater(): number {
    const share = brake.share();
    while (lines.later.length > 0 && inFlight.later < (share === undefined ? LATER_IN_FLIGHT : 1)) {
      if (!lanes.laterPace.bears(1)) return lanes.laterPace.waitMs();
      const gapMs = gaps.later.waitMs();
      if (gapMs > 0) return gapMs;
      gaps.later.taken();
      lanes.laterPace.spend(1 / Math.max(LEAST_LATER, share ?? 1));
      for (const delivery of lines.later.take(1)) run(startAlone(delivery, 'later'));
    }
    return IDLE;
  }

  return {
    takeIn: intake.take,
    push(deliveries, { byHand = false } = {}) {
      for (const delivery of deliveries) {
        if (byHand) run(startAlone(delivery, 'quick'));
        else waiting.add(delivery);
      }
      next();
    },
    pushSwept(deliveries, more) {
      waiting.addSwept(deliveries, more);
      next();
    },
    overflows: waiting.overflows,
    room: waiting.room,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
