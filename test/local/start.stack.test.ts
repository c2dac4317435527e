import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY = 'Ctrl-C stops everything';

interface Started {
  child: ChildProcess;
  output(): string;
  readyAfterMs: number;
}

/** `npm start` on a data folder, on free ports. */
async function start(dataDir: string, settings: Record<string, string> = {}): Promise<Started> {
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, POSTHASTE_DATA: dataDir, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  onTestFinished(() => {
    child.kill('SIGTERM');
  });
  await waitUntil(
    () => ({ text, exitCode: child.exitCode }),
    ({ text, exitCode }) => text.includes(READY) || exitCode !== null,
    50_000,
  );
  expect(text).toContain(READY);
  return { child, output: () => text, readyAfterMs: performance.now() - begun };
}

async function stop({ child }: Started, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** The processes whose command line or working folder is in a data folder. */
function processesOf(dataDir: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
      } catch {
        return false;
      }
    });
}

function apiUrlOf({ output }: Started): string {
  return /API {2,}(\S+)\/v1/.exec(output())?.[1] ?? '';
}

function api(started: Started) {
  const url = apiUrlOf(started);
  const key = /API key {2,}(\S+)/.exec(started.output())?.[1] ?? '';
  return async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  };
}

test('npm start does the main job once, stops cleanly, and goes on where it was', {
  timeout: 120_000,
}, async () => {
  const dataDir = temporaryFolder();
  const first = await start(dataDir);
  expect(first.output()).toMatch(/order\.completed +succeeded \(200\)/);
  expect(first.output()).toMatch(/order_completed +succeeded \(200\)/);

  const call = api(first);
  const inbox = await call<{ requests: { verdicts: unknown }[] }>('/inbox/demo-selz');
  expect(inbox.requests[0]?.verdicts).toEqual({ selz: 'valid', standard: 'valid' });
  // It knows where it is reached, and may deliver there.
  const listener = await call<{ endpointId: string }>('/v1/accounts/demo/listeners', { events: ['none'] });
  expect(await call(`/v1/accounts/demo/endpoints/${listener.endpointId}`)).toMatchObject({
    url: expect.stringContaining(`${apiUrlOf(first)}/listen/`),
  });
  const { id: endpointId } = await call<{ id: string }>('/v1/accounts/demo/endpoints', {
    url: `${apiUrlOf(first)}/inbox/refuses?answer=500`,
    profile: 'standard',
    events: ['sleeper'],
    retrySchedule: [15, 600],
  });
  const sent = await call<{ deliveries: { id: string; endpointId: string }[] }>('/v1/accounts/demo/events', {
    event: 'sleeper',
    data: {},
  });
  const id = sent.deliveries[0]?.id;
  expect(sent.deliveries[0]?.endpointId).toBe(endpointId);
  await waitUntil(
    () => call<{ status: string }>(`/v1/accounts/demo/deliveries/${id}`),
    ({ status }) => status === 'retrying',
  );
  await stop(first, 'SIGTERM');
  await waitUntil(
    () => processesOf(dataDir),
    (left) => left.length === 0,
    20_000,
  );

  const second = await start(dataDir);
  expect(second.readyAfterMs).toBeLessThan(10_000);
  expect(second.output()).not.toContain('A first run');
  const slept = await waitUntil(
    () => api(second)<{ attemptCount: number; status: string }>(`/v1/accounts/demo/deliveries/${id}`),
    ({ attemptCount }) => attemptCount === 2,
    40_000,
  );
  expect(slept.status).toBe('retrying');
  await stop(second, 'SIGINT');
});

test('a first start whose deliveries may not reach the inbox shows none, and is ready', {
  timeout: 60_000,
}, async () => {
  const started = await start(temporaryFolder(), { POSTHASTE_ALLOW_NETWORKS: '10.0.0.0/8' });
  expect(started.output()).not.toContain('A first run');
  await stop(started, 'SIGTERM');
});

test('a wrong setting stops the start with one line that names it', async () => {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    env: { ...process.env, PORT: 'x' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(text.split('\n').filter((line) => line.startsWith('posthaste:'))).toEqual([
    'posthaste: PORT must be a port number',
  ]);
});
