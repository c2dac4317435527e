/**
 * How much of its pace a flood may have, so that what goes out quickly beside it is not slowed by more than a little.
 * It is felt, not computed: a start takes long where the machine, the database or Temporal is full, whatever fills it.
 */
export interface Brake {
  /** Tells what a start in the quick lane took, in milliseconds. */
  felt(startMs: number): void;
  /** From 1 down to {@link LEAST_SHARE}; undefined when nothing goes out quickly, so that nothing is held back. */
  share(): number | undefined;
}

/** What floods and other accounts' quick deliveries share, a little is the floods' in any case. */
const LEAST_SHARE = 0.05;
/** So long after the last quick start nobody is there who could be slowed. */
const QUIET_AFTER_MS = 1000;
/** A start may take this much longer than in calm times, before the flood is slowed. */
const MOST_TIMES_CALM = 1.5;
const CALM_MS = { first: 12, least: 8, most: 40 };
/** At most so often, for a brake takes a while to be felt. */
const SLOWER_EVERY_MS = 50;
const SLOWER_BY = 0.75;
const FASTER_BY = 0.02;

/**
 * @param isCalm whether nothing goes out now that the brake holds back
 * @param now milliseconds
 */
export function createBrake(isCalm: () => boolean, now: () => number = () => performance.now()): Brake {
  let share = 1;
  let calmMs = CALM_MS.first;
  let feltAt = Number.NEGATIVE_INFINITY;
  let slowedAt = Number.NEGATIVE_INFINITY;

  return {
    felt(startMs) {
      const at = now();
      if (at - feltAt > QUIET_AFTER_MS) share = 1;
      feltAt = at;
      if (isCalm()) calmMs = within(0.9 * calmMs + 0.1 * startMs);
      if (startMs <= MOST_TIMES_CALM * calmMs) share = Math.min(1, share + FASTER_BY);
      else if (at - slowedAt > SLOWER_EVERY_MS) {
        slowedAt = at;
        share = Math.max(LEAST_SHARE, share * SLOWER_BY);
      }
    },
    share: () => (now() - feltAt > QUIET_AFTER_MS ? undefined : share),
  };
}

function within(ms: number): number {
  return Math.min(CALM_MS.most, Math.max(CALM_MS.least, ms));
}
