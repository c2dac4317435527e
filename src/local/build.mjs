import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './project.mjs';
import { bundleWorkflows } from './workflow-bundle.mjs';

const DIST = join(ROOT, 'dist');
/** Says, in dist, what it was built from. */
const STAMP = 'built-from';
const CONSOLE = join(DIST, 'console');
const LOCKED = ['package.json', 'package-lock.json'];
/** Of the command line and of the console. */
const CLIENT = join('packages', 'client', 'src');

/** Builds `dist` from the sources, each of its two parts when its sources are not those that it was built from. */
export async function ensureBuilt() {
  const server = hashOf([...filesIn('src').filter(isOfServer), 'workflows', 'activities', CLIENT, ...LOCKED]);
  // The console takes rules from the domain.
  const pages = hashOf(['src/console', 'src/domain', CLIENT, 'src/local/console-build.mjs', ...LOCKED]);
  if (readStamp(DIST) !== server) await timed('Building', () => build(server));
  if (readStamp(CONSOLE) !== pages) {
    const { buildConsole } = await import('./console-build.mjs');
    await timed('Building the console', () => buildConsole(CONSOLE, STAMP, pages));
  }
}

async function timed(what, work) {
  const startedAt = Date.now();
  console.log(`${what}…`);
  await work();
  console.log(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

function isOfServer(path) {
  return !path.startsWith(join('src', 'console'));
}

/** What the package's `bin` names. */
const EXECUTABLE = `#!/usr/bin/env node
import { posthaste } from './command.js';

await posthaste(process.argv.slice(2), process.env);
`;

/** A thread of a process that `main.js` runs. */
const BURST_THREAD = `import { burstThread } from './main.js';

burstThread(process.argv.slice(2), process.env);
`;

/** Beside main.js lie what it reads at run time: the migrations and the workflows, bundled for Temporal's sandbox. */
async function build(sources) {
  // Renamed into place when it is whole: others may be running from dist, or building it too.
  const unfinished = join(ROOT, 'node_modules', '.cache', 'posthaste', `build-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await bundlePrograms(unfinished);
    writeFileSync(join(unfinished, 'posthaste.js'), EXECUTABLE, { mode: 0o755 });
    writeFileSync(join(unfinished, 'burst-thread.js'), BURST_THREAD);
    cpSync(join(ROOT, 'src', 'db', 'migrations'), join(unfinished, 'migrations'), { recursive: true });
    writeFileSync(join(unfinished, 'workflows.js'), await bundleWorkflows());
    if (existsSync(CONSOLE)) cpSync(CONSOLE, join(unfinished, 'console'), { recursive: true });
    writeFileSync(join(unfinished, STAMP), sources);
    const old = `${unfinished}-old`;
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(unfinished, DIST);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Split, so that the command line loads nothing of what a process of the product needs. */
async function bundlePrograms(outdir) {
  const { build: esbuild } = await import('esbuild');
  await esbuild({
    entryPoints: {
      command: join(ROOT, 'src', 'posthaste.ts'),
      main: join(ROOT, 'src', 'main.ts'),
    },
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.6',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'silent',
  });
}

function readStamp(folder) {
  try {
    return readFileSync(join(folder, STAMP), 'utf8');
  } catch {
    return undefined;
  }
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesIn))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0');
  return hash.digest('hex');
}

function filesIn(path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path))
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensureBuilt().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
