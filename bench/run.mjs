// What `npm run bench` runs: builds the product as `npm start` does, and the bench beside it.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkNodeVersion } from '../src/local/node-version.mjs';
import { ROOT } from '../src/local/project.mjs';

checkNodeVersion();
// On the disk that `.posthaste` would be on, for what is measured syncs to it.
const cache = join(ROOT, 'node_modules', '.cache', 'posthaste');
let folder;
try {
  const { ensureDependencies } = await import('../src/local/dependencies.mjs');
  await ensureDependencies();
  const { ensureBuilt } = await import('../src/local/build.mjs');
  await ensureBuilt();
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  await bundleBench(folder);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { main } = await import(join(folder, 'main.js'));
await main(process.argv.slice(2), { root: ROOT, folder });

async function bundleBench(outdir) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: ['main', 'raw', 'receiver'].map((name) => join(ROOT, 'bench', `${name}.ts`)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.6',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  // Where the raw baseline, bundled, looks for them.
  cpSync(join(ROOT, 'src', 'db', 'migrations'), join(outdir, 'migrations'), { recursive: true });
}
