import type { AttemptInput, AttemptResult } from './attempt.ts';
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

  return async function admit(
    { deliveryId, number, whose, inTask }: AttemptInput,
    make: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    const name = `${deliveryId} ${number}`;
    const beating = inTask ? undefined : setInterval(heartbeat, HEARTBEAT_INTERVAL_MS);
    try {
      const joined = underWay.get(name);
      if (joined) return await joined;
      const inTurn = whose ? () => turns.inTurn(whose.endpointId, make) : make;
      const result = whose && inTask ? taskRoom.ride(whose, inTurn, { kind: 'due', apart: true }) : inTurn();
      underWay.set(name, result);
      const forget = () => underWay.delete(name);
      result.then(forget, forget);
      return await result;
    } finally {
      clearInterval(beating);
    }
  };
}
