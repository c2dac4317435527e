import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import type { TestContext } from 'vitest';
import type { BurstMode } from '../../../src/config.ts';
import { connectClient } from '../../../src/temporal/connect.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { type Answer, type Api, apiAt } from '../../support/posthaste.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { testTemporal } from '../../support/temporal.ts';
import { type Child, startChild } from './child.ts';
import { type PostgresWire, startPostgresWire } from './wire.ts';

/** How long a client goes on asking a product that is away. */
const PATIENCE_MS = 120_000;
const ASK_AGAIN_MS = 100;

/** Everything that a fault needs: stores behind wires, a receiver, and processes of the product to kill. */
export interface Stage {
  /** Between the product and its database. */
  postgres: PostgresWire;
  /** Between the product and Temporal. */
  temporal: TcpProxy;
  receiver: Receiver;
  /** The same database, past the wire. */
  database: pg.Pool;
  /** The same Temporal, past the wire. */
  client: Client;
  taskQueue: string;
  /** Asks the process with an API that was started last. */
  api: Api;
  /** Starts a process on these stores. */
  start(role?: 'all' | 'api' | 'worker', options?: StartOptions): Promise<Child>;
  /**
   * Sends a request until it is answered: a process that is away, or says that its database is, is asked again.
   *
   * @param first which process is asked first. Default: the one with an API that was started last
   */
  patiently<Body>(method: string, path: string, body?: unknown, first?: Child): Promise<Answer<Body>>;
}

export interface StartOptions {
  settings?: Record<string, string>;
  preload?: URL;
}

/**
 * @param options.bursts the processes' setting; default: the product's own
 * @param options.databaseUrl a database of the caller's own; default: one on the run's PostgreSQL
 * @param options.temporal a Temporal server of the caller's own; default: the run's
 */
export async function openStage(
  { onTestFinished, onTestFailed }: Pick<TestContext, 'onTestFinished' | 'onTestFailed'>,
  {
    bursts,
    databaseUrl,
    temporal: own,
  }: { bursts?: BurstMode; databaseUrl?: string; temporal?: { host: string; port: number } } = {},
): Promise<Stage> {
  const { address, namespace, taskQueue } = testTemporal();
  const [host = '', port = ''] = address.split(':');
  const server = own ?? { host, port: Number(port) };
  const record = databaseUrl ? { databaseUrl, drop: async () => {} } : await freshDatabase();
  const [postgres, temporal, receiver, direct] = await Promise.all([
    startPostgresWire(record.databaseUrl),
    startTcpProxy(server),
    startReceiver(),
    connectClient({ connectionOptions: { address: `${server.host}:${server.port}` }, namespace }),
  ]);
  const database = new pg.Pool({ connectionString: record.databaseUrl, max: 4 });
  database.on('error', () => undefined);
  const children: Child[] = [];
  let apiUrl = '';
  const key = `ph_${randomBytes(16).toString('hex')}`;
  const settings = {
    DATABASE_URL: postgres.databaseUrl,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    TEMPORAL_NAMESPACE: namespace,
    POSTHASTE_TASK_QUEUE: taskQueue,
    POSTHASTE_API_KEY: key,
    POSTHASTE_ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    POSTHASTE_ALLOW_NETWORKS: '127.0.0.0/8,::1/128',
    POSTHASTE_ALLOW_HTTP: 'on',
    POSTHASTE_LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PORT: '0',
    ...(bursts && { POSTHASTE_BURST: bursts }),
  };
  onTestFailed(() => {
    for (const child of children) console.error(child.lastLines().join('\n'));
  });
  onTestFinished(async () => {
    for (const child of children) child.kill();
    await Promise.all([...children.map(({ ended }) => ended), database.end(), direct.close()]);
    await Promise.all([postgres.close(), temporal.close(), receiver.close()]);
    await record.drop();
  });

  const api: Api = {
    call: (...request) => apiAt(apiUrl, key).call(...request),
  };
  return {
    postgres,
    temporal,
    receiver,
    database,
    client: direct.client,
    taskQueue,
    api,
    async start(role = 'all', { settings: more = {}, ...options } = {}) {
      const child = await startChild(role, { ...settings, ...more }, options);
      children.push(child);
      if (role !== 'worker') apiUrl = child.url;
      return child;
    },
    async patiently<Body>(method: string, path: string, body?: unknown, first?: Child) {
      const deadline = Date.now() + PATIENCE_MS;
      for (let asked = first ? apiAt(first.url, key) : api; ; asked = api) {
        const answer = await asked.call<Body>(method, path, body).catch((error: Error) => error);
        if (!(answer instanceof Error) && answer.status !== 503) return answer;
        if (Date.now() > deadline) throw new Error(`${method} ${path} was never answered`, { cause: answer });
        await delay(ASK_AGAIN_MS);
      }
    },
  };
}
