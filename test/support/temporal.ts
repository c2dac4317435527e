import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';

/** The run's Temporal server, with a task queue that only the caller's worker polls. */
export function testTemporal(): {
  address: string;
  namespace: string;
  taskQueue: string;
  /** Path of the bundled workflows, for `workflowBundle: { codePath }`. */
  workflowBundlePath: string;
} {
  const { temporalAddress, temporalNamespace, workflowBundlePath } = inject('stack');
  return {
    address: temporalAddress,
    namespace: temporalNamespace,
    taskQueue: `test-${randomUUID()}`,
    workflowBundlePath,
  };
}
