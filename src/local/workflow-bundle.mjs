import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** The code of all workflows, bundled for Temporal's sandbox. */
export async function bundleWorkflows() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}
