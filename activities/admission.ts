import type { AttemptInput, AttemptResult } from './attempt-input.ts';
import type { ActivityDeps } from './deps.ts';

/** How often an attempt that takes long tells Temporal that its worker lives; it is missed after 15 s. */
const HEARTBEAT_INTERVAL_MS = 5000;

/**
 * When an attempt that was asked for may begin in this process: one that is under way already is not begun again
 * (a process that stood still is asked twice), one inside a workflow task needs room there, and those at one
 * endpoint take turns.
 */
export function createAdmission({ taskRoom, turns, heartbeat }: ActivityDeps) {
  const underWay = new Map<string, Promise<AttemptResult>>();

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

  return async function admit(
    input: AttemptInput,
    make: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    const name = `${input.deliveryId} ${input.number}`;
    const beating = input.inTask ? undefined : setInterval(heartbeat, HEARTBEAT_INTERVAL_MS);
    try {
      const joined = underWay.get(name);
      if (joined) return await joined;
      const result = begin(input, make);
      underWay.set(name, result);
      const forget = () => underWay.delete(name);
      result.then(forget, forget);
      return await result;
    } finally {
      clearInterval(beating);
    }
  };
}
