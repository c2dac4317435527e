import { availableParallelism } from 'node:os';
import type { Brake } from './brake.ts';

const LONGEST_GAP_MS = 200;
/** How long a burst gathers, in ms, when one delivery comes each ms: then its workflow is a seventh of its cost. */
const GATHERED_PER_PACE = 150;
/** What bursts carry at most while others go out quickly, and feel nothing of it: a quarter of the machine. */
const CARRIED_PER_S = 125 * availableParallelism();
/** In what is held back may be others' deliveries, too: the least goes out as often as this in any case. */
const LONGEST_HELD_BACK_MS = 200;
/** What is held back goes out in small bursts, for a large one takes all the machine for a moment. */
const HELD_BACK = { most: Math.min(100, (CARRIED_PER_S * LONGEST_HELD_BACK_MS) / 1000), least: 10 };

/**
 * Bursts of accounts that hang go out a third as often, and are up to three times as large: each costs as much as fifty
 * POSTs. Where others feel it they are rarer still, for what hangs has time.
 */
const HANGING_TOGETHER = 3;
const RAREST_HANGING = 4;

/** When bursts go out, and how large they are. */
export interface BurstTiming {
  /**
   * How long to wait before the next burst, in milliseconds.
   *
   * @param waiting deliveries that wait for it: a full burst need not gather any longer
   */
  waitMs(waiting: number): number;
  /** How many the next burst may carry; if bursts are held back, of accounts that do not hang. */
  most(): number;
  /** How many it may carry of accounts that hang, which go apart; undefined when nothing is held back, and they go with others. */
  mostHanging(): number | undefined;
  /** How long until a burst may carry some of these, in milliseconds; 0 when it may. */
  hangingWaitMs(): number;
  /**
   * Tells that a burst goes out now.
   *
   * @param burst.carried how many are in it
   * @param burst.hangs whether it is of accounts that hang
   * @param burst.startMs what a start takes lately
   */
  sent(burst: { carried: number; hangs: boolean; startMs: number }): void;
}

/**
 * A burst gathers for as long as pays: the more deliveries come, and the slower a start is because everything is busy, the
 * longer. While other accounts' deliveries go out quickly it gathers for long in any case, and keeps to a pace, however
 * many wait.
 *
 * @param options.full deliveries in one burst at most
 * @param options.leastGapMs as long as a start has to wait for the next one in any case
 */
export function createBurstTiming(
  brake: Brake,
  { full, leastGapMs }: { full: number; leastGapMs: number },
): BurstTiming {
  let nextAt = 0;
  let heldBackUntil = 0;
  let hangingAt = 0;
  let lastAt = 0;

  function most(): number {
    const share = brake.share();
    return share === undefined ? full : Math.max(HELD_BACK.least, Math.ceil(HELD_BACK.most * share));
  }

  const hangingWaitMs = () => Math.max(0, hangingAt - performance.now());

  return {
    waitMs(waiting) {
      const until = waiting < full ? Math.max(nextAt, heldBackUntil) : heldBackUntil;
      return Math.max(0, until - performance.now());
    },
    most,
    mostHanging() {
      if (brake.share() === undefined) return undefined;
      return hangingWaitMs() > 0 ? 0 : Math.min(HELD_BACK.most, HANGING_TOGETHER * most());
    },
    hangingWaitMs,
    sent({ carried, hangs, startMs }) {
      const now = performance.now();
      const perMs = carried / (now - lastAt);
      lastAt = now;
      const share = brake.share();
      if (hangs)
        hangingAt = now + HANGING_TOGETHER * LONGEST_GAP_MS * Math.min(RAREST_HANGING, 1 / (share ?? 1));
      const paysForMs = Math.max(leastGapMs, 2 * startMs, GATHERED_PER_PACE * perMs);
      nextAt = now + (share === undefined ? Math.min(LONGEST_GAP_MS, paysForMs) : LONGEST_GAP_MS);
      heldBackUntil =
        share === undefined
          ? now
          : now + Math.min(LONGEST_HELD_BACK_MS, (carried * 1000) / (CARRIED_PER_S * share));
    },
  };
}
