import { type Counts, count } from '../src/domain/counts.ts';

/** Whose attempt it is. */
export interface Rider {
  accountId: string;
  endpointId: string;
}

/**
 * Shares out the room that attempts have inside workflow tasks. An attempt there is the cheapest, but holds one of
 * the worker's few task slots while the receiver thinks: those of slow endpoints, and of an account that has more
 * than its share, go out as activities of their own instead, of which there may be thousands.
 */
export interface TaskRoom {
  /** Whether there is room for an attempt now. */
  hasRoomFor(rider: Rider): boolean;
  /** Does `work` now, or answers `otherwise` at once when there is no room for it. */
  ride<T>(rider: Rider, work: () => Promise<T>, otherwise: T): Promise<T>;
  /** Whether an endpoint takes, or took lately, long to answer. */
  isSlow(endpointId: string): boolean;
  /** Watches how long an endpoint takes to answer. */
  watch<T>(endpointId: string, post: Promise<T>): Promise<T>;
}

/** Most attempts inside workflow tasks at once, shared by the accounts that ride; the worker has 200 slots. */
const MOST_RIDES = 160;
const LEAST_SHARE = 16;

/** An answer that takes longer marks its endpoint as slow, for a while. */
const SLOW_AFTER_MS = 1000;
const SLOW_FOR_MS = 60_000;

export function createTaskRoom(now: () => number = () => performance.now()): TaskRoom {
  const ridesOf: Counts = new Map();
  /** When each POST began, oldest first, by endpoint. */
  const posts = new Map<string, number[]>();
  /** Until when an endpoint counts as slow, longest ago first. */
  const slowUntil = new Map<string, number>();
  let rides = 0;

  function isFull(accountId: string): boolean {
    const share = Math.max(LEAST_SHARE, MOST_RIDES / Math.max(1, ridesOf.size));
    return rides >= MOST_RIDES || (ridesOf.get(accountId) ?? 0) >= share;
  }

  function isSlow(endpointId: string): boolean {
    const [oldest] = posts.get(endpointId) ?? [];
    if (oldest !== undefined && now() - oldest > SLOW_AFTER_MS) return true;
    for (const [id, until] of slowUntil) {
      if (until > now()) break;
      slowUntil.delete(id);
    }
    return slowUntil.has(endpointId);
  }

  const hasRoomFor = ({ accountId, endpointId }: Rider) => !isFull(accountId) && !isSlow(endpointId);

  function countRide(accountId: string, step: 1 | -1): void {
    rides += step;
    count(ridesOf, accountId, step);
  }

  return {
    hasRoomFor,
    isSlow,
    async ride(rider, work, otherwise) {
      if (!hasRoomFor(rider)) return otherwise;
      const { accountId } = rider;
      countRide(accountId, 1);
      try {
        return await work();
      } finally {
        countRide(accountId, -1);
      }
    },

    async watch(endpointId, post) {
      const at = now();
      const begun = posts.get(endpointId) ?? [];
      posts.set(endpointId, begun);
      begun.push(at);
      try {
        return await post;
      } finally {
        begun.splice(begun.indexOf(at), 1);
        if (begun.length === 0) posts.delete(endpointId);
        if (now() - at > SLOW_AFTER_MS) {
          slowUntil.delete(endpointId);
          slowUntil.set(endpointId, now() + SLOW_FOR_MS);
        }
      }
    },
  };
}
