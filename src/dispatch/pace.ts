/** How fast workflows are started: a budget of starts that fills steadily, and may be overdrawn a little. */
export interface Pace {
  /** Whether so many could be started now without delay. */
  bears(starts: number): boolean;
  /** Counts deliveries, however they go out. */
  spend(deliveries: number): void;
  /** Milliseconds until one can be started. */
  waitMs(): number;
}

/** Starts that may come at once after a quiet time. */
export const MOST_SAVED = 32;

/**
 * @param startsPerS what is borne in the long run
 * @param mostSaved starts that may come at once after a quiet time; default 32
 * @param now milliseconds
 */
export function createPace(
  startsPerS: number,
  mostSaved = MOST_SAVED,
  now: () => number = () => performance.now(),
): Pace {
  let saved = mostSaved;
  let at = now();

  function refill(): number {
    const passedMs = now() - at;
    at += passedMs;
    saved = Math.min(mostSaved, saved + (passedMs * startsPerS) / 1000);
    return saved;
  }

  return {
    bears: (starts) => refill() >= starts,
    spend(deliveries) {
      // Overdrawn by a second at most: so long after a flood things are calm again.
      saved = Math.max(-startsPerS, refill() - deliveries);
    },
    waitMs: () => Math.max(0, ((1 - refill()) * 1000) / startsPerS),
  };
}

/** Owners whose pace is remembered; whoever was forgotten begins anew. */
const MOST_OWNERS = 10_000;

/** A pace for each owner. */
export function createPaces(startsPerS: number): (owner: string) => Pace {
  const paces = new Map<string, Pace>();
  return (owner) => {
    const pace = paces.get(owner) ?? createPace(startsPerS);
    paces.delete(owner);
    paces.set(owner, pace);
    const [oldest] = paces.keys();
    if (paces.size > MOST_OWNERS && oldest !== undefined) paces.delete(oldest);
    return pace;
  };
}
