import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';
import { startEmbedded } from '../../src/local/embedded.ts';
import { bundleWorkflows } from '../../src/local/workflow-bundle.mjs';

/** What the tests of one run share. */
interface Stack {
  /** A migrated database that nobody writes to: `freshDatabase` clones it. */
  templateUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Path of the workflows, bundled. */
  workflowBundlePath: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    stack: Stack;
  }
}

/** One real PostgreSQL, one real Temporal server and one workflow bundle for the whole run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'posthaste-test-'));
  // Also when the set-up fails, or Ctrl-C cuts the run short.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const workflowBundlePath = join(folder, 'workflows.js');
  const [embedded] = await Promise.all([
    startEmbedded({
      dataDir: join(folder, 'data'),
      postgres: true,
      temporal: true,
      progress: console.log,
      throwaway: true,
    }),
    bundleWorkflows().then((code) => writeFile(workflowBundlePath, code)),
  ]);
  const { databaseUrl, temporal, stop } = embedded;
  if (!databaseUrl || !temporal) throw new Error('startEmbedded left something out');
  await migrate(databaseUrl);
  project.provide('stack', {
    templateUrl: databaseUrl,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    workflowBundlePath,
  });
  return stop;
}
