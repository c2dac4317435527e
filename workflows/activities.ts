import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type RetryPolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { AttemptInput } from '../activities/attempt-input.ts';
import type { Activities } from '../activities/index.ts';
import type { Rider } from '../activities/task-room.ts';
import { AccountId, EndpointId } from './messages.ts';

const startToCloseTimeout = '1 minute';
const heartbeatTimeout = '15 seconds';
// Retries are for our own faults (database, keys); what a subscriber answers is data and never throws.
const retry: RetryPolicy = {
  initialInterval: '1 second',
  maximumInterval: '30 seconds',
  nonRetryableErrorTypes: ['UnknownDelivery'],
};
const local = proxyLocalActivities<Activities>({
  startToCloseTimeout,
  retry: { ...retry, maximumAttempts: 3 },
});

/**
 * As ordinary activities: a fault of ours is waited out by the server, at no cost to worker or history.
 *
 * @param first before those of others that wait for a worker: room at its endpoint is kept for it meanwhile
 */
export function ordinary(summary?: string, first = false) {
  return proxyActivities<Activities>({
    startToCloseTimeout,
    heartbeatTimeout,
    retry,
    ...(summary && { summary }),
    ...(first && { priority: { priorityKey: 1 } }),
  });
}

/**
 * Inside the workflow task that asks for them, and as ordinary activities when that has failed three times: a task
 * that waits for a fault to pass holds a slot of the worker, and its heartbeats grow the history.
 */
export function inThisTask(summary?: string) {
  const later = ordinary(summary);
  return {
    attempt: orLater(local.attempt, (input: AttemptInput) => later.attempt({ ...input, inTask: false })),
    record: orLater(local.record, later.record),
    reconsider: orLater(local.reconsider, later.reconsider),
    settle: orLater(local.settle, later.settle),
    handOver: orLater(local.handOver, later.handOver),
  };
}

/** The same for many first attempts together, which may wait a little for each other. */
export function manyInThisTask(summary: string) {
  const together = { startToCloseTimeout: '2 minutes' } as const;
  const local = proxyLocalActivities<Activities>({ ...together, retry: { ...retry, maximumAttempts: 3 } });
  const later = proxyActivities<Activities>({ ...together, heartbeatTimeout, retry, summary });
  return { attemptEach: orLater(local.attemptEach, later.attemptEach) };
}

/** Whose delivery this is, for the sharing out of room; undefined when its search attributes were taken away. */
export function rider(): Rider | undefined {
  const { typedSearchAttributes } = workflowInfo();
  const accountId = typedSearchAttributes.get(AccountId);
  const endpointId = typedSearchAttributes.get(EndpointId);
  return accountId && endpointId ? { accountId, endpointId } : undefined;
}

type Call<Input, Answer> = (input: Input) => Promise<Answer>;

function orLater<Input, Answer>(now: Call<Input, Answer>, later: Call<Input, Answer>): Call<Input, Answer> {
  return async (input) => {
    try {
      return await now(input);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return later(input);
    }
  };
}
