import type { Request, Response } from 'express';
import type { RequestSpan, Tracing } from '../tracing/tracing.ts';
import type { Route } from './route.ts';

/**
 * What a request is traced by: a span that begins with the request, and is there once the first of its events is about to be
 * accepted. A request that brings none has no trace.
 *
 * @returns tells under which span an event is accepted; undefined where it is not sampled
 */
export function tracedRequest(
  tracing: Tracing,
  route: Route,
  request: Request,
  response: Response,
): (accountId: string) => string | undefined {
  const begunAt = Date.now();
  let span: RequestSpan | undefined;
  return (accountId) => {
    if (!span) {
      const begun = tracing.request({
        method: request.method,
        route: route.path,
        accountId,
        begunAt,
        traceparent: request.headers.traceparent as string | undefined,
      });
      response.once('close', () => begun.end(response.statusCode));
      span = begun;
    }
    return span.traceparent;
  };
}
