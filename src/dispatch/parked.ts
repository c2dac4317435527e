import type { Pool } from 'pg';
import { crowdedEndpoints, wakeParked } from '../db/parking.ts';
import type { Duty } from './duties.ts';
import type { Relay } from './relay.ts';

/** Endpoints whose locks one look takes at a time. */
const ENDPOINTS_AT_ONCE = 50;

/**
 * Lets through whoever still waits at an endpoint that has room: the process that made the room died, or the one
 * that was told to go on never came.
 */
export function parkedDuty({ pool, relay }: { pool: Pool; relay: Pick<Relay, 'poke'> }): Duty {
  return {
    name: 'parked',
    everyMs: 10_000,
    async run() {
      const crowded = await crowdedEndpoints(pool);
      let woken = 0;
      while (crowded.length > 0) {
        // An endpoint that somebody has locked is looked at the next time: it shall hold up no others.
        const looked = await wakeParked(pool, crowded.splice(0, ENDPOINTS_AT_ONCE), 'skip');
        woken += looked.woken;
      }
      if (woken > 0) relay.poke();
    },
  };
}
