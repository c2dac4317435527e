import { Counter, Histogram, Registry } from 'prom-client';
import type { MadeAttempt } from '../../activities/made-attempt.ts';
import type { Ingested } from '../db/new-event.ts';
import {
  ATTEMPT_ERRORS,
  FAILURE_REASONS,
  FINAL_STATUSES,
  PROFILES,
  type Settled,
} from '../domain/delivery.ts';

/** Seconds: from what a database of one's own takes to what a caller gives up after. */
const SHORT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds: an attempt takes 30 at most. */
const ATTEMPT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
/** Seconds: in a flood, or after an outage, deliveries are late by minutes. */
const LATENESS_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** What one process, or the thread of it that carries bursts, counts of its own work. */
export interface Meters {
  registry: Registry;
  attempted(made: MadeAttempt): void;
  ended(settled: Settled): void;
  /** Passes on what is begun just now, and tells how long it took and what came of it. */
  ingest(ingesting: Promise<Ingested>): Promise<Ingested>;
  /** The same of the start of a workflow. */
  start<T>(kind: 'delivery' | 'burst', starting: Promise<T>): Promise<T>;
}

/** Labels name kinds alone, so that the number of series is fixed: never an account, an endpoint or an event type. */
export function createMeters(): Meters {
  const registry = new Registry();
  const registers = [registry];
  const attempts = new Counter({
    name: 'posthaste_attempts_total',
    help: 'Attempts that were made, by what came of them.',
    labelNames: ['profile', 'outcome'],
    registers,
  });
  const attemptSeconds = new Histogram({
    name: 'posthaste_attempt_duration_seconds',
    help: 'How long attempts took: name, connection, TLS, request and answer.',
    labelNames: ['profile'],
    buckets: ATTEMPT_BUCKETS,
    registers,
  });
  const lateness = new Histogram({
    name: 'posthaste_attempt_lateness_seconds',
    help: 'How long after its time an attempt began.',
    labelNames: ['attempt'],
    buckets: LATENESS_BUCKETS,
    registers,
  });
  const deliveries = new Counter({
    name: 'posthaste_deliveries_ended_total',
    help: 'Deliveries that came to their end, by how.',
    labelNames: ['status', 'reason'],
    registers,
  });
  const events = new Counter({
    name: 'posthaste_events_total',
    help: 'Events that were taken in, by what came of them.',
    labelNames: ['result'],
    registers,
  });
  const ingestSeconds = new Histogram({
    name: 'posthaste_ingest_duration_seconds',
    help: 'How long it took to have an event and its deliveries safe in the database.',
    buckets: SHORT_BUCKETS,
    registers,
  });
  const starts = new Counter({
    name: 'posthaste_workflow_starts_total',
    help: 'Workflows that were to be started in Temporal.',
    labelNames: ['kind', 'result'],
    registers,
  });

  // A series that begins at its first count has no rate until the second.
  for (const profile of PROFILES)
    for (const outcome of ['success', ...ATTEMPT_ERRORS]) attempts.inc({ profile, outcome }, 0);
  for (const result of RESULTS) events.inc({ result }, 0);
  for (const kind of ['delivery', 'burst'])
    for (const result of ['started', 'failed']) starts.inc({ kind, result }, 0);
  for (const status of FINAL_STATUSES)
    for (const reason of status === 'failed' ? FAILURE_REASONS : ['']) deliveries.inc({ status, reason }, 0);

  return {
    registry,
    attempted({ claim: { profile, number, try: tryNumber, startedAt, dueAt }, ended, step }) {
      // Whoever made the tries before it did not live to tell.
      attempts.inc({ profile, outcome: 'interrupted' }, tryNumber - 1);
      attempts.inc({ profile, outcome: step.attempt?.error ?? 'success' });
      attemptSeconds.observe({ profile }, ended.durationMs / 1000);
      if (!dueAt) return;
      const lateMs = Math.max(0, startedAt.getTime() - dueAt.getTime());
      lateness.observe({ attempt: number === 1 ? 'first' : 'later' }, lateMs / 1000);
    },
    ended: ({ status, reason = '' }) => deliveries.inc({ status, reason }),
    async ingest(ingesting) {
      const end = ingestSeconds.startTimer();
      try {
        const ingested = await ingesting;
        end();
        events.inc({ result: resultOf(ingested) });
        return ingested;
      } catch (error) {
        events.inc({ result: 'error' });
        throw error;
      }
    },
    async start(kind, starting) {
      try {
        const started = await starting;
        starts.inc({ kind, result: 'started' });
        return started;
      } catch (error) {
        starts.inc({ kind, result: 'failed' });
        throw error;
      }
    },
  };
}

const RESULTS = ['accepted', 'repeated', 'conflict', 'no_account', 'error'] as const;

function resultOf(ingested: Ingested): (typeof RESULTS)[number] {
  return ingested.kind === 'accepted' && ingested.repeated ? 'repeated' : ingested.kind;
}
