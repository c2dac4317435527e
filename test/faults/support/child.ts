import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const POSTHASTE = fileURLToPath(new URL('../../../dist/posthaste.js', import.meta.url));
const READY_WITHIN_MS = 120_000;
const KEPT_LINES = 20;
const LINE_LENGTH = 400;

/** A running process of the built product. */
export interface Child {
  /** Where its API, or its health, answers. */
  url: string;
  /** SIGKILL, before this returns. Nothing when it has ended. */
  kill(): void;
  /** SIGTERM. */
  terminate(): void;
  /** SIGSTOP: it stands still, and keeps its connections, until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Resolves when it has ended: its exit code, or the signal that it died of. */
  ended: Promise<number | string>;
  /** The last warnings and errors that it wrote. */
  lastLines(): string[];
}

/**
 * Starts `posthaste <role>` and waits until it is ready.
 *
 * @param options.preload a module that it loads before anything else
 * @throws Error with its last lines when it ends before
 */
export async function startChild(
  role: 'all' | 'api' | 'worker',
  settings: Record<string, string>,
  { preload }: { preload?: URL } = {},
): Promise<Child> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [...(preload ? ['--import', preload.href] : []), POSTHASTE, role], {
    // As if npm had started it: then it stops when this process is gone, in whatever way.
    env: { PATH, HOME, npm_lifecycle_event: 'test', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const lines: string[] = [];
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const url = /"url":"([^"]+)","msg":"ready"/.exec(line)?.[1];
      if (url) resolve(url);
      // Above `info`, or not written by its log at all.
      if (!line.startsWith('{"level":30')) lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
    });
  });
  const outcome = await Promise.race([
    ready,
    ended.then((how) => new Error(`posthaste ${role} ended (${how}) before it was ready`)),
    delay(READY_WITHIN_MS, new Error(`posthaste ${role} was not ready in time`), { ref: false }),
  ]);
  const send = (signal: NodeJS.Signals) => () => {
    child.kill(signal);
  };
  const kill = send('SIGKILL');
  if (typeof outcome !== 'string') {
    kill();
    throw new Error([outcome.message, ...lines].join('\n'));
  }
  return {
    url: outcome,
    kill,
    terminate: send('SIGTERM'),
    freeze: send('SIGSTOP'),
    thaw: send('SIGCONT'),
    ended,
    lastLines: () => lines.map((line) => line.slice(0, LINE_LENGTH)),
  };
}
