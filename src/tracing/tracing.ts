import type { MadeAttempt } from '../../activities/made-attempt.ts';
import type { Ingested, NewEvent } from '../db/new-event.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';

/**
 * One trace for each event that is sampled: the request that brought it, its acceptance, the starts of its workflows, and
 * each attempt with its POST. What belongs together is told by a `traceparent` (W3C Trace Context), which is kept with the
 * event: so a retry days later, in another process, is part of it.
 */
export interface Tracing {
  /** Begins the span of a request that brings events. */
  request(request: TracedRequest): RequestSpan;
  /** Accepts an event under a span of its own, which its attempts will be children of. */
  accept(event: NewEvent, ingest: (event: NewEvent) => Promise<Ingested>): Promise<Ingested>;
  /** Passes on the start of a workflow that is under way, and tells how long it took. */
  start<T>(
    kind: 'workflow' | 'burst',
    deliveries: readonly CommittedDelivery[],
    starting: Promise<T>,
  ): Promise<T>;
  attempted(made: MadeAttempt): void;
  /** Sends what is not sent yet, for some seconds at most. */
  stop(): Promise<void>;
}

export interface TracedRequest {
  method: string;
  /** The path's template. */
  route: string;
  accountId: string;
  /** Milliseconds since 1970. */
  begunAt: number;
  /** The caller's own, as it was sent. */
  traceparent: string | undefined;
}

export interface RequestSpan {
  /** Undefined when it is not sampled. */
  traceparent: string | undefined;
  end(status: number): void;
}

/** How to trace, and where to. */
export interface TracingSettings {
  /** Base URL of an OTLP/HTTP receiver; `/v1/traces` is added. */
  endpoint: string;
  serviceName: string;
  sampler: Sampler;
  /** Share of traces that are kept by a sampler by ratio, 0 to 1. */
  ratio: number;
}

/** Of OpenTelemetry's `OTEL_TRACES_SAMPLER`; `parentbased_…` follows the caller's own decision where there is one. */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type Sampler = (typeof SAMPLERS)[number];
