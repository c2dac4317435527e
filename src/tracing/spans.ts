import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { MadeAttempt } from '../../activities/made-attempt.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { readTraceparent, writeTraceparent } from './traceparent.ts';
import type { Tracing } from './tracing.ts';

/**
 * The spans, by OpenTelemetry's names where it has any; ours begin with `posthaste.`. Ids and kinds, never a payload, a
 * secret or a URL.
 */
export function createTracing({ tracer, close }: { tracer: Tracer; close: () => Promise<void> }): Tracing {
  return {
    request({ method, route, accountId, begunAt, traceparent }) {
      const span = tracer.startSpan(
        `${method} ${route}`,
        {
          kind: SpanKind.SERVER,
          startTime: begunAt,
          attributes: {
            'http.request.method': method,
            'http.route': route,
            'posthaste.account.id': accountId,
          },
        },
        under(traceparent),
      );
      return {
        traceparent: writeTraceparent(span.spanContext()),
        end(status) {
          span.setAttribute('http.response.status_code', status);
          if (status >= 500) failed(span, String(status));
          span.end();
        },
      };
    },

    async accept(event, ingest) {
      // An event of a request that is not sampled, or of none.
      if (!event.traceparent) return ingest(event);
      const span = tracer.startSpan(
        'accept event',
        {
          kind: SpanKind.PRODUCER,
          attributes: { 'posthaste.account.id': event.accountId, 'posthaste.event.type': event.type },
        },
        under(event.traceparent),
      );
      const { traceparent: _, ...untraced } = event;
      const traceparent = writeTraceparent(span.spanContext());
      try {
        const ingested = await ingest(traceparent ? { ...untraced, traceparent } : untraced);
        if (ingested.kind === 'accepted')
          span.setAttributes({
            'posthaste.event.id': ingested.id,
            'posthaste.event.repeated': ingested.repeated,
            'posthaste.deliveries': ingested.deliveries.length,
          });
        else failed(span, ingested.kind);
        return ingested;
      } catch (error) {
        failed(span, 'fault');
        throw error;
      } finally {
        span.end();
      }
    },

    async start(kind, deliveries, starting) {
      const traced = deliveries.filter(({ traceparent }) => traceparent);
      if (traced.length === 0) return starting;
      const startTime = Date.now();
      const tell = (fault?: string) => {
        for (const delivery of traced) started(tracer, kind, delivery, startTime, fault);
      };
      try {
        const result = await starting;
        tell();
        return result;
      } catch (error) {
        tell('fault');
        throw error;
      }
    },

    attempted(made) {
      if (made.claim.event.traceparent) attempted(tracer, made);
    },

    stop: close,
  };
}

/** Below the span that is named so; a trace of its own when none is. */
function under(traceparent: string | undefined) {
  const parent = readTraceparent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

function failed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function started(
  tracer: Tracer,
  kind: string,
  { id, accountId, endpointId, eventType, traceparent }: CommittedDelivery,
  startTime: number,
  fault: string | undefined,
): void {
  const span = tracer.startSpan(
    `start ${kind}`,
    {
      kind: SpanKind.CLIENT,
      startTime,
      attributes: {
        'posthaste.account.id': accountId,
        'posthaste.endpoint.id': endpointId,
        'posthaste.event.type': eventType,
        'posthaste.delivery.id': id,
      },
    },
    under(traceparent),
  );
  if (fault) failed(span, fault);
  span.end();
}

/** It has ended: from the claim to the end of the POST, and the POST within it. */
function attempted(tracer: Tracer, { claim, ended, step, tookMs }: MadeAttempt): void {
  const now = Date.now();
  const error = step.attempt?.error;
  const parent = under(claim.event.traceparent);
  const span = tracer.startSpan(
    'attempt',
    {
      kind: SpanKind.CONSUMER,
      startTime: now - tookMs,
      attributes: {
        'posthaste.account.id': claim.accountId,
        'posthaste.endpoint.id': claim.endpointId,
        'posthaste.profile': claim.profile,
        'posthaste.event.id': claim.event.id,
        'posthaste.event.type': claim.event.type,
        'posthaste.delivery.id': claim.deliveryId,
        'posthaste.delivery.status': step.kind === 'settled' ? step.status : 'retrying',
        'posthaste.attempt': ended.number,
        'posthaste.attempt.try': claim.try,
      },
    },
    parent,
  );
  const post = tracer.startSpan(
    'POST',
    {
      kind: SpanKind.CLIENT,
      startTime: now - ended.durationMs,
      attributes: {
        'http.request.method': 'POST',
        'posthaste.delivery.id': claim.deliveryId,
        ...(step.attempt?.responseStatus !== undefined && {
          'http.response.status_code': step.attempt.responseStatus,
        }),
      },
    },
    trace.setSpan(parent, span),
  );
  for (const one of [post, span]) {
    if (error) failed(one, error);
    one.end(now);
  }
}
