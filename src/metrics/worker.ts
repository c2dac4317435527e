import { Gauge, type Registry } from 'prom-client';

/** What Temporal's worker tells of itself (`WorkerStatus` of its SDK). */
export interface WorkerHealth {
  workflowPollerState: string;
  activityPollerState: string;
  numInFlightWorkflowActivations: number;
  numInFlightLocalActivities: number;
  numInFlightNonLocalActivities: number;
  numCachedWorkflows: number;
}

/** Tells how the process's worker stands when it is asked. */
export function workerGauges(registry: Registry, health: () => WorkerHealth): void {
  const registers = [registry];
  new Gauge({
    name: 'posthaste_worker_polling',
    help: 'Whether the Temporal worker asks for tasks of this kind: 1 or 0.',
    labelNames: ['kind'],
    registers,
    collect() {
      const { workflowPollerState, activityPollerState } = health();
      this.set({ kind: 'workflow' }, Number(workflowPollerState === 'POLLING'));
      this.set({ kind: 'activity' }, Number(activityPollerState === 'POLLING'));
    },
  });
  new Gauge({
    name: 'posthaste_worker_tasks',
    help: 'Tasks of Temporal that are being worked on.',
    labelNames: ['kind'],
    registers,
    collect() {
      const now = health();
      this.set({ kind: 'workflow' }, now.numInFlightWorkflowActivations);
      this.set({ kind: 'local_activity' }, now.numInFlightLocalActivities);
      this.set({ kind: 'activity' }, now.numInFlightNonLocalActivities);
    },
  });
  new Gauge({
    name: 'posthaste_worker_cached_workflows',
    help: 'Workflows that the Temporal worker keeps in memory.',
    registers,
    collect() {
      this.set(health().numCachedWorkflows);
    },
  });
}
