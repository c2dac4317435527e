import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { takeLock } from '../../src/local/lock.ts';
import { cacheFolder } from '../../src/local/temporal-cli.ts';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const LONGEST_INSTALL_MS = 600_000;

/** The folder of the judges' programs, or why there are none here. */
export type PythonJudges = { bin: string } | { absent: string };

declare module 'vitest' {
  export interface ProvidedContext {
    judges: PythonJudges;
  }
}

/**
 * Gets the judges from PyPI, once: an environment of their own in our cache, made anew when Python or a version that
 * is asked for has changed.
 */
export default async function setUp(project: TestProject): Promise<void> {
  const judges = await findJudges(console.log);
  if ('absent' in judges) console.log(`SKIPPED, the judges from PyPI: ${judges.absent}`);
  project.provide('judges', judges);
}

async function findJudges(progress: (line: string) => void): Promise<PythonJudges> {
  try {
    const { stdout: version } = await run('python3', ['--version']);
    const fingerprint = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(version).digest('hex');
    const folder = join(cacheFolder(process.env), `outside-judges-${fingerprint.slice(0, 16)}`);
    // Programs of an environment name its path, so it is made in its place, and this says that it is whole.
    const whole = join(folder, 'whole');
    if (!existsSync(whole)) await install(folder, whole, progress);
    return { bin: join(folder, 'bin') };
  } catch (error) {
    const { code, stderr = '', message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return { absent: 'there is no python3 on the PATH' };
    return { absent: stderr.trim().split('\n').at(-1) || message };
  }
}

async function install(folder: string, whole: string, progress: (line: string) => void): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  const lock = await waitForLock(`${folder}.filling`);
  try {
    if (existsSync(whole)) return;
    progress('Installing schemathesis, standardwebhooks and svix from PyPI (once)…');
    rmSync(folder, { recursive: true, force: true });
    const limits = { timeout: LONGEST_INSTALL_MS };
    await run('python3', ['-m', 'venv', folder], limits);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--requirement', REQUIREMENTS], limits);
    writeFileSync(whole, '');
  } finally {
    lock.release();
  }
}

async function waitForLock(path: string): Promise<{ release(): void }> {
  for (;;) {
    const lock = takeLock(path);
    if (lock.kind === 'taken') return lock;
    await delay(200);
  }
}
