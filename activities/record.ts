import type { Settled, Waiting } from '../src/domain/delivery.ts';
import type { RecordInput } from './attempt-input.ts';
import type { ActivityDeps } from './deps.ts';

/** Writes down an attempt that the `attempt` activity could not. Repeated until it is written. */
export function createRecord({ writes }: ActivityDeps) {
  return async function record({
    deliveryId,
    number,
    try: tryNumber,
    step,
  }: RecordInput): Promise<Settled | Waiting> {
    const { attempt } = step;
    await writes.record({
      deliveryId,
      number,
      try: tryNumber,
      durationMs: attempt?.durationMs ?? 0,
      responseStatus: attempt?.responseStatus,
      step,
    });
    return step;
  };
}
