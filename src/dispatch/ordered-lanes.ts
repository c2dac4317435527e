import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { failWaiting, releaseWaiting } from '../db/lane-waits.ts';
import { type LanesToMove, lanesToMove, letOverdueGo, passTurns } from '../db/ordered-lanes.ts';
import { inTransaction } from '../db/pool.ts';
import type { Duty } from './duties.ts';
import type { Relay } from './relay.ts';

/** Deliveries, or lanes, that one statement moves. */
const AT_ONCE = 200;
/** How often each endpoint has its turn in one round of the duty; it comes round again. */
const MOST_TURNS = 50;

export interface OrderedLanes {
  /** Lets the next ones go, where a delivery of a lane has just ended. Never throws, never waits. */
  passOn(): void;
  /** Does it where the process died before, and moves the lanes on whose time has come. */
  duty: Duty;
  /** Lets nobody go any more, and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Moves ordered lanes on. That a delivery of a lane has ended is written down with its end; to let the next one go is a
 * small statement of its own, gathered while one is in flight, and the relay is offered what it lets go.
 */
export function createOrderedLanes({
  pool,
  relay,
  logger,
}: {
  pool: Pool;
  relay: Pick<Relay, 'offer'>;
  logger: Logger;
}): OrderedLanes {
  let passing: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  async function passAll(): Promise<void> {
    do {
      again = false;
      const { letGo, turns } = await passTurns(pool, AT_ONCE);
      relay.offer(letGo);
      again ||= turns === AT_ONCE;
    } while (again && !stopped);
  }

  /** Moves some on at an endpoint; whether there may be more. */
  async function move({ endpointId, move: how }: LanesToMove): Promise<boolean> {
    if (how === 'fail')
      return (await inTransaction(pool, (db) => failWaiting(db, endpointId, AT_ONCE))) === AT_ONCE;
    const letGo =
      how === 'advance'
        ? await letOverdueGo(pool, endpointId, AT_ONCE)
        : await inTransaction(pool, (db) => releaseWaiting(db, endpointId, AT_ONCE));
    relay.offer(letGo);
    return letGo.length === AT_ONCE;
  }

  function passOn(): void {
    if (stopped) return;
    again = true;
    passing ??= passAll()
      .catch((error) => {
        again = false;
        logger.warn({ err: error }, 'could not move ordered lanes on yet; a duty will');
      })
      .finally(() => {
        passing = undefined;
        // Asked for after the last look.
        if (again) passOn();
      });
  }

  return {
    passOn,
    duty: {
      name: 'ordered-lanes',
      everyMs: 1000,
      async run() {
        let left = await lanesToMove(pool);
        for (let turn = 0; turn === 0 || (left.length > 0 && turn < MOST_TURNS); turn++) {
          await passAll();
          const more: LanesToMove[] = [];
          for (const lanes of left) if (await move(lanes)) more.push(lanes);
          left = more;
        }
      },
    },
    async stop() {
      stopped = true;
      while (passing) await passing;
    },
  };
}
