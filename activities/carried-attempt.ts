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

/** Another workflow makes this attempt: the burst has nothing more to do about it. */
export interface Elsewhere {
  kind: 'elsewhere';
}

/** How often one asks for room at its endpoint, the attempts of other workers there included, before it goes on alone. */
const MOST_ASKS = 4;
const ASK_AGAIN_AFTER_MS = 500;

/** For a workflow of its own, which may be parked or wait longer. */
const ALONE = { kind: 'due' } as const;

/**
 * One attempt of a burst. It waits for its turn at its endpoint as long as that answers quickly; a burst is many,
 * and to park each of them would cost more than their attempts do.
 */
export function createCarriedAttempt(deps: BurstDeps) {
  const { turns, taskRoom } = deps;
  const joined = createJoining<AttemptResult | Elsewhere>();

  async function carry({ deliveryId, endpointId, burst }: Carried): Promise<AttemptResult | Elsewhere> {
    for (let asks = 0; asks < MOST_ASKS; asks++) {
      if (taskRoom.isSlow(endpointId)) return ALONE;
      const make = () => makeAttempt(deps, { deliveryId, number: 1, burst });
      const made = await turns.inTurn(endpointId, make, () => ({ kind: 'crowded' }) as const);
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
    return ALONE;
  }

  return function attempt(carried: Carried): Promise<AttemptResult | Elsewhere> {
    return joined(carried.deliveryId, () => carry(carried));
  };
}
