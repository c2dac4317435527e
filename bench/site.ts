import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scripts } from '../package.json';
import { notedAddress } from '../src/local/local-product.ts';
import { readRecord } from '../src/local/lock.ts';
import { nowMs } from './clock.ts';
import { type CpuMs, readCpu } from './cpu.ts';
import { readRssMb } from './memory.ts';

const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 50;
/** What `npm start` tells V8, and what it sets for Node.js. */
const AS_STARTED = {
  args: scripts.start.match(/--\S+/g) ?? [],
  env: Object.fromEntries(
    Array.from(scripts.start.matchAll(/([A-Z_]+)=(\S+)/g), ([, name, value]) => [name, value]),
  ),
};

/** What is measured, with its stores: the product or the raw baseline. */
export interface Site {
  url: string;
  apiKey: string;
  /** CPU used so far, `bench` being this process and the receiver. */
  cpu(receiverPid: number): CpuMs;
  /** What its Node process holds in memory, in MB. */
  rssMb(): number;
  /** From the spawn of its process until it said that it is ready. */
  readyAfterMs: number;
  /** The warnings and errors that it logged. */
  warnings(): string[];
  stop(): Promise<void>;
}

interface SiteOptions {
  /** Node.js arguments: the program first, or options before it. */
  args: readonly string[];
  /** Where it keeps its data; fresh. */
  dataDir: string;
  /** Working directory. */
  root: string;
  /** Environment variables besides those that every site gets. */
  settings?: Readonly<Record<string, string>>;
}

/** Starts it in a process of its own with embedded stores that sync to disk, and waits until it is ready. */
export async function startSite({ args, dataDir, root, settings }: SiteOptions): Promise<Site> {
  const apiKey = `ph_${randomBytes(24).toString('hex')}`;
  const spawnedAtMs = nowMs();
  const child = spawn(process.execPath, [...AS_STARTED.args, ...args], {
    cwd: root,
    env: {
      ...withoutSettings(process.env),
      ...AS_STARTED.env,
      // One that was found free before could be taken by then, by a server that it starts itself.
      PORT: '0',
      POSTHASTE_DATA: dataDir,
      POSTHASTE_API_KEY: apiKey,
      // Else the first start would show its demo.
      POSTHASTE_INBOX: 'off',
      // As under npm, it ends when its parent has: also when the bench is killed.
      npm_lifecycle_event: 'bench',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };

  const deadline = Date.now() + READY_WITHIN_MS;
  const pid = child.pid ?? 0;
  let url = await readyAt(dataDir, pid);
  while (!url) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() >= deadline) {
      await stop();
      throw new Error(`${args.at(-1)} does not get ready; it says:\n${log.trim()}`);
    }
    await delay(LOOK_EVERY_MS);
    url = await readyAt(dataDir, pid);
  }
  const readyAfterMs = nowMs() - spawnedAtMs;
  const pids = {
    node: pid,
    temporal: readRecord(join(dataDir, 'temporal.json'))?.pid,
    postgres: readRecord(join(dataDir, 'postgres.json'))?.pid,
  };
  return {
    url,
    apiKey,
    cpu: (receiverPid) => readCpu({ ...pids, bench: [process.pid, receiverPid] }),
    rssMb: () => readRssMb(pids.node),
    readyAfterMs,
    warnings: () => log.split('\n').filter((line) => line.startsWith('{')),
    stop,
  };
}

/** @returns its URL as soon as it is ready */
async function readyAt(dataDir: string, pid: number): Promise<string | undefined> {
  const url = notedAddress(dataDir, pid);
  try {
    return url && (await fetch(`${url}/readyz`)).ok ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The bench measures the embedded product, whatever the environment is set up for. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string) =>
    /^(DATABASE_URL|HOST|PORT|TEMPORAL_(?!CLI$).*|POSTHASTE_.*)$/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSetting(name)));
}
