import { createApi, createHealthApi } from './api/app.ts';
import type { PartCheck } from './api/deps.ts';
import { createEventStreams } from './api/event-stream.ts';
import { closeServer, createHttpServer, listen } from './api/server.ts';
import type { Dispatch } from './burst-thread/host.ts';
import { startTemporalSide } from './compose-worker.ts';
import { scopedTo } from './db/account-scope.ts';
import { createDeliveryWrites } from './db/delivery-writes.ts';
import { createPool } from './db/pool.ts';
import { createVault } from './db/vault.ts';
import { type Duty, lookAfter } from './dispatch/duties.ts';
import { failingEndpointsDuty } from './dispatch/failing-endpoints.ts';
import { listenersDuty } from './dispatch/listeners.ts';
import { noticesDuty } from './dispatch/notices.ts';
import { createOrderedLanes, type OrderedLanes } from './dispatch/ordered-lanes.ts';
import { parkedDuty } from './dispatch/parked.ts';
import { createReconciler } from './dispatch/reconcile.ts';
import { createRecoveries } from './dispatch/recoveries.ts';
import { createRelay, type Relay } from './dispatch/relay.ts';
import { retentionDuty } from './dispatch/retention.ts';
import { DEFAULT_UNREAD_MS } from './domain/listener.ts';
import { DEFAULT_RETENTION } from './domain/retention.ts';
import { resolveAndJudge } from './http/guard.ts';
import { systemResolver } from './http/resolve.ts';
import { createExposition } from './metrics/exposition.ts';
import { createMeters } from './metrics/meters.ts';
import { partGauges } from './metrics/parts.ts';
import { poolGauges } from './metrics/pools.ts';
import { recordGauges } from './metrics/record.ts';
import { observing } from './observing.ts';
import type { Parts } from './parts.ts';
import { newSelzToken } from './profiles/secret.ts';
import { databaseCheck } from './readiness.ts';
import { createBurstWorkflows } from './temporal/bursts.ts';
import { createDeliveryWorkflows } from './temporal/deliveries.ts';
import { createDeliveryRuns } from './temporal/delivery-runs.ts';
import { createRecoveryWorkflows } from './temporal/recoveries.ts';
import { startTracing } from './tracing/start.ts';
import { VERSION } from './version.ts';

export interface Running {
  /** Where the API listens. */
  url: string;
  /** Stops in order: no new requests, no new starts, attempts under way finished, connections closed. */
  stop(): Promise<void>;
}

type Undo = () => Promise<unknown>;

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
    const tracing = parts.tracing && (await startTracing(parts.tracing));
    if (tracing) undo.push(tracing.stop);
    const meters = createMeters();
    const observed = observing(meters, tracing);
    poolGauges(meters.registry, { engine: pool, tenant: tenantPool });
    recordGauges(meters.registry, pool);
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
      ended: meters.ended,
      unwoken: (error) => parts.logger.warn({ err: error }, 'could not let waiting deliveries through yet'),
    });

    const { client, readiness, attemptsAhead, threadMetrics } = await startTemporalSide(
      { ...parts, resolve },
      { pool, vault, writes, dispatch, meters, attempted: observed.attempted },
      undo,
    );
    const { taskQueue, logger, bursts: mode = 'on' } = parts;
    // Not while the worker shuts down: an eager start and the shutdown could wait for each other.
    const eager = () => parts.role === 'all' && !stopping;
    const workflows = createDeliveryWorkflows(client, { taskQueue, eager });
    const bursts = mode === 'off' ? undefined : createBurstWorkflows(client, { taskQueue, eager, logger });
    relay = createRelay(
      {
        pool,
        workflows: observed.workflows(workflows),
        bursts: bursts && observed.bursts(bursts),
        ahead: attemptsAhead,
        logger,
      },
      { alwaysTogether: mode === 'always' },
    );
    undo.push(relay.stop);
    const { takeIn } = relay;
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
      listenersDuty({ pool, relay }, parts.listenerUnreadMs ?? DEFAULT_UNREAD_MS),
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
    partGauges(meters.registry, checks);
    const metrics = createExposition(meters.registry, threadMetrics);
    const streams = createEventStreams();
    let ownUrl: string | undefined;
    const app =
      parts.role === 'worker'
        ? createHealthApi(checks, metrics)
        : createApi({
            pool,
            recordOf: (account) => scopedTo(tenantPool, account),
            vault,
            ingest: observed.ingest((event) => {
              const store = () => writes.ingest(event);
              // Somebody waits for a test.
              return event.testEndpointId === undefined ? takeIn(event.accountId, store) : store();
            }),
            relay,
            workflows,
            recoveries,
            judgeUrl: (url) => resolveAndJudge(url, parts.addressPolicy, resolve),
            readiness: checks,
            metrics,
            tracing,
            streams,
            logger: parts.logger,
            settings: {
              operatorKey: parts.operatorKey,
              inbox: parts.inbox,
              host: parts.host,
              rateLimit: parts.rateLimit,
              retention,
              version: VERSION,
              temporalUi: temporalUiOf(parts),
              publicUrl: () => parts.publicUrl ?? ownUrl,
              listenerUnreadMs: parts.listenerUnreadMs,
              consolePath: parts.consolePath,
            },
          });
    const server = createHttpServer(app);
    const url = await listen(server, parts.host, parts.port);
    if (parts.servesThisMachine) ownUrl = url;
    undo.push(() => {
      streams.stop();
      return closeServer(server);
    });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function temporalUiOf({ temporalUiUrl: url, temporal: { namespace = 'default' } }: Parts) {
  return url === undefined ? undefined : { url, namespace };
}
