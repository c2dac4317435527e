import { makeAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt-input.ts';
import type { BurstDeps } from './deps.ts';
import type { Rider } from './task-room.ts';

/**
 * Makes first attempts while their workflows, which are started and run in this process, are still on their way to
 * their activities: that takes longer than to claim, sign and send. The activity joins the attempt that is under way.
 */
export interface AttemptsAhead {
  /**
   * Begins the first attempt of a delivery whose activity will soon come here. Never throws.
   *
   * @returns settles when the attempt is claimed, or is not to be made; undefined where nothing is begun
   */
  begin(delivery: Rider & { id: string }): Promise<void> | undefined;
  /** What comes of an attempt that was begun ahead, once; undefined where none was, or it could not be made. */
  take(deliveryId: string, number: number): Promise<AttemptResult | undefined> | undefined;
  /** Waits for what is under way and nobody has come for. */
  stop(): Promise<void>;
}

/** So long an outcome waits here for its activity, which is told by the database later; one that could not be recorded longer. */
const KEPT_FOR_MS = { recorded: 500, unrecorded: 60_000 };

export function createAttemptsAhead(deps: BurstDeps): AttemptsAhead {
  const { writes, taskRoom, turns, logger } = deps;
  const ahead = new Map<string, Promise<AttemptResult | undefined>>();

  async function make(deliveryId: string, claimed: () => void): Promise<AttemptResult | undefined> {
    const claim: typeof writes.claim = (request) => writes.claim(request).finally(claimed);
    const made = await makeAttempt({ ...deps, writes: { ...writes, claim } }, { deliveryId, number: 1 });
    switch (made.kind) {
      case 'under_way':
      case 'crowded':
      case 'parked':
        return undefined;
      default:
        return made;
    }
  }

  return {
    begin({ id, accountId, endpointId }) {
      const rider = { accountId, endpointId };
      // There it goes out as an activity of its own, or waits for its turn.
      if (!taskRoom.hasRoomFor(rider) || !turns.hold(endpointId)) return undefined;
      return new Promise((claimed) => {
        const made = taskRoom
          .ride(rider, () => make(id, claimed), undefined)
          .catch((error: unknown) => {
            logger.warn({ deliveryId: id, err: error }, 'an attempt is made by its activity after all');
            return undefined;
          })
          .finally(() => {
            turns.leave(endpointId);
            claimed();
          });
        ahead.set(id, made);
        void made.then((result) => {
          const keptMs = result?.kind === 'unrecorded' ? KEPT_FOR_MS.unrecorded : KEPT_FOR_MS.recorded;
          setTimeout(() => ahead.delete(id), keptMs).unref();
        });
      });
    },
    take(deliveryId, number) {
      if (number !== 1) return undefined;
      const made = ahead.get(deliveryId);
      ahead.delete(deliveryId);
      return made;
    },
    async stop() {
      await Promise.all(ahead.values());
    },
  };
}
