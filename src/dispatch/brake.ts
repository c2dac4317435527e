/**
 * How much of its pace a flood may have, so that what goes out quickly beside it is not slowed by more than a little.
 * It is felt, not computed: a start takes long where the machine, the database or Temporal is full, whatever fills it.
 */
export interface Brake {
  /** Tells what a start in the quick lane took, in milliseconds. */
  felt(accountId: string, startMs: number): void;
  /** From 1 down to {@link LEAST_SHARE}; undefined when nobody else goes out quickly, so that nothing is held back. */
  share(): number | undefined;
  /** Whether something of others than this account goes out quickly. */
  isBesideOthers(accountId: string): boolean;
}

/** A flood has this much in any case. */
const LEAST_SHARE = 0.05;
/** So long after its last quick start an account is not there any more, and cannot be slowed. */
const QUIET_AFTER_MS = 1000;
/** A start may take so many times the quickest one of late, before the flood is slowed. */
const MOST_TIMES_QUICKEST = 2.5;
/** Quicker ones all count as quick. */
const QUICK_MS = 16;
/** How far back the quickest one is looked for: in this span and the one before it. */
const SPAN_MS = 5000;
/** At most so often, for a brake takes a while to be felt. */
const SLOWER_EVERY_MS = 50;
const SLOWER_BY = 0.75;
const FASTER_PER_S = 0.4;
/** At once, however long nothing was felt. */
const FASTER_AT_MOST = 0.2;

/**
 * What is slow with the brake on, too, is not slow because of the flood: then its quickest starts say so after a while,
 * and the brake lets go.
 *
 * @param floods whether an account is held back itself: what it does to itself is not held against it
 * @param now milliseconds
 */
export function createBrake(
  floods: (accountId: string) => boolean,
  now: () => number = () => performance.now(),
): Brake {
  let share = 1;
  let feltAt = Number.NEGATIVE_INFINITY;
  /** When an account felt something last, the latest at the end. */
  const feltBy = new Map<string, number>();
  let slowedAt = Number.NEGATIVE_INFINITY;
  const quickest = createQuickest();

  function isSomebodyThere(besides?: string): boolean {
    for (const [accountId, at] of feltBy) {
      if (now() - at > QUIET_AFTER_MS) feltBy.delete(accountId);
      else if (accountId !== besides && !floods(accountId)) return true;
    }
    return false;
  }

  return {
    felt(accountId, startMs) {
      if (floods(accountId)) return;
      const at = now();
      feltBy.delete(accountId);
      feltBy.set(accountId, at);
      const sinceMs = at - feltAt;
      if (sinceMs > QUIET_AFTER_MS) share = 1;
      feltAt = at;
      if (startMs <= Math.max(QUICK_MS, MOST_TIMES_QUICKEST * quickest(at, startMs)))
        share = Math.min(1, share + Math.min(FASTER_AT_MOST, (FASTER_PER_S * sinceMs) / 1000));
      else if (at - slowedAt > SLOWER_EVERY_MS) {
        slowedAt = at;
        share = Math.max(LEAST_SHARE, share * SLOWER_BY);
      }
    },
    share: () => (isSomebodyThere() ? share : undefined),
    isBesideOthers: isSomebodyThere,
  };
}

/** The least of what it was given of late. */
function createQuickest(): (at: number, ms: number) => number {
  let since = Number.NEGATIVE_INFINITY;
  let now = Number.POSITIVE_INFINITY;
  let before = Number.POSITIVE_INFINITY;
  return (at, ms) => {
    if (at - since > SPAN_MS) {
      before = at - since > 2 * SPAN_MS ? Number.POSITIVE_INFINITY : now;
      now = Number.POSITIVE_INFINITY;
      since = at;
    }
    now = Math.min(now, ms);
    return Math.min(now, before);
  };
}
