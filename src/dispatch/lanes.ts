import { availableParallelism } from 'node:os';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { createPace, createPaces, type Pace } from './pace.ts';

/** A workflow costs 32 ms of CPU: one by one they take 40 % of the machine at most. */
export const STARTS_PER_S = 12 * availableParallelism();

/**
 * How a delivery goes out. `quick`: at once, in a workflow of its own; `gathering`: in the next burst; `later`: in a
 * workflow of its own, in its time, for it sleeps first.
 */
export type Lane = 'quick' | 'gathering' | 'later';

export interface Lanes {
  laneOf(delivery: CommittedDelivery): Lane;
  /** At which those of the lane `later` are started. */
  laterPace: Pace;
}

/**
 * Deliveries go out quickly as long as workflows can be started one by one. When more come, those of the accounts that
 * send most are gathered: an account keeps its place in the quick lane while it keeps to the pace by itself, and all
 * such accounts together do.
 */
export function createLanes({ always = false }: { always?: boolean } = {}): Lanes {
  const paceOf = createPaces(STARTS_PER_S);
  const quickPace = createPace(STARTS_PER_S);
  return {
    laterPace: createPace(STARTS_PER_S),
    laneOf({ accountId, handedOver, deliverAt }) {
      if (handedOver || deliverAt) return 'later';
      if (always) return 'gathering';
      const pace = paceOf(accountId);
      const floods = !pace.bears(1);
      pace.spend(1);
      if (floods) return 'gathering';
      const keepsUp = quickPace.bears(1);
      quickPace.spend(1);
      return keepsUp ? 'quick' : 'gathering';
    },
  };
}
