import type { ClaimAnswer, ClaimRequest } from '../src/db/attempt-claim.ts';
import type { DeliveryWrites } from '../src/db/delivery-writes.ts';
import type { EndpointTurns } from './endpoint-turns.ts';
import type { Rider, TaskRoom } from './task-room.ts';

/**
 * Claims first attempts while their workflows, which are started and run in this process, are still on their way to
 * their activities: the database works meanwhile.
 */
export interface ClaimsAhead {
  /**
   * Claims the first attempt of a delivery whose activity will soon come here. Never throws.
   *
   * @returns settles when the activity has come, and has its claim; undefined where nothing is claimed ahead
   */
  begin(delivery: Rider & { id: string }): Promise<void> | undefined;
  /** Whether the activity that comes has a place at its endpoint, which is held for it and is its own from now on. */
  passPlace(deliveryId: string): boolean;
  /** As of {@link DeliveryWrites}; answers what was claimed ahead, once. */
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  /** Claims nothing ahead any more for an attempt that will come later, and maybe elsewhere. */
  giveBack(deliveryId: string): Promise<void>;
  /** Gives back whatever nobody came for. */
  stop(): Promise<void>;
}

/** When more are on their way the machine is full: there is nothing to win, and each keeps a place from others. */
const MOST_AHEAD = 4;
/** An activity that has not come by then comes by another way. */
const KEPT_FOR_MS = 1000;

export function createClaimsAhead(
  { writes, taskRoom, turns }: { writes: DeliveryWrites; taskRoom: TaskRoom; turns: EndpointTurns },
  { keptForMs = KEPT_FOR_MS }: { keptForMs?: number } = {},
): ClaimsAhead {
  type Ahead = {
    answer: Promise<ClaimAnswer | undefined>;
    /** Of the endpoint where a place is held for it; undefined once that is passed on. */
    place: string | undefined;
    timer: NodeJS.Timeout;
    taken: () => void;
  };
  const ahead = new Map<string, Ahead>();

  async function take(deliveryId: string): Promise<ClaimAnswer | undefined> {
    const one = ahead.get(deliveryId);
    ahead.delete(deliveryId);
    clearTimeout(one?.timer);
    const answer = await one?.answer;
    if (one?.place !== undefined) turns.leave(one.place);
    one?.taken();
    return answer;
  }

  async function giveBack(deliveryId: string): Promise<void> {
    const answer = await take(deliveryId);
    if (answer?.kind === 'claimed') await writes.release(answer.claim);
  }

  return {
    begin({ id, endpointId }) {
      // There it goes out as an activity of its own, or waits for its turn.
      if (ahead.size >= MOST_AHEAD || taskRoom.isSlow(endpointId) || !turns.hold(endpointId))
        return undefined;
      // What went wrong is met again by whoever asks.
      const answer = writes.claim({ deliveryId: id, number: 1 }).catch(() => undefined);
      const timer = setTimeout(() => void giveBack(id).catch(() => undefined), keptForMs);
      return new Promise((taken) => ahead.set(id, { answer, place: endpointId, timer, taken }));
    },
    passPlace(deliveryId) {
      const one = ahead.get(deliveryId);
      const isHeld = one?.place !== undefined;
      if (one) one.place = undefined;
      return isHeld;
    },
    async claim(request) {
      return (request.number === 1 && (await take(request.deliveryId))) || writes.claim(request);
    },
    giveBack,
    async stop() {
      await Promise.allSettled([...ahead.keys()].map(giveBack));
    },
  };
}
