import { CancellationScope, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CarriedLog } from '../src/domain/burst.ts';
import { inThisTask, manyInThisTask } from './activities.ts';
import { type BurstInput, type BurstSummary, carriedLog } from './burst-messages.ts';

/**
 * The first attempts of many deliveries that wait, made together. Each has its own claim, signature, deadline,
 * outcome and record; one that its first attempt does not settle goes on as a workflow `delivery` of its own.
 */
export async function burst({ deliveries }: BurstInput): Promise<BurstSummary> {
  const { workflowId: burst } = workflowInfo();
  let log: CarriedLog = {};
  setHandler(carriedLog, () => log);
  const { attemptEach } = manyInThisTask('first attempts');
  const { record, handOver } = inThisTask();

  // Not cancellable: POSTs that are under way are finished and recorded first.
  return CancellationScope.nonCancellable(async () => {
    const made = await attemptEach({ burst, deliveries });
    log = made.log;
    await Promise.all(made.unrecorded.map(record));
    const goOn = made.unrecorded.filter(({ step }) => step.kind !== 'settled');
    if (goOn.length > 0) await handOver({ burst, deliveryIds: goOn.map(({ deliveryId }) => deliveryId) });
    // Absent in histories from before there was such a thing.
    const { settled, handedOver, parked = 0 } = made;
    const waits = parked > 0 ? ` ${parked} wait for room at their endpoints, and for another burst.` : '';
    setCurrentDetails(
      `${settled} ended with their first attempt; ${handedOver} go on by themselves.${waits}`,
    );
    return { settled, handedOver, parked };
  });
}
