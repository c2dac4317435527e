import { availableParallelism } from 'node:os';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { createTaskSlots } from './task-slots.ts';

/**
 * How many workflow tasks run at once, first attempts inside them included (activities/task-room.ts shares those
 * out). More than two cores get through in a few seconds would time out and be repeated.
 */
export const MAX_FIRST_ATTEMPTS = 200;

/**
 * How many tasks of workflows that go on compute at once. Measured with 600 that wake at once on two cores: with 8
 * another account's new delivery waits half as long as with 200, and all are through as fast; with 4, half as fast.
 */
const GOING_ON_PER_CORE = 4;
const FRESH_PER_CORE = 1;

/**
 * How many attempts run at once as activities of their own. They cost a socket each while a receiver thinks, so
 * there are more than one account can fill with endpoints that hang (100 endpoints, 32 attempts at each).
 */
const MAX_LATER_ATTEMPTS = 4000;

/**
 * How many workflows are kept in memory between their tasks: those in the middle of something. One that sleeps for
 * minutes gains little by it, and when many wake at once, tasks of those that are not kept are handed out fairly.
 */
const MAX_CACHED_WORKFLOWS = 500;

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** The prebuilt workflow bundle. */
  workflowBundle: { codePath: string };
  activities: Activities;
  /** Whether workflows that this process starts come to it without a poll. */
  eager: boolean;
}

/** A worker for deliveries. On shutdown it lets POSTs that are under way finish: none takes longer than 30 s. */
export function createWorker({
  connection,
  namespace,
  taskQueue,
  workflowBundle,
  activities,
  eager,
}: WorkerSettings): Promise<Worker> {
  const cores = availableParallelism();
  const slots = createTaskSlots({
    most: MAX_FIRST_ATTEMPTS,
    goingOn: GOING_ON_PER_CORE * cores,
    // Where nothing starts eagerly, all first tasks are fresh, and hold their slots on the way to Temporal and back, too.
    fresh: eager ? Math.max(2, FRESH_PER_CORE * cores) : GOING_ON_PER_CORE * cores,
  });
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    shutdownGraceTime: '35 seconds',
    tuner: {
      workflowTaskSlotSupplier: slots.workflowTasks,
      localActivityTaskSlotSupplier: slots.localActivities,
      activityTaskSlotSupplier: { type: 'fixed-size', numSlots: MAX_LATER_ATTEMPTS },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  });
}
