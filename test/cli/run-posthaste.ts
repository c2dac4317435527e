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

/** Runs the built command line to its end, as a process with no settings but those given. */
export async function runPosthaste(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { env = {}, input = '', cwd = ROOT, deaf = false, interruptAfter } = options;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    timeout: ENDS_WITHIN_MS,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  if (deaf) child.stdout.destroy();
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const closed = once(child, 'close') as Promise<[number | null]>;
  if (interruptAfter) {
    await interruptAfter();
    child.kill('SIGINT');
  }
  const [code] = await closed;
  return { code, stdout, stderr };
}
