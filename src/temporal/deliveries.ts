import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { delivery } from '../../workflows/delivery.ts';
import * as messages from '../../workflows/messages.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { insertedByTime, type LogEntry } from '../domain/story.ts';
import { dateOf } from './timestamp.ts';

/** How long one call to Temporal may take before it counts as away. */
const CALL_DEADLINE_MS = 10_000;
/** A log is also in Postgres, so its reader does not wait long for the workflow's own. */
const QUERY_DEADLINE_MS = 3000;

/** What the product asks of Temporal about deliveries. */
export interface DeliveryWorkflows {
  /**
   * Starts a delivery's workflow; one that was started before counts as started.
   *
   * @param options.again also when one was started and has failed, was terminated or cancelled
   * @returns `runsHere`: its first task has come to this process with the answer
   */
  start(delivery: CommittedDelivery, options?: { again?: boolean }): Promise<{ runsHere: boolean }>;
  /** Sends a signal; false when there is no such running workflow. */
  signal(deliveryId: string, signal: DeliverySignal): Promise<boolean>;
  /** The workflow's own log; undefined when Temporal or its workers cannot answer now, or have it no longer. */
  log(deliveryId: string): Promise<LogEntry[] | undefined>;
}

export type DeliverySignal =
  | ({ name: 'retryNow' } & messages.RetryNow)
  | ({ name: 'cancel' } & messages.Cancel)
  | ({ name: 'reschedule' } & messages.Reschedule)
  | ({ name: 'endpointChanged' } & messages.EndpointChanged)
  | ({ name: 'proceed' } & messages.Proceed);

/** Temporal takes 64 bytes; ids of accounts are ASCII, and two that share as much share their turns. */
function fairnessKeyOf(accountId: string): string {
  return accountId.slice(0, 64);
}

/**
 * @param options.eager whether a worker of this process can take the first workflow task straight away
 */
export function createDeliveryWorkflows(
  client: Client,
  { taskQueue, eager }: { taskQueue: string; eager: () => boolean },
): DeliveryWorkflows {
  const within = <T>(deadlineMs: number, call: () => Promise<T>) =>
    client.withDeadline(Date.now() + deadlineMs, call);

  return {
    async start({ id, accountId, endpointId, eventType, deliverAt }, { again = false } = {}) {
      try {
        const { eagerlyStarted } = await within(CALL_DEADLINE_MS, () =>
          client.workflow.start<typeof delivery>('delivery', {
            workflowId: id,
            taskQueue,
            args: [{ deliveryId: id, ...(deliverAt && { deliverAt: deliverAt.toISOString() }) }],
            requestEagerStart: eager(),
            workflowIdReusePolicy: again ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'REJECT_DUPLICATE',
            // Tasks that wait for a worker are taken from the accounts in turn.
            priority: { fairnessKey: fairnessKeyOf(accountId) },
            staticSummary: `${eventType} to ${endpointId}`,
            typedSearchAttributes: [
              { key: messages.AccountId, value: accountId },
              { key: messages.EndpointId, value: endpointId },
              { key: messages.EventType, value: eventType },
              { key: messages.DeliveryStatusKey, value: 'pending' },
            ],
          }),
        );
        return { runsHere: eagerlyStarted };
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        return { runsHere: false };
      }
    },

    async signal(deliveryId, { name, ...args }) {
      try {
        await within(CALL_DEADLINE_MS, () => client.workflow.getHandle(deliveryId).signal(name, args));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    async log(deliveryId) {
      try {
        const handle = client.workflow.getHandle(deliveryId);
        const told = within(QUERY_DEADLINE_MS, async () => {
          const [entries, { raw }] = await Promise.all([handle.query(messages.log), handle.describe()]);
          const reset = raw.workflowExtendedInfo?.lastResetTime;
          return reset ? withReset(entries, dateOf(reset)) : entries;
        });
        // The worker's connection repeats a call that failed, and gives each repeat the whole deadline again.
        return await Promise.race([told, delay(QUERY_DEADLINE_MS, undefined, { ref: false })]);
      } catch (error) {
        if (error instanceof QueryNotRegisteredError) throw error;
        return undefined;
      }
    },
  };
}

/** A run that a reset began does not know it: it tells its story as if from the first. */
function withReset(entries: LogEntry[], at: Date): LogEntry[] {
  return insertedByTime(entries, {
    at: at.toISOString(),
    kind: 'changed',
    change: 'reset',
    by: 'temporal',
  });
}
