import { availableParallelism } from 'node:os';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { createPace, createPaces, MOST_SAVED, type Pace } from './pace.ts';

/** Beside others an account has so many at once go out quickly: they take the machine for a twentieth of a second. */
const AT_ONCE_BESIDE_OTHERS = Math.min(MOST_SAVED, 2 * availableParallelism());

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
 * such accounts together do. Those that spare theirs keep it a little longer, so that one that begins to flood does not
 * push them out.
 *
 * @param options.startsPerS workflows that may be started one by one in the long run, in each lane
 * @param options.alwaysTogether nothing goes out quickly
 * @param options.isBesideOthers whether something of others than this account goes out quickly, default: it does not
 */
export function createLanes({
  startsPerS,
  alwaysTogether,
  isBesideOthers = () => false,
}: {
  startsPerS: number;
  alwaysTogether: boolean;
  isBesideOthers?: (accountId: string) => boolean;
}): Lanes {
  const paceOf = createPaces(startsPerS);
  const quickPace = createPace(startsPerS);
  /** In the pace of all together, for those that have most of their own left. */
  const kept = startsPerS / 2;
  return {
    // Hundreds may be handed over at once, and have their times ahead: they begin in step.
    laterPace: createPace(startsPerS, 4),
    floods: (accountId) => !paceOf(accountId).bears(1),
    laneOf({ accountId, handedOver, deliverAt, wokenAt }) {
      if (handedOver || deliverAt) return 'later';
      // At an endpoint as busy as it may be nobody goes out quickly.
      if (wokenAt || alwaysTogether) return 'gathering';
      const pace = paceOf(accountId);
      const atOnce = isBesideOthers(accountId) ? AT_ONCE_BESIDE_OTHERS : MOST_SAVED;
      const isTooMuch = !pace.bears(MOST_SAVED - atOnce + 1);
      const keepsUp = quickPace.bears(pace.bears(MOST_SAVED / 2) ? 1 - kept : 1);
      pace.spend(1);
      if (isTooMuch) return 'gathering';
      quickPace.spend(1);
      return keepsUp ? 'quick' : 'gathering';
    },
  };
}
