import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { AppError } from '../domain/errors.ts';
import { createAuthenticate } from './auth.ts';
import { consoleRouter } from './console.ts';
import { createCountingTurns } from './counting-turns.ts';
import { createDeliveryTails } from './delivery-tails.ts';
import type { AppDeps, PartCheck } from './deps.ts';
import { docsRouter } from './docs.ts';
import { createEventStreams } from './event-stream.ts';
import { healthRouter } from './health.ts';
import { createInbox } from './inbox.ts';
import { createKnownAccounts, invoke } from './invoke.ts';
import { createListenerDoor } from './listener-door.ts';
import { openApiDocument } from './openapi.ts';
import { isAway, sendProblem, toProblem } from './problem.ts';
import { createKeyLimit } from './rate-limit.ts';
import { named, notesOf, requestLog } from './request-log.ts';
import { ROUTES } from './routes.ts';
import { createWakeUps } from './wake-ups.ts';

/** The whole HTTP face of a process: the API, its documents, health and, where it is on, the inbox. */
export function createApi(deps: AppDeps): Express {
  const app = bareApp();
  app.use(requestLog(deps.logger));

  const wakeUps = createWakeUps();
  const { streams = createEventStreams(), ...rest } = deps;
  const context = {
    deps: { ...rest, tails: createDeliveryTails(deps), wakeUps, countingTurns: createCountingTurns() },
    streams,
    authenticate: createAuthenticate(deps),
    limitKey: createKeyLimit(deps.settings.rateLimit),
    knownAccounts: createKnownAccounts(deps),
  };
  // First, for Express looks at one after the other, and events are what comes most.
  for (const route of ROUTES) app[route.method](route.path, invoke(route, context));
  for (const [path, methods] of methodsByPath()) app.all(path, methodNotAllowed(path, methods));

  app.use(healthRouter(deps.readiness, deps.metrics));
  const openApi = JSON.stringify(openApiDocument(ROUTES, deps.settings.version));
  app.get('/openapi.json', named('/openapi.json'), (_request, response) => {
    response.type('application/json').send(openApi);
  });
  app.use('/docs', named('/docs'), docsRouter());
  app.use(consoleRouter(deps.settings.consolePath, deps.pool));
  if (deps.settings.inbox) app.use('/inbox', named('/inbox/:name'), createInbox(deps));
  app.use('/listen', named('/listen/:id/:token'), createListenerDoor({ ...deps, wakeUps }));
  app.use(noSuchPath, answerErrors);
  return app;
}

/** Health only, for a process that is a worker and nothing else. */
export function createHealthApi(parts: readonly PartCheck[], metrics: () => Promise<string>): Express {
  const app = bareApp();
  app.use(healthRouter(parts, metrics), noSuchPath, answerErrors);
  return app;
}

function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  return app;
}

/** Nothing here is meant to be framed, sniffed, or read by another site's pages; there is no CORS. */
const SECURITY_HEADERS = Object.entries({
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
});

const securityHeaders: RequestHandler = (_request, response, next) => {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
  next();
};

function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of ROUTES) {
    const own = methods.get(path) ?? [];
    own.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    methods.set(path, own);
  }
  return methods;
}

function methodNotAllowed(path: string, methods: string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request, response) => {
    notesOf(request).route = path;
    response.set('Allow', allow);
    throw new AppError(405, 'method_not_allowed', `Use ${allow} here.`);
  };
}

const noSuchPath: RequestHandler = () => {
  throw new AppError(404, 'not_found', 'There is nothing at this path; /docs lists what there is.');
};

/** The one place where an error becomes an answer. */
const answerErrors: ErrorRequestHandler = (error, request, response, next) => {
  const notes = notesOf(request);
  const mapped = toProblem(error, notes.requestId);
  if (mapped.problem.status >= 500) notes.fault = isAway(error) ? briefly(error) : error;
  // Half an answer cannot be taken back: Express ends the connection.
  if (response.headersSent) return next(error);
  // Many clients read no answer before they have sent all of their body: the rest is let in, and dropped.
  request.resume();
  sendProblem(response, mapped);
};

/** An outage makes many errors; none of them needs its stack. */
function briefly(error: Error & { code?: unknown }): { message: string; code?: unknown } {
  return { message: error.message, code: error.code };
}
