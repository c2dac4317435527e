import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { Histogram, register } from 'prom-client';
import type { Caller } from './caller.ts';

/** What is learned of a request on its way, for its log line. */
export interface RequestNotes {
  requestId: string;
  /** The path's template; a fixed word for what no route took, so that strangers cannot make up label values. */
  route: string;
  caller?: Caller;
  account?: string;
  /** A fault of ours. */
  fault?: unknown;
}

/** A key or a secret that somebody put into the path by mistake, and the token of a listener, which belongs there. */
const KEY_OR_SECRET = /(ph_|whsec_|lsnt_)[\w%+/=-]+/g;

const notes = new WeakMap<Request, RequestNotes>();

export function notesOf(request: Request): RequestNotes {
  let found = notes.get(request);
  if (!found) {
    found = { requestId: randomUUID(), route: 'unknown' };
    notes.set(request, found);
  }
  return found;
}

/** Gives what is served outside the route table a name in log and metrics. */
export function named(name: string): RequestHandler {
  return (request, _response, next) => {
    notesOf(request).route = name;
    next();
  };
}

/** One log line and one measurement for each request: never a body, a query or a header. */
export function requestLog(logger: Logger): RequestHandler {
  const seconds = requestSeconds();
  return (request, response, next) => {
    const begun = process.hrtime.bigint();
    const { requestId } = notesOf(request);
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const tookMs = Number(process.hrtime.bigint() - begun) / 1e6;
      const { route } = notesOf(request);
      seconds.observe({ method: request.method, route, status: response.statusCode }, tookMs / 1000);
      write(logger, request, response, tookMs);
    });
    next();
  };
}

function write(logger: Logger, request: Request, response: Response, tookMs: number): void {
  const { requestId, route, caller, account, fault } = notesOf(request);
  const line = {
    requestId,
    method: request.method,
    path: request.path.slice(0, 256).replace(KEY_OR_SECRET, '$1…'),
    route,
    status: response.statusCode,
    durationMs: Math.round(tookMs * 10) / 10,
    ...(caller && { caller: caller.kind === 'operator' ? 'operator' : caller.keyId }),
    ...(account !== undefined && { accountId: account }),
    ...(!response.writableFinished && { aborted: true }),
    ...(fault !== undefined && { err: fault }),
  };
  if (fault !== undefined) logger.error(line, 'request failed');
  else if (route.startsWith('/v1/') || route === 'unknown') logger.info(line, 'request');
  else logger.debug(line, 'request');
}

/** The process has one registry, whatever number of apps it holds. */
function requestSeconds(): Histogram<'method' | 'route' | 'status'> {
  const name = 'posthaste_http_request_duration_seconds';
  const existing = register.getSingleMetric(name);
  if (existing) return existing as Histogram<'method' | 'route' | 'status'>;
  return new Histogram({
    name,
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
}
