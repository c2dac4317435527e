import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type BackgroundProcess, lastLines, startInBackground, stopLeftover } from './background-process.ts';
import { freePort } from './ports.ts';
import { type Account, postgresAccount } from './postgres-account.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { SetupError } from './setup-error.ts';

export interface LocalPostgres extends BackgroundProcess {
  /** The database `posthaste`, as a superuser. */
  databaseUrl: string;
}

interface PostgresOptions {
  /** Absolute; the cluster is made in `postgres` inside it when it is not there. */
  dataDir: string;
  /** Data that nobody will miss: no fsync, any free port. */
  throwaway: boolean;
}

const USER = 'posthaste';
const DATABASE = 'posthaste';
/** Apart from 5432, where a PostgreSQL of the user's would be. */
const USUAL_PORT = 54_329;
/** Recovery after a crash replays what was written since the last checkpoint, five minutes of it at most. */
const READY_WITHIN_MS = 60_000;

/**
 * Starts a real PostgreSQL on 127.0.0.1 that lives in `dataDir`, and waits until it takes connections.
 * @throws SetupError when it cannot run here
 */
export async function startPostgres({ dataDir, throwaway }: PostgresOptions): Promise<LocalPostgres> {
  const home = join(dataDir, 'postgres');
  const recordFile = join(dataDir, 'postgres.json');
  const logFile = join(dataDir, 'postgres.log');
  await stopLeftover(recordFile, 'SIGINT');

  const account = postgresAccount(home);
  const binaries = postgresBinaries({ forAnotherUser: account !== undefined });
  const cluster = await ensureCluster({ home, initdb: binaries.initdb, account, throwaway });
  const password = readFileSync(join(home, 'password'), 'utf8').trim();

  const port = await freePort(throwaway ? 0 : USUAL_PORT);
  const started = startInBackground({
    name: 'The embedded PostgreSQL',
    command: binaries.postgres,
    args: ['-D', reachable(cluster, account), '-p', String(port), ...settings(throwaway)],
    cwd: cluster,
    account,
    logFile,
    recordFile,
    stopSignal: 'SIGINT',
  });
  try {
    const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
    await ready(url('postgres'), started, logFile);
    return { ...started, databaseUrl: url(DATABASE) };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/**
 * The name under which the server's user reaches its working directory: also where that user may not pass the
 * folders above it, as under root's own home.
 */
function reachable(cluster: string, account: Account | undefined): string {
  return account ? '/proc/self/cwd' : cluster;
}

function settings(throwaway: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // Tests run many processes side by side.
    max_connections: throwaway ? 400 : 100,
    shared_buffers: '64MB',
    // What looks through all days locks their partitions.
    max_locks_per_transaction: 256,
    log_checkpoints: 'off',
    ...(throwaway && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Makes the cluster on the first start. A half-made one, left by a crash, is made again. */
async function ensureCluster({
  home,
  initdb,
  account,
  throwaway,
}: {
  home: string;
  initdb: string;
  account: Account | undefined;
  throwaway: boolean;
}): Promise<string> {
  const cluster = join(home, 'data');
  if (existsSync(cluster)) return cluster;

  const unfinished = join(home, 'data.new');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account) for (const path of [home, unfinished, passwordFile]) chownSync(path, account.uid, account.gid);

  const here = reachable(unfinished, account);
  await run(initdb, unfinished, account, [
    `--pgdata=${here}`,
    `--username=${USER}`,
    `--pwfile=${here}/../password`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C',
    '--builtin-locale=C.UTF-8',
    ...(throwaway ? ['--no-sync'] : []),
  ]);
  renameSync(unfinished, cluster);
  return cluster;
}

function run(command: string, cwd: string, account: Account | undefined, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, ...account, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(`The embedded PostgreSQL could not be set up: ${errors.trim()}`));
    });
  });
}

/** Waits for the first connection, and makes our database with it when it is missing. */
async function ready(url: string, server: BackgroundProcess, logFile: string): Promise<void> {
  let ended: string | undefined;
  void server.ended.then((how) => {
    ended = how;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
      if (!rowCount) await client.query(`create database ${DATABASE}`);
      return;
    } catch (error) {
      const wrongPassword = (error as { code?: string }).code === '28P01';
      if (ended === undefined && !wrongPassword && Date.now() < deadline) await delay(20);
      else
        throw new SetupError(
          `${ended ?? `The embedded PostgreSQL does not answer (${(error as Error).message})`}; its log, ${logFile}, ends with:\n${lastLines(logFile)}`,
        );
    } finally {
      await client.end().catch(() => {});
    }
  }
}
