import { setTimeout as delay } from 'node:timers/promises';
import { makeAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt-input.ts';
import type { BurstDeps } from './deps.ts';
import { createJoining } from './joining.ts';
import type { Rider } from './task-room.ts';

/** A first attempt that a burst is to make. */
export interface Carried extends Rider {
  deliveryId: string;
  /** The burst's workflow id. */
  burst: string;
}

/** The burst has nothing more to do about it. */
export type NotMade =
  /** Another workflow makes this attempt. */
  | { kind: 'elsewhere' }
  /** It waits for room at its endpoint, as a row; another burst carries it when there is some. */
  | { kind: 'parked' };

/** How often one asks for room at its endpoint, the attempts of other workers there included, before it is parked. */
const MOST_ASKS = 4;
const ASK_AGAIN_AFTER_MS = 500;

/** For a workflow of its own, which may wait longer. */
const ALONE = { kind: 'due' } as const;

/**
 * One attempt of a burst. It waits for its turn at its endpoint as long as that answers quickly, for to be parked and
 * woken costs more than such an attempt does.
 */
export function createCarriedAttempt(deps: BurstDeps) {
  const { turns, taskRoom } = deps;
  const joined = createJoining<AttemptResult | NotMade>();

  async function carry({ deliveryId, endpointId, burst }: Carried): Promise<AttemptResult | NotMade> {
    const ask = (parks: boolean) => makeAttempt(deps, { deliveryId, number: 1, burst, parks });
    for (let asks = 1; ; asks++) {
      const waits = asks < MOST_ASKS && !(taskRoom.isSlow(endpointId) && turns.isFull(endpointId));
      const made = waits
        ? await turns.inTurn(endpointId, () => ask(taskRoom.isSlow(endpointId)), {
            otherwise: () => ({ kind: 'crowded' }) as const,
          })
        : await ask(true);
      switch (made.kind) {
        case 'crowded':
          if (!turns.isFull(endpointId)) await delay(ASK_AGAIN_AFTER_MS);
          continue;
        case 'under_way':
          // Begun by this very burst, in a process that died.
          return made.burst === burst ? ALONE : { kind: 'elsewhere' };
        default:
          return made;
      }
    }
  }

  return function attempt(carried: Carried): Promise<AttemptResult | NotMade> {
    return joined(carried.deliveryId, () => carry(carried));
  };
}
