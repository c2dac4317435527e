import { makeAttempt } from './attempt.ts';
import type { AttemptEachInput, MadeEach } from './attempt-each-input.ts';
import type { AttemptResult } from './attempt-input.ts';
import type { BurstDeps } from './deps.ts';
import { createKept } from './kept.ts';
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
  /** Begins the attempts of a burst whose activity will soon come here. Never throws. */
  beginEach(burst: AttemptEachInput): void;
  /** What comes of an attempt that was begun ahead, once; undefined where none was, or it could not be made. */
  take(deliveryId: string, number: number): Promise<AttemptResult | undefined> | undefined;
  /** The same of the attempts of a burst. @throws what kept them from being made */
  takeEach(burst: string): Promise<MadeEach> | undefined;
  /** Waits for what is under way and nobody has come for. */
  stop(): Promise<void>;
}

/** So long an outcome waits here for its activity, which is told by the database later. */
const KEPT_FOR_MS = 500;

/** @param attemptEach makes those of a burst */
export function createAttemptsAhead(
  deps: BurstDeps,
  attemptEach: (burst: AttemptEachInput) => Promise<MadeEach>,
): AttemptsAhead {
  const { writes, taskRoom, turns, logger } = deps;
  const alone = createKept<AttemptResult | undefined>(KEPT_FOR_MS, (result) => result?.kind === 'unrecorded');
  const each = createKept<MadeEach>(KEPT_FOR_MS, ({ unrecorded }) => unrecorded.length > 0);

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
        alone.keep(id, made);
      });
    },
    beginEach: (burst) => each.keep(burst.burst, attemptEach(burst)),
    take: (deliveryId, number) => (number === 1 ? alone.take(deliveryId) : undefined),
    takeEach: each.take,
    async stop() {
      await Promise.all([alone.ended(), each.ended()]);
    },
  };
}
