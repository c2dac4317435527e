import {
  type Client,
  isGrpcServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Settled } from '../domain/delivery.ts';
import type { CHANGE_ACTIONS } from '../domain/story.ts';
import { dateOf } from './timestamp.ts';

/** How long one call to Temporal may take before it counts as away. */
const CALL_DEADLINE_MS = 10_000;
const RUNS_PER_PAGE = 200;
/**
 * One query for each, which does not ask for the task queue: else SQLite goes through all runs that there are, and all
 * else that Temporal does waits meanwhile.
 */
const STOPPED = ['Terminated', 'Canceled'];
/** gRPC's status for what does not exist. */
const NOT_FOUND = 5;
/** As much of somebody's name, and of what they gave as their reason, as is kept. */
const LONGEST_NAME = 180;
const LONGEST_REASON = 500;

/** One run of a delivery's workflow; a reset begins another one under the same id. */
export interface Run {
  deliveryId: string;
  runId: string;
}

/** How the latest run of a delivery stands. `stopped`: terminated or cancelled; `broken`: failed or timed out. */
export type LatestRun = { runId: string } & (
  | { state: 'open' | 'stopped' | 'broken' }
  | { state: 'completed'; result: Settled }
);

/** What somebody did to a run with Temporal's own tools. */
export interface Intervention {
  change: keyof Pick<typeof CHANGE_ACTIONS, 'cancel' | 'terminate' | 'reset'>;
  /** `temporal:` and who it was, or `temporal` where the server does not say, as of a reset. */
  by: string;
  at: Date;
  reason?: string;
  /** The run it was done to; of a reset the one that it began. */
  runId: string;
}

/** What Temporal knows of the runs of deliveries. */
export interface DeliveryRuns {
  /** The runs of our task queue that were terminated or cancelled since then, page by page, in no order. */
  stoppedSince(since: Date): AsyncIterable<Run[]>;
  /** Undefined when Temporal does not know the delivery. */
  latest(deliveryId: string): Promise<LatestRun | undefined>;
  /** What was done to a run that is terminated or cancelled; empty when Temporal has it no longer. */
  interventions(run: Run): Promise<Intervention[]>;
}

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

export function createDeliveryRuns(client: Client, { taskQueue }: { taskQueue: string }): DeliveryRuns {
  const { namespace } = client.options;
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + CALL_DEADLINE_MS, call);

  const handleOf = ({ deliveryId, runId }: Run) => client.workflow.getHandle(deliveryId, runId);
  const describe = (deliveryId: string, runId?: string) =>
    unlessUnknown(within(() => client.workflow.getHandle(deliveryId, runId).describe()));
  const historyOf = async (run: Run) =>
    (await unlessUnknown(within(() => handleOf(run).fetchHistory())))?.events ?? [];

  async function* pages(query: string): AsyncGenerator<Run[]> {
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await within(() =>
        client.workflowService.listWorkflowExecutions({
          namespace,
          query,
          pageSize: RUNS_PER_PAGE,
          ...(nextPageToken && { nextPageToken }),
        }),
      );
      yield page.executions.flatMap(({ execution, taskQueue: itsQueue }) =>
        itsQueue === taskQueue && execution?.workflowId && execution.runId
          ? [{ deliveryId: execution.workflowId, runId: execution.runId }]
          : [],
      );
      nextPageToken = page.nextPageToken;
    } while (nextPageToken?.length);
  }

  /** The reset that began a run. The server keeps why, and not who. */
  async function resetThatBegan(run: Run): Promise<Intervention[]> {
    const event = (await historyOf(run)).find(
      ({ workflowTaskFailedEventAttributes: failed }) => failed?.newRunId === run.runId,
    );
    const { identity, failure } = event?.workflowTaskFailedEventAttributes ?? {};
    return event ? [intervention('reset', run.runId, event, identity, failure?.message)] : [];
  }

  return {
    async *stoppedSince(since) {
      for (const status of STOPPED)
        yield* pages(
          `WorkflowType = 'delivery' AND ExecutionStatus = '${status}' AND CloseTime >= '${since.toISOString()}'`,
        );
    },

    async latest(deliveryId) {
      const described = await describe(deliveryId);
      if (!described) return undefined;
      const run = { deliveryId, runId: described.runId };
      const state = STATES[described.status.name] ?? 'open';
      if (state !== 'completed') return { runId: run.runId, state };
      return { runId: run.runId, state, result: await within(() => handleOf(run).result()) };
    },

    async interventions(run) {
      const { deliveryId, runId } = run;
      const [described, latest, events] = await Promise.all([
        describe(deliveryId, runId),
        describe(deliveryId),
        historyOf(run),
      ]);
      const resetTo = described?.raw.workflowExtendedInfo?.resetRunId || latest?.runId;
      const reset = resetTo && resetTo !== runId ? await resetThatBegan({ deliveryId, runId: resetTo }) : [];
      // To reset a run that is open, the server terminates it.
      const byHand = events.filter((event) => reset.length === 0 || !isTerminatedByServer(event));
      return [...byHand.flatMap((event) => stopping(event, runId)), ...reset];
    },
  };
}

const STATES: Partial<Record<WorkflowExecutionDescription['status']['name'], LatestRun['state']>> = {
  COMPLETED: 'completed',
  FAILED: 'broken',
  TIMED_OUT: 'broken',
  TERMINATED: 'stopped',
  CANCELLED: 'stopped',
};

/** How the server signs what it does by itself: `history-service`, `history-resetter`. */
const isServer = (identity: string | null | undefined) => identity?.startsWith('history-') === true;

const isTerminatedByServer = ({ workflowExecutionTerminatedEventAttributes: end }: HistoryEvent) =>
  isServer(end?.identity);

function stopping(event: HistoryEvent, runId: string): Intervention[] {
  const {
    workflowExecutionTerminatedEventAttributes: end,
    workflowExecutionCancelRequestedEventAttributes: wish,
  } = event;
  if (end) return [intervention('terminate', runId, event, end.identity, end.reason)];
  return wish ? [intervention('cancel', runId, event, wish.identity, wish.cause)] : [];
}

function intervention(
  change: Intervention['change'],
  runId: string,
  { eventTime }: HistoryEvent,
  identity: string | null | undefined,
  reason: string | null | undefined,
): Intervention {
  const who = isServer(identity) ? '' : oneLine(identity, LONGEST_NAME);
  const why = oneLine(reason, LONGEST_REASON);
  return {
    change,
    by: who ? `temporal:${who}` : 'temporal',
    at: dateOf(eventTime ?? {}),
    runId,
    ...(why && { reason: why }),
  };
}

/** Whoever calls Temporal chooses these texts: they are stored and shown. */
function oneLine(text: string | null | undefined, longest: number): string {
  const plain = (text ?? '').replace(/\p{Cc}+/gu, ' ').trim();
  return [...plain].slice(0, longest).join('');
}

async function unlessUnknown<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return undefined;
    throw error;
  }
}
