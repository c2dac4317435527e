import type { CommittedDelivery } from '../domain/delivery.ts';
import { createFairLine, type FairLine } from './fair-line.ts';
import type { Lane } from './lanes.ts';

/** Deliveries waiting in memory, of each kind; more are left in the outbox for the sweep, which takes the oldest. */
const MAX_WAITING = 10_000;
const MAX_SWEPT = 8000;

/** Deliveries that wait to be started, by their lanes. Those of an account that has too many are left to the sweep. */
export interface Waiting {
  readonly lines: Readonly<Record<Lane, FairLine<CommittedDelivery>>>;
  /** Takes one that was just committed, unless its account is behind. */
  add(delivery: CommittedDelivery): void;
  /**
   * Takes those that the sweep found.
   *
   * @param more whether it left, or may have left, some of those that were left to it
   */
  addSwept(deliveries: readonly CommittedDelivery[], more: boolean): void;
  /** Those that wait, or were taken from their lines, are not added again until they are forgotten. */
  forget(delivery: CommittedDelivery): void;
  /** Whether some were left to the sweep of late. */
  overflows(): boolean;
  /** How many it takes of the sweep: of those that a burst has handed over, or of the others. */
  room(handedOver: boolean): number;
}

export function createWaiting(laneOf: (delivery: CommittedDelivery) => Lane): Waiting {
  const lines = {
    quick: createFairLine<CommittedDelivery>(),
    gathering: createFairLine<CommittedDelivery>(),
    later: createFairLine<CommittedDelivery>(),
  };
  /** Waiting here, being started, or in a burst: the sweep finds them in the outbox, too. */
  const known = new Set<string>();
  /** Accounts whose newest deliveries are left to the sweep. */
  const overflowing = new Set<string>();

  function enqueue(delivery: CommittedDelivery): void {
    if (known.has(nameOf(delivery))) return;
    known.add(nameOf(delivery));
    const line = lines[laneOf(delivery)];
    line.push(delivery.accountId, delivery);
    const dropped = line.length > MAX_WAITING ? line.dropLatest() : undefined;
    if (!dropped) return;
    known.delete(nameOf(dropped));
    overflowing.add(dropped.accountId);
  }

  return {
    lines,
    add(delivery) {
      if (!overflowing.has(delivery.accountId)) enqueue(delivery);
    },
    addSwept(deliveries, more) {
      if (!more) overflowing.clear();
      for (const delivery of deliveries) enqueue(delivery);
    },
    forget: (delivery) => void known.delete(nameOf(delivery)),
    overflows: () => overflowing.size > 0,
    room: (handedOver) =>
      MAX_SWEPT - (handedOver ? lines.later.length : lines.quick.length + lines.gathering.length),
  };
}

/** One that is handed over, or was woken, once or again, may still be in its burst, too. */
function nameOf({ id, handedOver, wokenAt }: CommittedDelivery): string {
  return [id, handedOver && 'goes on', wokenAt?.toISOString()].filter(Boolean).join(' ');
}
