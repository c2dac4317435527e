import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, readRecord, recordOf } from './lock.ts';

/**
 * A server of ours that lives outside our process group, so that Ctrl-C reaches only us and we stop it in order,
 * yet never outlives us.
 */
export interface BackgroundProcess {
  /** Resolves once it has ended, with how: `PostgreSQL ended (signal SIGKILL)`. */
  ended: Promise<string>;
  /** Asks it to stop and waits until it has; killed when it does not within its grace. */
  stop(): Promise<void>;
}

interface BackgroundProcessOptions {
  /** For people. */
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  /** The user it runs as; ours when absent. */
  account?: { uid: number; gid: number } | undefined;
  /** Settings that are given by the environment alone. */
  env?: Readonly<Record<string, string>>;
  /** Gets its output; overwritten at each start. */
  logFile: string;
  /** Remembers the process, so that the next start can find what outlived a crash. */
  recordFile: string;
  stopSignal: 'SIGINT' | 'SIGTERM';
}

const STOP_GRACE_MS = 20_000;

/**
 * The shell becomes the server. Before, it leaves a child behind (of init, lest the server meet a child that it
 * never made) which holds the other end of our pipe: when that closes, because we ended in whatever way, SIGKILL
 * included, it passes the stop signal to the server.
 */
const END_WITH_US = '( { read -r _; kill -s "$0" $$; } <&3 >/dev/null 2>&1 & ); exec "$@" 3<&-';

export function startInBackground(options: BackgroundProcessOptions): BackgroundProcess {
  const { name, command, args, cwd, account, env, logFile, recordFile, stopSignal } = options;
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn('/bin/sh', ['-c', END_WITH_US, stopSignal.slice(3), command, ...args], {
    cwd,
    ...account,
    env: { ...plainEnvironment(), ...env },
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  if (child.pid !== undefined)
    writeFileSync(recordFile, JSON.stringify(recordOf(child.pid)), { mode: 0o600 });
  child.unref();
  const lifeline = child.stdio[3];
  if (lifeline && 'unref' in lifeline && typeof lifeline.unref === 'function') lifeline.unref();
  lifeline?.on('error', () => {});

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name} does not start (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(`${name} ended (${signal ? `signal ${signal}` : `exit code ${code}`})`),
    );
  }).then((how) => {
    lifeline?.destroy();
    rmSync(recordFile, { force: true });
    return how;
  });

  return {
    ended,
    async stop() {
      child.ref();
      child.kill(stopSignal);
      const tooSlow = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await ended;
      clearTimeout(tooSlow);
    },
  };
}

/** Stops what an earlier run recorded in `recordFile`, when it still runs. */
export async function stopLeftover(recordFile: string, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const record = readRecord(recordFile);
  if (record && isRunning(record)) {
    process.kill(record.pid, signal);
    const deadline = Date.now() + STOP_GRACE_MS;
    while (isRunning(record) && Date.now() < deadline) await delay(20);
    if (isRunning(record)) process.kill(record.pid, 'SIGKILL');
  }
  rmSync(recordFile, { force: true });
}

/** The last lines of a log, for an error message: of a Go program that panicked those that say why, not where. */
export function lastLines(logFile: string, count = 5): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n');
    const why = lines.findLastIndex((line) => /^(panic|fatal error): /.test(line));
    return (why < 0 ? lines.slice(-count) : lines.slice(why, why + count)).join('\n');
  } catch {
    return '';
  }
}

/** What a server may see of our environment: where things are, and none of our secrets and settings. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TZ } = process.env;
  return { PATH, HOME, TMPDIR, TZ, LC_ALL: 'C' };
}
