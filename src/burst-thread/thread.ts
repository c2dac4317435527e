import { readlinkSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createAttemptEach } from '../../activities/attempt-each.ts';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import { steadily } from '../../activities/steady-record.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import { createDeliveryWrites } from '../db/delivery-writes.ts';
import { createPool } from '../db/pool.ts';
import { createVault } from '../db/vault.ts';
import { MOST_CARRIED } from '../domain/burst.ts';
import type { AddressPolicy } from '../http/address.ts';
import { createPost } from '../http/post.ts';
import type { EgressProxy } from '../http/proxy.ts';
import { createLogger, type LOG_LEVELS } from '../log.ts';
import { createMeters } from '../metrics/meters.ts';
import { poolGauges } from '../metrics/pools.ts';
import { observing } from '../observing.ts';
import { startTracing } from '../tracing/start.ts';
import type { TracingSettings } from '../tracing/tracing.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** Connections to the database: what bursts write is gathered. Two at most wait for somebody's lock. */
const CONNECTIONS = 6;
const LOCKS_AWAITED = 1;
/** Outcomes that come together, of those that go on: each is to have a workflow of its own. */
const GOING_ON_AT_ONCE = 200 * availableParallelism();
/** Below everything else of this process, where both want a core. */
const NICE = 5;

export interface ThreadSettings {
  addressPolicy: AddressPolicy;
  proxy: EgressProxy | undefined;
  tracing: TracingSettings | undefined;
  logLevel: (typeof LOG_LEVELS)[number];
}

/** What the thread of `startBurstThread` does. */
export async function runBurstThread({
  addressPolicy,
  proxy,
  tracing: traced,
  logLevel,
}: ThreadSettings): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this is a thread of posthaste, not a program');
  const { databaseUrl, encryptionKeys, refusedPorts } = workerData as ThreadData;
  giveWay();
  const tell = (message: FromThread) => port.postMessage(message);
  const logger = createLogger(logLevel);
  const pool = createPool(
    databaseUrl,
    (error) => logger.warn({ err: error }, 'a database connection broke'),
    { max: CONNECTIONS },
  );
  const tracing = traced && (await startTracing(traced));
  const meters = createMeters();
  const { attempted } = observing(meters, tracing);
  poolGauges(meters.registry, { bursts: pool });
  const { post, close } = createPost({ policy: { ...addressPolicy, refusedPorts }, proxy });
  const writes = createDeliveryWrites(pool, {
    woken: () => tell({ kind: 'poke' }),
    turnEnded: () => tell({ kind: 'pass_on' }),
    ended: meters.ended,
    locksAwaited: LOCKS_AWAITED,
    unwoken: (error) => logger.warn({ err: error }, 'could not let waiting deliveries through yet'),
  });
  const attemptEach = createAttemptEach({
    pool,
    writes: {
      ...writes,
      record: steadily(writes.record, ({ step }) =>
        step.kind === 'settled' ? MOST_CARRIED : GOING_ON_AT_ONCE,
      ),
    },
    vault: createVault(encryptionKeys.map(({ id, key }) => ({ id, key: Buffer.from(key) }))),
    post,
    offer: (deliveries) => tell({ kind: 'offer', deliveries }),
    taskRoom: createTaskRoom(),
    turns: createEndpointTurns(),
    attempted,
    logger,
  });

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'attempt_each': {
        const { id, input } = message;
        attemptEach(input).then(
          (made) => tell({ kind: 'made', id, made }),
          (error: Error) => tell({ kind: 'failed', id, message: error.message }),
        );
        return;
      }
      case 'metrics': {
        const { id } = message;
        void meters.registry.getMetricsAsJSON().then((told) => tell({ kind: 'metrics', id, told }));
        return;
      }
      case 'stop':
        void close()
          .then(() => pool.end())
          .then(() => tracing?.stop())
          .finally(() => port.close());
        return;
    }
  });
}

/** Linux has priorities for threads, and tells each where it is: `1234/task/1240`. */
function giveWay(): void {
  try {
    const [, thread] = /task\/(\d+)$/.exec(readlinkSync('/proc/thread-self')) ?? [];
    if (thread) setPriority(Number(thread), NICE);
  } catch {
    // Elsewhere both share the machine alike.
  }
}
