import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionStatusName,
  WorkflowNotFoundError,
} from '@temporalio/client';
import * as messages from '../../workflows/messages.ts';
import type { recovery } from '../../workflows/recovery.ts';
import type { CommittedRecovery, RecoveryWish } from '../domain/recovery.ts';

/** How long one call to Temporal may take before it counts as away. */
const CALL_DEADLINE_MS = 10_000;

/** What the product asks of Temporal about recoveries. */
export interface RecoveryWorkflows {
  /** Starts a recovery's workflow; one that was started before, even if it has ended, counts as started. */
  start(recovery: CommittedRecovery): Promise<void>;
  /** Tells it what somebody wants; false when there is no such running workflow. */
  signal(recoveryId: string, wish: RecoveryWish, by: string): Promise<boolean>;
  /** How its workflow stands in Temporal; undefined when Temporal does not know it. */
  state(recoveryId: string): Promise<WorkflowExecutionStatusName | undefined>;
}

export function createRecoveryWorkflows(
  client: Client,
  { taskQueue }: { taskQueue: string },
): RecoveryWorkflows {
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + CALL_DEADLINE_MS, call);

  return {
    async start({ id, accountId, endpointId }) {
      try {
        await within(() =>
          client.workflow.start<typeof recovery>('recovery', {
            workflowId: id,
            taskQueue,
            args: [{ recoveryId: id }],
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: `what did not arrive at ${endpointId}`,
            typedSearchAttributes: [
              { key: messages.AccountId, value: accountId },
              { key: messages.EndpointId, value: endpointId },
            ],
          }),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async signal(recoveryId, wish, by) {
      try {
        await within(() => client.workflow.getHandle(recoveryId).signal(wish, { by }));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    async state(recoveryId) {
      try {
        const { status } = await within(() => client.workflow.getHandle(recoveryId).describe());
        return status.name;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
  };
}
