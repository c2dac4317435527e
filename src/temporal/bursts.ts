import { randomUUID } from 'node:crypto';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { AttemptEachInput } from '../../activities/attempt-each-input.ts';
import type { burst } from '../../workflows/burst.ts';
import { DeliveryIds } from '../../workflows/messages.ts';
import { type Carriage, carriageOf } from '../domain/burst.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';

/** How long one call to Temporal may take before it counts as away. */
const CALL_DEADLINE_MS = 10_000;
/** gRPC's status for what a server refuses to take. */
const INVALID_ARGUMENT = 3;

/** What the product asks of Temporal about bursts. */
export interface BurstWorkflows {
  /**
   * Starts one workflow for the first attempts of many deliveries.
   *
   * @returns `runsHere`: what is to be attempted, when its first task has come to this process with the answer; `ended`
   *   settles when it is over
   */
  start(
    deliveries: readonly CommittedDelivery[],
  ): Promise<{ runsHere?: AttemptEachInput | undefined; ended: Promise<void> }>;
}

/**
 * @param options.eager whether a worker of this process can take the first workflow task straight away
 */
export function createBurstWorkflows(
  client: Client,
  { taskQueue, eager, logger }: { taskQueue: string; eager: () => boolean; logger: Logger },
): BurstWorkflows {
  /** Whether the server takes a search attribute as long as the ids of a large burst. */
  let takesIds = true;

  function startOne(ids: string[], carriage: Carriage) {
    return client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflow.start<typeof burst>('burst', {
        workflowId: `burst_${randomUUID().replaceAll('-', '')}`,
        taskQueue,
        args: [{ deliveries: carriage }],
        requestEagerStart: eager(),
        staticSummary: `${ids.length} first attempts`,
        ...(takesIds && { typedSearchAttributes: [{ key: DeliveryIds, value: ids }] }),
      }),
    );
  }

  return {
    async start(deliveries) {
      const ids = deliveries.map(({ id }) => id);
      const carriage = carriageOf(deliveries);
      const handle = await startOne(ids, carriage).catch((error: unknown) => {
        if (!takesIds || !isTooLong(error)) throw error;
        takesIds = false;
        logger.warn(
          "bursts are not found by DeliveryIds: raise the Temporal server's frontend.searchAttributesSizeOfValueLimit to 16384",
        );
        return startOne(ids, carriage);
      });
      const ended = handle.result().then(
        () => undefined,
        () => undefined,
      );
      const runsHere = handle.eagerlyStarted ? { burst: handle.workflowId, deliveries: carriage } : undefined;
      return { runsHere, ended };
    },
  };
}

function isTooLong(error: unknown): boolean {
  const cause = (error as { cause?: unknown }).cause ?? error;
  return (
    isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT && /search ?attribute/i.test(cause.details)
  );
}
