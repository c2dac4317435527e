import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ROOT } from './project.mjs';

/** Shorter ones gain nothing from being compressed. */
const WORTH_COMPRESSING_BYTES = 1024;

/** Builds the console with Vite into `folder`, whole or not at all; each text file gets its compressed twins. */
export async function buildConsole(folder, stamp, sources) {
  const unfinished = join(ROOT, 'node_modules', '.cache', 'posthaste', `console-${process.pid}`);
  const old = `${unfinished}-old`;
  const given = process.env.NODE_ENV;
  // Else what is shipped would be React as it is for its developers, half as large again.
  process.env.NODE_ENV = 'production';
  try {
    const { build } = await import('vite');
    await build({
      configFile: join(ROOT, 'src', 'console', 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: unfinished, emptyOutDir: true },
    });
    compressAll(join(unfinished, 'assets'));
    writeFileSync(join(unfinished, stamp), sources);
    mkdirSync(join(folder, '..'), { recursive: true });
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(unfinished, folder);
  } finally {
    if (given === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = given;
    for (const left of [old, unfinished]) rmSync(left, { recursive: true, force: true });
  }
}

function compressAll(folder) {
  for (const name of readdirSync(folder).filter((one) => /\.(?:js|css|svg)$/.test(one))) {
    const plain = readFileSync(join(folder, name));
    if (plain.length < WORTH_COMPRESSING_BYTES) continue;
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(plain));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(plain, { level: 9 }));
  }
}
