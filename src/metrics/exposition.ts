import { setTimeout as delay } from 'node:timers/promises';
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
  register,
} from 'prom-client';

/** What a registry tells, as it goes from one thread to another. */
export type Told = MetricObjectWithValues<MetricValue<string>>[];

/** How long to wait for the thread of bursts, which may have much to do. */
const THREAD_WITHIN_MS = 500;

/**
 * All that `/metrics` tells: of the process, of its own work, and of the thread that makes the attempts of bursts, both as
 * one. A thread that does not answer in time has told what it told before: what is counted never goes back.
 */
export function createExposition(own: Registry, thread?: () => Promise<Told>): () => Promise<string> {
  let ofThread: Told = [];
  return async () => {
    const asked = thread?.().then(
      (told) => {
        ofThread = told;
      },
      () => undefined,
    );
    const mine = await own.getMetricsAsJSON();
    await Promise.race([asked, delay(THREAD_WITHIN_MS, undefined, { ref: false })]);
    const together = AggregatorRegistry.aggregate([mine, ofThread]);
    return `${await processMetrics()}${await together.metrics()}`;
  };
}

/** What Node.js and the API tell of the whole process, which has one registry of that, whatever it holds. */
export async function processMetrics(): Promise<string> {
  if (!register.getSingleMetric('process_cpu_user_seconds_total')) collectDefaultMetrics();
  return `${await register.metrics()}\n`;
}
