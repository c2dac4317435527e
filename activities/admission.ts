import type { AttemptInput, AttemptResult } from './attempt-input.ts';
import type { ActivityDeps } from './deps.ts';
import { heartbeating } from './heartbeating.ts';
import { createJoining } from './joining.ts';

/**
 * When an attempt that was asked for may begin in this process: one that is under way already is not begun again
 * (a process that stood still is asked twice), one inside a workflow task needs room there, and those at one
 * endpoint take turns.
 */
export function createAdmission({ taskRoom, turns, takeAhead, heartbeat }: ActivityDeps) {
  const joined = createJoining<AttemptResult>();

  function begin(
    { whose, inTask, woken }: AttemptInput,
    make: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    if (!whose) return make();
    const ride = (work: () => Promise<AttemptResult>) =>
      inTask ? taskRoom.ride(whose, work, { kind: 'due', apart: true }) : work();
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
    return (await takeAhead?.(input.deliveryId, input.number)) ?? begin(input, make);
  }

  return function admit(input: AttemptInput, make: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const work = () => joined(`${input.deliveryId} ${input.number}`, () => joinOrBegin(input, make));
    return input.inTask ? work() : heartbeating(heartbeat, work);
  };
}
