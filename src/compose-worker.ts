import { availableParallelism } from 'node:os';
import { heartbeat } from '@temporalio/activity';
import { createAttemptEach } from '../activities/attempt-each.ts';
import { createAttemptsAhead } from '../activities/attempts-ahead.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { createEndpointTurns } from '../activities/endpoint-turns.ts';
import { createActivities } from '../activities/index.ts';
import { steadily } from '../activities/steady-record.ts';
import { createTaskRoom } from '../activities/task-room.ts';
import { type Dispatch, startBurstThread } from './burst-thread/host.ts';
import { createPost } from './http/post.ts';
import type { Meters } from './metrics/meters.ts';
import { workerGauges } from './metrics/worker.ts';
import type { Parts } from './parts.ts';
import { ownWorkerCheck, remoteWorkerCheck, temporalCheck } from './readiness.ts';
import { connectClient, connectWorker } from './temporal/connect.ts';
import { installRuntime } from './temporal/runtime.ts';
import { createWorker } from './temporal/worker.ts';

/** Outcomes that come together here are spread out as those of a burst are, and thinner: each leads a workflow of its own on. */
const ENDED_AT_ONCE = 50 * availableParallelism();

/** What a worker delivers with. */
type Stores = Pick<ActivityDeps, 'pool' | 'vault' | 'writes'> & {
  dispatch: Dispatch;
  meters: Meters;
  attempted: ActivityDeps['attempted'];
};

/**
 * The worker where the role has one, and the client that serves the rest of the process.
 *
 * @param undo takes what stops it, in the order in which it was started
 */
export async function startTemporalSide(parts: Parts, stores: Stores, undo: (() => Promise<unknown>)[]) {
  const { temporal, taskQueue, logger } = parts;
  if (parts.role === 'api') {
    const { client, close } = await connectClient(temporal);
    undo.push(close);
    const readiness = [temporalCheck(client), remoteWorkerCheck(client, taskQueue)];
    return { client, readiness, attemptsAhead: undefined, threadMetrics: undefined };
  }
  installRuntime(logger);
  const { connection, client, close } = await connectWorker(temporal);
  undo.push(close);
  const { addressPolicy: policy, proxy, resolve } = parts;
  const { post, close: closePost } = createPost({ policy, resolve, proxy });
  undo.push(closePost);
  if (proxy) logger.info({ proxy: proxy.label }, 'deliveries go through the egress proxy');
  const { dispatch, meters, attempted, ...records } = stores;
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
  const attempting = {
    ...records,
    writes: { ...records.writes, record: steadily(records.writes.record, () => ENDED_AT_ONCE) },
    post,
    offer: dispatch.offer,
    taskRoom: createTaskRoom(),
    turns: createEndpointTurns(),
    attempted,
    logger,
  };
  const attemptEach = burstThread?.attemptEach ?? createAttemptEach(attempting);
  const attemptsAhead = createAttemptsAhead(attempting, attemptEach);
  undo.push(attemptsAhead.stop);
  const worker = await createWorker({
    connection,
    namespace: client.options.namespace,
    taskQueue,
    eager: parts.role === 'all',
    workflowBundle: { codePath: parts.workflowBundlePath },
    activities: createActivities({ ...attempting, ahead: attemptsAhead, heartbeat }, attemptEach),
  });
  workerGauges(meters.registry, () => worker.getStatus());
  const run = worker.run().catch(parts.onFatal);
  undo.push(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
  });
  return {
    client,
    readiness: [temporalCheck(client), ownWorkerCheck(worker)],
    attemptsAhead,
    threadMetrics: burstThread?.metrics,
  };
}
