import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import { createApi, createHealthApi } from './api/app.ts';
import type { PartCheck } from './api/deps.ts';
import type { EncryptionKey } from './config.ts';
import { createDeliveryWrites, type DeliveryWrites } from './db/delivery-writes.ts';
import { createPool } from './db/pool.ts';
import { createVault, type Vault } from './db/vault.ts';
import { type Duty, lookAfter } from './dispatch/duties.ts';
import { createRelay } from './dispatch/relay.ts';
import type { AddressPolicy } from './http/address.ts';
import { resolveAndJudge } from './http/guard.ts';
import { createPost } from './http/post.ts';
import { databaseCheck, ownWorkerCheck, remoteWorkerCheck, temporalCheck } from './readiness.ts';
import { connectClient, connectWorker, type TemporalSettings } from './temporal/connect.ts';
import { createDeliveryWorkflows } from './temporal/deliveries.ts';
import { installRuntime } from './temporal/runtime.ts';
import { createWorker } from './temporal/worker.ts';
import { VERSION } from './version.ts';

/** Everything a running process is made from; nothing is read from the environment here. */
export interface Parts {
  /** `all`: API and worker in one process, so that workflows start eagerly. */
  role: 'all' | 'api' | 'worker';
  host: string;
  /** 0 takes a free one. */
  port: number;
  databaseUrl: string;
  temporal: TemporalSettings;
  taskQueue: string;
  operatorKey: string;
  encryptionKeys: EncryptionKey[];
  addressPolicy: AddressPolicy;
  inbox: boolean;
  /** Path of the built workflow bundle. */
  workflowBundlePath: string;
  logger: Logger;
  /** Called when the process cannot go on: its worker has died. */
  onFatal(error: unknown): void;
}

export interface Running {
  /** Where the API listens. */
  url: string;
  /** Stops in order: no new requests, no new starts, attempts under way finished, connections closed. */
  stop(): Promise<void>;
}

type Undo = () => Promise<unknown>;
type Stores = { pool: Pool; vault: Vault; writes: DeliveryWrites };

/** Wires one process together and starts it. */
export async function compose(parts: Parts): Promise<Running> {
  const undo: Undo[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const pool = createPool(parts.databaseUrl, (error) =>
      parts.logger.warn({ err: error }, 'a database connection broke'),
    );
    undo.push(() => pool.end());
    const vault = createVault(parts.encryptionKeys);
    const writes = createDeliveryWrites(pool);

    const { client, readiness } = await startTemporalSide(parts, { pool, vault, writes }, undo);
    const workflows = createDeliveryWorkflows(client, {
      taskQueue: parts.taskQueue,
      eager: parts.role === 'all',
    });
    const relay = createRelay({ pool, workflows, logger: parts.logger });
    undo.push(() => relay.stop());
    const duties: Duty[] = [];
    const lookingAfter = lookAfter({ pool, logger: parts.logger }, duties);
    undo.push(() => lookingAfter.stop());

    const checks: PartCheck[] = [databaseCheck(pool), ...readiness];
    const app =
      parts.role === 'worker'
        ? createHealthApi(checks)
        : createApi({
            pool,
            vault,
            ingest: writes.ingest,
            relay,
            workflows,
            judgeUrl: (url) => resolveAndJudge(url, parts.addressPolicy),
            readiness: checks,
            logger: parts.logger,
            settings: { operatorKey: parts.operatorKey, inbox: parts.inbox, version: VERSION },
          });
    const server = createServer(
      {
        requestTimeout: 30_000,
        headersTimeout: 15_000,
        connectionsCheckingInterval: 5000,
        keepAliveTimeout: 65_000,
      },
      app,
    );
    const url = await listen(server, parts.host, parts.port);
    undo.push(() => close(server));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The worker where the role has one, and the client that serves the rest of the process. */
async function startTemporalSide(parts: Parts, stores: Stores, undo: Undo[]) {
  const { temporal, taskQueue, logger } = parts;
  if (parts.role === 'api') {
    const { client, close } = await connectClient(temporal);
    undo.push(close);
    return { client, readiness: [temporalCheck(client), remoteWorkerCheck(client, taskQueue)] };
  }
  installRuntime(logger);
  const { connection, client, close } = await connectWorker(temporal);
  undo.push(close);
  const { post, close: closePost } = createPost({ policy: parts.addressPolicy });
  undo.push(closePost);
  const worker = await createWorker({
    connection,
    namespace: client.options.namespace,
    taskQueue,
    workflowBundle: { codePath: parts.workflowBundlePath },
    activities: createActivities({ ...stores, post, logger }),
  });
  const run = worker.run().catch(parts.onFatal);
  undo.push(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
  });
  return { client, readiness: [temporalCheck(client), ownWorkerCheck(worker)] };
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host}:${bound}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  });
}
