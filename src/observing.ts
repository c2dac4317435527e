import type { MadeAttempt } from '../activities/made-attempt.ts';
import type { Ingested, NewEvent } from './db/new-event.ts';
import type { Meters } from './metrics/meters.ts';
import type { BurstWorkflows } from './temporal/bursts.ts';
import type { DeliveryWorkflows } from './temporal/deliveries.ts';
import type { Tracing } from './tracing/tracing.ts';

/** Has what a process does counted, and traced where somebody wants that; it is done as it would be otherwise. */
export function observing(meters: Meters, tracing: Tracing | undefined) {
  return {
    attempted(made: MadeAttempt): void {
      meters.attempted(made);
      tracing?.attempted(made);
    },
    ingest: (ingest: (event: NewEvent) => Promise<Ingested>) => (event: NewEvent) =>
      meters.ingest(tracing ? tracing.accept(event, ingest) : ingest(event)),
    workflows: (workflows: DeliveryWorkflows): DeliveryWorkflows => ({
      ...workflows,
      start(delivery, options) {
        const starting = meters.start('delivery', workflows.start(delivery, options));
        return tracing ? tracing.start('workflow', [delivery], starting) : starting;
      },
    }),
    bursts: (bursts: BurstWorkflows): BurstWorkflows => ({
      start(deliveries) {
        const starting = meters.start('burst', bursts.start(deliveries));
        return tracing ? tracing.start('burst', deliveries, starting) : starting;
      },
    }),
  };
}
