import { readMade } from '../src/db/claim.ts';
import type { AttemptInput, AttemptResult } from './attempt-input.ts';
import type { ActivityDeps } from './deps.ts';
import { heartbeating } from './heartbeating.ts';
import { createJoining } from './joining.ts';

const APART = { kind: 'due', apart: true } as const;

/**
 * When an attempt that was asked for may begin in this process: one that is under way already is not begun again
 * (a process that stood still is asked twice), one inside a workflow task needs room there unless it was made before, and
 * those at one endpoint take turns.
 */
export function createAdmission({ pool, taskRoom, turns, ahead, heartbeat }: ActivityDeps) {
  const joined = createJoining<AttemptResult>();

  function begin(
    { deliveryId, number, whose, inTask, woken }: AttemptInput,
    make: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    if (!whose) return make();
    const ride = async (work: () => Promise<AttemptResult>) => {
      if (!inTask) return work();
      const rode = await taskRoom.ride(whose, work, undefined);
      // By a burst, or by a workflow that was lost: to be told of it takes no room, and no activity of its own.
      return rode ?? (await readMade(pool, deliveryId, number)) ?? APART;
    };
    // At its endpoint there is room for who was told so.
    if (woken) return ride(make);
    // To be parked takes no room.
    const isBusy = turns.isFull(whose.endpointId) && taskRoom.isSlow(whose.endpointId);
    if (isBusy) return make();
    return ride(() => turns.inTurn(whose.endpointId, make));
  }

  async function joinOrBegin(
    input: AttemptInput,
    make: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    return (await ahead?.take(input.deliveryId, input.number)) ?? begin(input, make);
  }

  return function admit(input: AttemptInput, make: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const work = () => joined(`${input.deliveryId} ${input.number}`, () => joinOrBegin(input, make));
    return input.inTask ? work() : heartbeating(heartbeat, work);
  };
}
