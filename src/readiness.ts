import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import type { PartCheck } from './api/deps.ts';

/** How long a part may take to answer before it counts as away. */
const CHECK_DEADLINE_MS = 3000;

/** A worker polls anew at least once a minute; Temporal remembers those that are gone for five. */
const POLLER_MEMORY_MS = 75_000;

/** Each check passes, or throws an error that says what is not ready. */
export function databaseCheck(pool: Pool): PartCheck {
  return {
    name: 'database',
    hint: 'Whether PostgreSQL runs, and this host reaches it: psql "$DATABASE_URL" -c "select 1".',
    async check() {
      await pool.query('select 1');
    },
  };
}

export function temporalCheck(client: Client): PartCheck {
  return {
    name: 'temporal',
    hint: 'Whether Temporal and its database run, and TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and its TLS settings are right: temporal operator namespace describe -n "$TEMPORAL_NAMESPACE".',
    async check() {
      await client.withDeadline(Date.now() + CHECK_DEADLINE_MS, () =>
        client.workflowService.describeNamespace({ namespace: client.options.namespace }),
      );
    },
  };
}

/** For a process with a worker of its own. */
export function ownWorkerCheck(worker: Worker): PartCheck {
  return {
    name: 'worker',
    hint: 'The worker of this process is stopping or has failed: see its log, and start it again.',
    async check() {
      if (worker.getState() !== 'RUNNING')
        throw new Error(`the worker is ${worker.getState().toLowerCase()}`);
    },
  };
}

/** For a process without a worker: somebody must be polling the task queue. */
export function remoteWorkerCheck(client: Client, taskQueue: string): PartCheck {
  return {
    name: 'worker',
    hint: 'Nobody polls the task queue: start "posthaste worker" with the same TEMPORAL_NAMESPACE and POSTHASTE_TASK_QUEUE. Events are accepted, and wait.',
    async check() {
      const { pollers } = await client.withDeadline(Date.now() + CHECK_DEADLINE_MS, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: taskQueue },
          taskQueueType: 1,
        }),
      );
      const oldestMs = Date.now() - POLLER_MEMORY_MS;
      const alive = pollers?.some(
        ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > oldestMs,
      );
      if (!alive) throw new Error(`no worker polls the task queue "${taskQueue}"`);
    },
  };
}
