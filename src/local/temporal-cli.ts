import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeLock } from './lock.ts';
import { SetupError } from './setup-error.ts';
import { buildTemporalCli } from './temporal-cli-build.ts';
import { downloadTemporalCli } from './temporal-cli-download.ts';
import { TEMPORAL_CLI_VERSION } from './temporal-cli-version.ts';

/** Makes the program at `target`, whole or not at all. Throws with one line that says why it could not. */
type Obtain = (target: string, progress: (line: string) => void) => Promise<void>;

interface FindOptions {
  /** Default: this process's. Read: TEMPORAL_CLI, PATH, XDG_CACHE_HOME. */
  env?: NodeJS.ProcessEnv;
  progress: (line: string) => void;
  /** What is tried, in order, when the program is nowhere. Default: download, then build with Go. */
  obtain?: readonly Obtain[];
}

/**
 * The path of a Temporal CLI: `TEMPORAL_CLI`, else `temporal` on PATH, else from our cache, which is filled when
 * it is empty (once, for as many processes as want it).
 * @throws SetupError that names all these ways, when none leads anywhere
 */
export async function findTemporalCli({
  env = process.env,
  progress,
  obtain = [downloadTemporalCli, buildTemporalCli],
}: FindOptions): Promise<string> {
  if (env.TEMPORAL_CLI) {
    if (!isTemporalCli(env.TEMPORAL_CLI))
      throw new SetupError(
        `TEMPORAL_CLI is ${env.TEMPORAL_CLI}, which is not a Temporal CLI that runs here.`,
      );
    return env.TEMPORAL_CLI;
  }
  const onPath = findOnPath('temporal', env).find(isTemporalCli);
  if (onPath) return onPath;

  const folder = join(cacheFolder(env), `temporal-cli-${TEMPORAL_CLI_VERSION}`);
  const cached = join(folder, 'temporal');
  if (isTemporalCli(cached)) return cached;

  mkdirSync(folder, { recursive: true });
  const lock = await waitForLock(join(folder, 'filling.json'), progress);
  try {
    if (isTemporalCli(cached)) return cached;
    const failures: string[] = [];
    for (const attempt of obtain) {
      try {
        await attempt(cached, progress);
        if (isTemporalCli(cached)) return cached;
        rmSync(cached, { force: true });
        failures.push('what came does not run here');
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    throw new SetupError(
      `Posthaste needs the Temporal CLI and could not get it (${failures.join('; ')}). Put \`temporal\` on your PATH (https://docs.temporal.io/cli), ` +
        `or set TEMPORAL_CLI to its path, or install Go and start again to have ${TEMPORAL_CLI_VERSION} built, or set TEMPORAL_ADDRESS to a Temporal server of yours.`,
    );
  } finally {
    lock.release();
  }
}

/** Where what took long to get is kept, outside the clone. Read: XDG_CACHE_HOME. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  // The XDG specification says to ignore relative paths.
  const base = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return join(base ?? join(homedir(), '.cache'), 'posthaste');
}

function findOnPath(program: string, env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, program))
    .filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isTemporalCli(path: string): boolean {
  if (!isExecutable(path)) return false;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return /^temporal version /.test(stdout ?? '');
}

async function waitForLock(path: string, progress: (line: string) => void): Promise<{ release(): void }> {
  let told = false;
  for (;;) {
    const lock = takeLock(path);
    if (lock.kind === 'taken') return lock;
    if (!told) progress(`Waiting for process ${lock.by}, which gets the Temporal CLI…`);
    told = true;
    await delay(200);
  }
}
