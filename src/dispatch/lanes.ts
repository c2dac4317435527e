import type { CommittedDelivery } from '../domain/delivery.ts';
import { createPace, createPaces, type Pace } from './pace.ts';

/**
 * How a delivery goes out. `quick`: at once, in a workflow of its own; `gathering`: in the next burst; `later`: in a
 * workflow of its own, in its time, for it sleeps first.
 */
export type Lane = 'quick' | 'gathering' | 'later';

export interface Lanes {
  laneOf(delivery: CommittedDelivery): Lane;
  /** Whether an account sends more than its pace by itself. */
  floods(accountId: string): boolean;
  /** At which those of the lane `later` are started. */
  laterPace: Pace;
}

/**
 * Deliveries go out quickly as long as workflows can be started one by one. When more come, those of the accounts that
 * send most are gathered: an account keeps its place in the quick lane while it keeps to the pace by itself, and all
 * such accounts together do.
 *
 * @param options.startsPerS workflows that may be started one by one in the long run, in each lane
 * @param options.alwaysTogether nothing goes out quickly
 */
export function createLanes({
  startsPerS,
  alwaysTogether,
}: {
  startsPerS: number;
  alwaysTogether: boolean;
}): Lanes {
  const paceOf = createPaces(startsPerS);
  const quickPace = createPace(startsPerS);
  const floods = (accountId: string) => !paceOf(accountId).bears(1);
  return {
    // Hundreds may be handed over at once, and have their times ahead: they begin in step.
    laterPace: createPace(startsPerS, 4),
    floods,
    laneOf({ accountId, handedOver, deliverAt, wokenAt }) {
      if (handedOver || deliverAt) return 'later';
      // At an endpoint as busy as it may be nobody goes out quickly.
      if (wokenAt || alwaysTogether) return 'gathering';
      const isTooMuch = floods(accountId);
      paceOf(accountId).spend(1);
      if (isTooMuch) return 'gathering';
      const keepsUp = quickPace.bears(1);
      quickPace.spend(1);
      return keepsUp ? 'quick' : 'gathering';
    },
  };
}
