import { heartbeat } from '@temporalio/activity';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { createEndpointTurns } from '../activities/endpoint-turns.ts';
import { createActivities } from '../activities/index.ts';
import { createTaskRoom } from '../activities/task-room.ts';
import { createApi, createHealthApi } from './api/app.ts';
import type { PartCheck } from './api/deps.ts';
import { closeServer, createHttpServer, listen } from './api/server.ts';
import { type Dispatch, startBurstThread } from './burst-thread/host.ts';
import type { BurstMode, EncryptionKey } from './config.ts';
import { scopedTo } from './db/account-scope.ts';
import { createDeliveryWrites, type DeliveryWrites } from './db/delivery-writes.ts';
import { createPool } from './db/pool.ts';
import { createVault, type Vault } from './db/vault.ts';
import { type Duty, lookAfter } from './dispatch/duties.ts';
import { failingEndpointsDuty } from './dispatch/failing-endpoints.ts';
import { noticesDuty } from './dispatch/notices.ts';
import { createOrderedLanes, type OrderedLanes } from './dispatch/ordered-lanes.ts';
import { parkedDuty } from './dispatch/parked.ts';
import { createReconciler } from './dispatch/reconcile.ts';
import { createRecoveries } from './dispatch/recoveries.ts';
import { createRelay, type Relay } from './dispatch/relay.ts';
import { retentionDuty } from './dispatch/retention.ts';
import { DEFAULT_RETENTION, type Retention } from './domain/retention.ts';
import type { AddressPolicy } from './http/address.ts';
import { resolveAndJudge } from './http/guard.ts';
import { createPost } from './http/post.ts';
import type { EgressProxy } from './http/proxy.ts';
import { type ResolveName, systemResolver } from './http/resolve.ts';
import { newSelzToken } from './profiles/secret.ts';
import { databaseCheck, ownWorkerCheck, remoteWorkerCheck, temporalCheck } from './readiness.ts';
import { createBurstWorkflows } from './temporal/bursts.ts';
import { connectClient, connectWorker, type TemporalSettings } from './temporal/connect.ts';
import { createDeliveryWorkflows } from './temporal/deliveries.ts';
import { createDeliveryRuns } from './temporal/delivery-runs.ts';
import { createRecoveryWorkflows } from './temporal/recoveries.ts';
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
  /** Through which deliveries go; default: none. */
  proxy?: EgressProxy | undefined;
  /** How names become addresses; default: as the operating system does. */
  resolve?: ResolveName;
  inbox: boolean;
  /** How long an endpoint may fail before it is disabled; default: for ever. */
  disableAfterHours?: number | undefined;
  /** Requests a second that each account's key may make; default: any number. */
  rateLimit?: number | undefined;
  /** How long accounts keep what, unless they ask for other times; default 90 days, payloads 30. */
  retention?: Retention;
  /** Whether first attempts go out together; default `on`: those that wait. */
  bursts?: BurstMode;
  /** Path of the built workflow bundle. */
  workflowBundlePath: string;
  /** Path of the built thread that makes the attempts of bursts; default: this thread does. */
  burstThreadPath?: string;
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
type Stores = { pool: Pool; vault: Vault; writes: DeliveryWrites; dispatch: Dispatch };

/** Wires one process together and starts it. */
export async function compose(parts: Parts): Promise<Running> {
  const { resolve = systemResolver() } = parts;
  const undo: Undo[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const onBroken = (error: Error) => parts.logger.warn({ err: error }, 'a database connection broke');
    const pool = createPool(parts.databaseUrl, onBroken);
    undo.push(() => pool.end());
    const tenantPool = createPool(parts.databaseUrl, onBroken, { role: 'tenant', max: 8 });
    undo.push(() => tenantPool.end());
    const vault = createVault(parts.encryptionKeys);
    let relay: Relay | undefined;
    let lanes: OrderedLanes | undefined;
    // What comes before they are there is found by the first sweep, and by duties.
    const dispatch: Dispatch = {
      offer: (made) => relay?.offer(made),
      poke: () => relay?.poke(),
      passOn: () => lanes?.passOn(),
    };
    const writes = createDeliveryWrites(pool, {
      woken: dispatch.poke,
      turnEnded: dispatch.passOn,
      unwoken: (error) => parts.logger.warn({ err: error }, 'could not let waiting deliveries through yet'),
    });

    const { client, readiness } = await startTemporalSide(
      parts,
      { pool, vault, writes, dispatch },
      resolve,
      undo,
    );
    const { taskQueue, logger, bursts: mode = 'on' } = parts;
    // Not while the worker shuts down: an eager start and the shutdown could wait for each other.
    const eager = () => parts.role === 'all' && !stopping;
    const workflows = createDeliveryWorkflows(client, { taskQueue, eager });
    const bursts = mode === 'off' ? undefined : createBurstWorkflows(client, { taskQueue, eager, logger });
    relay = createRelay({ pool, workflows, bursts, logger }, { alwaysTogether: mode === 'always' });
    undo.push(relay.stop);
    lanes = createOrderedLanes({ pool, relay, logger });
    undo.push(lanes.stop);
    const recoveries = createRecoveries({
      pool,
      workflows: createRecoveryWorkflows(client, { taskQueue: parts.taskQueue }),
      logger: parts.logger,
    });
    undo.push(recoveries.stop);
    const retention = parts.retention ?? DEFAULT_RETENTION;
    const reconciler = createReconciler({
      pool,
      writes,
      workflows,
      runs: createDeliveryRuns(client, { taskQueue: parts.taskQueue }),
      logger: parts.logger,
    });
    const duties: Duty[] = [
      ...reconciler.duties,
      recoveries.duty,
      parkedDuty({ pool, relay }),
      lanes.duty,
      retentionDuty({ pool, defaults: retention }),
      noticesDuty({ pool, ingest: writes.ingest, relay, newSelzToken }),
      ...(parts.disableAfterHours === undefined
        ? []
        : [failingEndpointsDuty({ pool, logger: parts.logger }, parts.disableAfterHours)]),
    ];
    const lookingAfter = lookAfter({ pool, logger: parts.logger }, duties);
    undo.push(() => lookingAfter.stop());
    undo.push(async () => reconciler.stop());

    const checks: PartCheck[] = [databaseCheck(pool), ...readiness];
    const app =
      parts.role === 'worker'
        ? createHealthApi(checks)
        : createApi({
            pool,
            recordOf: (account) => scopedTo(tenantPool, account),
            vault,
            ingest: writes.ingest,
            relay,
            workflows,
            recoveries,
            judgeUrl: (url) => resolveAndJudge(url, parts.addressPolicy, resolve),
            readiness: checks,
            logger: parts.logger,
            settings: {
              operatorKey: parts.operatorKey,
              inbox: parts.inbox,
              host: parts.host,
              rateLimit: parts.rateLimit,
              retention,
              version: VERSION,
            },
          });
    const server = createHttpServer(app);
    const url = await listen(server, parts.host, parts.port);
    undo.push(() => closeServer(server));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The worker where the role has one, and the client that serves the rest of the process. */
async function startTemporalSide(parts: Parts, stores: Stores, resolve: ResolveName, undo: Undo[]) {
  const { temporal, taskQueue, logger } = parts;
  if (parts.role === 'api') {
    const { client, close } = await connectClient(temporal);
    undo.push(close);
    return { client, readiness: [temporalCheck(client), remoteWorkerCheck(client, taskQueue)] };
  }
  installRuntime(logger);
  const { connection, client, close } = await connectWorker(temporal);
  undo.push(close);
  const { addressPolicy: policy, proxy } = parts;
  const { post, close: closePost } = createPost({ policy, resolve, proxy });
  undo.push(closePost);
  if (proxy) logger.info({ proxy: proxy.label }, 'deliveries go through the egress proxy');
  const { dispatch, ...records } = stores;
  const burstThread = parts.burstThreadPath
    ? startBurstThread({
        path: parts.burstThreadPath,
        role: parts.role,
        data: {
          databaseUrl: parts.databaseUrl,
          encryptionKeys: parts.encryptionKeys,
          refusedPorts: policy.refusedPorts ?? [],
        },
        dispatch,
        onFatal: parts.onFatal,
      })
    : undefined;
  if (burstThread) undo.push(burstThread.stop);
  const worker = await createWorker({
    connection,
    namespace: client.options.namespace,
    taskQueue,
    eager: parts.role === 'all',
    workflowBundle: { codePath: parts.workflowBundlePath },
    activities: createActivities({
      ...records,
      post,
      offer: dispatch.offer,
      attemptEach: burstThread?.attemptEach,
      taskRoom: createTaskRoom(),
      turns: createEndpointTurns(),
      heartbeat,
      logger,
    }),
  });
  const run = worker.run().catch(parts.onFatal);
  undo.push(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
  });
  return { client, readiness: [temporalCheck(client), ownWorkerCheck(worker)] };
}
