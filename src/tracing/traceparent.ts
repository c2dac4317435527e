import type { SpanContext } from '@opentelemetry/api';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const ALL_ZERO = /^0+$/;

/** What a W3C `traceparent` says; undefined when it is none. Nobody is told of a wrong one: it is as if it were not there. */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text ?? '') ?? [];
  if (!traceId || text?.startsWith('ff') || ALL_ZERO.test(traceId) || ALL_ZERO.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** @returns undefined for a span that is not sampled: nothing below it is told, so nobody need know it */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  return traceFlags & 1 ? `00-${traceId}-${spanId}-01` : undefined;
}
