import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';

/**
 * How many first attempts run at once: those that wait for slow receivers hold up the others beyond it. More
 * tasks than two cores get through in a few seconds would time out and be repeated.
 */
export const MAX_FIRST_ATTEMPTS = 200;

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** The prebuilt workflow bundle. */
  workflowBundle: { codePath: string };
  activities: Activities;
}

/** A worker for deliveries. On shutdown it lets POSTs that are under way finish: none takes longer than 30 s. */
export function createWorker({
  connection,
  namespace,
  taskQueue,
  workflowBundle,
  activities,
}: WorkerSettings): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    shutdownGraceTime: '35 seconds',
    maxConcurrentWorkflowTaskExecutions: MAX_FIRST_ATTEMPTS,
    maxConcurrentLocalActivityExecutions: MAX_FIRST_ATTEMPTS,
    maxConcurrentActivityTaskExecutions: 100,
  });
}
