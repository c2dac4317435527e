import type { Settled } from '../src/domain/delivery.ts';
import type { ActivityDeps } from './deps.ts';

/** Ends a delivery by somebody's wish. A delivery that is already over keeps its ending, which is returned. */
export function createSettle({ writes }: ActivityDeps) {
  return function settle(input: { deliveryId: string; status: 'cancelled' }): Promise<Settled> {
    return writes.settle(input.deliveryId, input.status);
  };
}
