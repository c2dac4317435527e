import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { answersOn } from '../../src/local/ports.ts';
import { waitUntil } from '../support/wait.ts';

const INSTALL_WITHIN_MS = 300_000;
const RUNS_WITHIN_MS = 30_000;

/**
 * Makes sure that a program is there; installs its package where we are root on Debian.
 *
 * @throws Error that says what to install
 */
export function ensureProgram(program: string, debianPackage = program): void {
  if (runs(program)) return;
  const options = { stdio: 'ignore', timeout: INSTALL_WITHIN_MS } as const;
  if (process.getuid?.() === 0 && runs('apt-get')) {
    spawnSync('apt-get', ['update'], options);
    const lockWait = ['-o', 'DPkg::Lock::Timeout=120'];
    spawnSync('apt-get', [...lockWait, 'install', '-y', '--no-install-recommends', debianPackage], options);
  }
  if (!runs(program)) throw new Error(`${program} is needed for this test: install ${debianPackage}`);
}

/** Whether a program is there: asked for its version, it answers. */
export function runs(program: string, ask = '--version'): boolean {
  return spawnSync(program, [ask], { stdio: 'ignore' }).status === 0;
}

/** What a program prints. @throws Error with what it says on stderr, when it fails or takes too long */
export async function output(
  [command = '', ...args]: readonly string[],
  {
    cwd,
    env = {},
    input = '',
    withinMs = RUNS_WITHIN_MS,
  }: { cwd: string; env?: Record<string, string>; input?: string; withinMs?: number },
): Promise<string> {
  const running = promisify(execFile)(command, args, {
    cwd,
    env: { ...process.env, ...env },
    timeout: withinMs,
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Starts a server and waits until it takes connections. */
export async function startServer(
  [command = '', ...args]: readonly string[],
  { cwd, env, port }: { cwd: string; env: Record<string, string>; port: number },
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  try {
    await waitUntil(async () => {
      if (hasEnded(child)) throw new Error(`${command} ended: ${said}`);
      return answersOn(port).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    async stop() {
      if (hasEnded(child)) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
