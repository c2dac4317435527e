import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

const startToCloseTimeout = '1 minute';
// Retries are for our own faults (database, keys); what a subscriber answers is data and never throws.
const retry = { initialInterval: '1 second', maximumInterval: '30 seconds' } as const;
const local = proxyLocalActivities<Activities>({
  startToCloseTimeout,
  retry: { ...retry, maximumAttempts: 3 },
});

/** As ordinary activities: a fault of ours is waited out by the server, at no cost to worker or history. */
export function ordinary(summary?: string) {
  return proxyActivities<Activities>({ startToCloseTimeout, retry, ...(summary && { summary }) });
}

/**
 * Inside the workflow task that asks for them, and as ordinary activities when that has failed three times: a task
 * that waits for a fault to pass holds a slot of the worker, and its heartbeats grow the history.
 */
export function inThisTask(summary?: string) {
  const later = ordinary(summary);
  return {
    attempt: orLater(local.attempt, later.attempt),
    record: orLater(local.record, later.record),
    reconsider: orLater(local.reconsider, later.reconsider),
    settle: orLater(local.settle, later.settle),
  };
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
