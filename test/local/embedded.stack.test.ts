import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startEmbedded } from '../../src/local/embedded.ts';
import { isRunning, type ProcessRecord, readRecord } from '../../src/local/lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Inside the project, so that the packages that it imports are found.
const FOLDER = fileURLToPath(
  new URL(`../../node_modules/.cache/posthaste/test-${process.pid}`, import.meta.url),
);
const PROGRAM = join(FOLDER, 'embedded-process.mjs');

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url))],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Started {
  child: ChildProcess;
  servers: ProcessRecord[];
  databaseUrl: string;
  address: string;
}

async function start(dataDir: string): Promise<Started> {
  const child = spawn(process.execPath, [PROGRAM, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const servers = ['postgres.json', 'temporal.json'].flatMap((file) => readRecord(join(dataDir, file)) ?? []);
  expect(servers).toHaveLength(2);
  return { child, servers, ...JSON.parse(line) };
}

const gone = (servers: ProcessRecord[]) =>
  vi.waitUntil(() => !servers.some(isRunning), { timeout: 20_000, interval: 50 });

async function query(databaseUrl: string, sql: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('SIGTERM stops both servers before it ends, with exit code 0, and gives the folder up', async () => {
  const dataDir = temporaryFolder();
  const { child, servers } = await start(dataDir);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(servers.some(isRunning)).toBe(false);
  expect(readdirSync(dataDir).filter((file) => file.endsWith('.json'))).toEqual([]);
});

test('a killed process leaves no server behind, and the next start has all that was there', async () => {
  const dataDir = temporaryFolder();
  const killed = await start(dataDir);
  await query(killed.databaseUrl, 'create table kept as select 42 as answer');
  const connection = await Connection.connect({ address: killed.address });
  await new Client({ connection }).workflow.start('any', { workflowId: 'kept', taskQueue: 'none' });
  await connection.close();
  killed.child.kill('SIGKILL');
  await gone(killed.servers);

  const { databaseUrl, temporal, stop } = await startEmbedded({
    dataDir,
    postgres: true,
    temporal: true,
    progress: () => {},
    throwaway: true,
  });
  try {
    expect(await query(databaseUrl ?? '', 'select answer from kept')).toEqual([{ answer: 42 }]);
    const again = await Connection.connect({ address: temporal?.address ?? '' });
    const { status } = await new Client({ connection: again }).workflow.getHandle('kept').describe();
    await again.close();
    expect(status.name).toBe('RUNNING');
  } finally {
    await stop();
  }
});

test('a second start on the same folder is refused while the first runs, and does it no harm', async () => {
  const dataDir = temporaryFolder();
  const { child, databaseUrl, servers } = await start(dataDir);
  await expect(
    startEmbedded({ dataDir, postgres: true, temporal: true, progress: () => {}, throwaway: true }),
  ).rejects.toThrow(`Posthaste already runs with pid ${child.pid}`);
  expect(await query(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  child.kill('SIGKILL');
  await gone(servers);
});

test('a server that ends by itself is told', async () => {
  const dataDir = temporaryFolder();
  const { lost, stop } = await startEmbedded({
    dataDir,
    postgres: true,
    temporal: false,
    progress: () => {},
    throwaway: true,
  });
  process.kill(readRecord(join(dataDir, 'postgres.json'))?.pid ?? 0, 'SIGTERM');
  expect(await lost).toContain('The embedded PostgreSQL ended');
  await stop();
});
