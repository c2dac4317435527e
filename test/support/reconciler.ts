import type { Pool } from 'pg';
import { createDeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createReconciler, type Reconciler } from '../../src/dispatch/reconcile.ts';
import { createLogger } from '../../src/log.ts';
import { createDeliveryWorkflows } from '../../src/temporal/deliveries.ts';
import { createDeliveryRuns } from '../../src/temporal/delivery-runs.ts';
import type { Posthaste } from './posthaste.ts';

/** As a product's own, but it looks when it is told to. */
export function reconcilerOf(
  { client, taskQueue }: Pick<Posthaste, 'client' | 'taskQueue'>,
  pool: Pool,
  options: Parameters<typeof createReconciler>[1],
  parts: Partial<Parameters<typeof createReconciler>[0]> = {},
): Reconciler {
  return createReconciler(
    {
      pool,
      writes: createDeliveryWrites(pool),
      workflows: createDeliveryWorkflows(client, { taskQueue, eager: () => false }),
      runs: createDeliveryRuns(client, { taskQueue }),
      logger: createLogger('fatal'),
      ...parts,
    },
    options,
  );
}
