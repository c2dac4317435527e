import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));

/** Names of the files that hold the workflows of earlier days: our own part, in one file; the SDK is today's. */
export const KEPT_WORKFLOWS = readdirSync(FOLDER).filter((file) => /^workflows-.*\.js$/.test(file));

/** Keeps the workflows of today beside the histories that they are about to make, unless they are kept already. */
export async function keepWorkflows(): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['workflows/index.ts'],
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const [code] = outputFiles.map(({ text }) => text);
  if (!code) throw new Error('esbuild made nothing of the workflows');
  if (KEPT_WORKFLOWS.some((file) => readFileSync(FOLDER + file, 'utf8') === code)) return;
  writeFileSync(`${FOLDER}workflows-${new Date().toISOString().slice(0, 10)}.js`, code);
}

/** What a worker runs of kept workflows. */
export async function bundleKept(file: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: FOLDER + file,
    logger: new DefaultLogger('ERROR'),
  });
  return code;
}
