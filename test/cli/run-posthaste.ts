import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the package's `bin` names. */
export const PROGRAM = join(ROOT, 'dist', 'posthaste.js');
const ENDS_WITHIN_MS = 30_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string | Buffer;
  cwd?: string;
  /** Close our end of its stdout before it writes. */
  deaf?: boolean;
  /** Press Ctrl-C once this has come to something. */
  interruptAfter?: () => Promise<unknown>;
}

/** A command line that goes on until it is told to end. */
export interface Begun {
  /** What it has said so far. */
  said: { stdout: string; stderr: string };
  /** `SIGINT` is Ctrl-C. */
  kill(signal: 'SIGINT' | 'SIGKILL'): void;
  ended: Promise<Ended>;
}

/** Starts the built command line, as a process with no settings but those given; it is killed if it never ends. */
export function beginPosthaste(args: readonly string[], options: RunOptions = {}): Begun {
  const { env = {}, input = '', cwd = ROOT, deaf = false } = options;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    timeout: ENDS_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.stderr += text;
  });
  if (deaf) child.stdout.destroy();
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    said,
    kill: (signal) => child.kill(signal),
    ended: closed.then(([code]) => ({ code, ...said })),
  };
}

/** Runs the built command line to its end. */
export async function runPosthaste(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const begun = beginPosthaste(args, options);
  if (options.interruptAfter) {
    await options.interruptAfter();
    begun.kill('SIGINT');
  }
  return begun.ended;
}
