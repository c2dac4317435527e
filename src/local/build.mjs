import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './project.mjs';

const DIST = join(ROOT, 'dist');
/** Says, in dist, what it was built from. */
const STAMP = 'built-from';
const SOURCES = ['src', 'workflows', 'activities', 'package.json', 'package-lock.json'];

/** Builds `dist` from the sources, when they are not those that it was built from. */
export async function ensureBuilt() {
  const sources = hashOf(SOURCES);
  if (readStamp() === sources) return;
  const startedAt = Date.now();
  console.log('Building…');
  await build(sources);
  console.log(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** Beside main.js lie what it reads at run time: the migrations and the workflows, bundled for Temporal's sandbox. */
async function build(sources) {
  // Renamed into place when it is whole: others may be running from dist, or building it too.
  const unfinished = join(ROOT, 'node_modules', '.cache', 'posthaste', `build-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await bundleMain(join(unfinished, 'main.js'));
    cpSync(join(ROOT, 'src', 'db', 'migrations'), join(unfinished, 'migrations'), { recursive: true });
    writeFileSync(join(unfinished, 'workflows.js'), await bundleWorkflows());
    writeFileSync(join(unfinished, STAMP), sources);
    const old = `${unfinished}-old`;
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(unfinished, DIST);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function bundleMain(outfile) {
  const { build: esbuild } = await import('esbuild');
  await esbuild({
    entryPoints: [join(ROOT, 'src', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.3',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
}

async function bundleWorkflows() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

function readStamp() {
  try {
    return readFileSync(join(DIST, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesIn)) hash.update(`${path}\0`).update(readFileSync(join(ROOT, path))).update('\0');
  return hash.digest('hex');
}

function filesIn(path) {
  if (path.includes('.')) return [path];
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await ensureBuilt();
