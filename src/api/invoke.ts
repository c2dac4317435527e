import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { accountExists } from '../db/accounts.ts';
import { keyLives } from '../db/api-keys.ts';
import type { Database } from '../db/pool.ts';
import { portalLinkLives } from '../db/portal-links.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { type Authenticate, authorize } from './auth.ts';
import { MAX_BODY_BYTES, readJsonBody } from './body.ts';
import type { Caller } from './caller.ts';
import type { ApiDeps, AppDeps } from './deps.ts';
import type { EventStream, EventStreams } from './event-stream.ts';
import { parseOr400 } from './problem.ts';
import type { LimitKey } from './rate-limit.ts';
import { notesOf } from './request-log.ts';
import type { Route } from './route.ts';
import { tracedRequest } from './traced-request.ts';

const noQuery = z.strictObject({});
const noParams = z.object({});

/** What the routes of one app share. */
export interface RouteContext {
  deps: ApiDeps & Pick<AppDeps, 'recordOf' | 'tracing'>;
  /** Those of this process. */
  streams: EventStreams;
  authenticate: Authenticate;
  limitKey: LimitKey;
  /** Accounts that were seen to exist; accounts are never removed. */
  knownAccounts: KnownAccounts;
}

/**
 * The way of one request through its route: who calls, may they, is it well-formed, then the handler. Nothing of
 * a body is read before its caller is let in.
 */
export function invoke(
  route: Route,
  { deps, streams, authenticate, limitKey, knownAccounts }: RouteContext,
): RequestHandler {
  const { recordOf, tracing, ...shared } = deps;
  const depsFor = (account: unknown, spanOf?: (account: string) => string | undefined): ApiDeps =>
    typeof account === 'string'
      ? {
          ...shared,
          pool: recordOf(account),
          ingest(event) {
            const traceparent = spanOf?.(account);
            return shared.ingest({ ...event, accountId: account, ...(traceparent && { traceparent }) });
          },
        }
      : shared;
  return async (request, response) => {
    const notes = notesOf(request);
    notes.route = route.path;
    const spanOf = tracing && tracedRequest(tracing, route, request, response);
    const caller = await authenticate(request, response);
    notes.caller = caller;
    if (caller.kind !== 'operator') await limitKey(caller, response);
    const { account } = request.params;
    authorize(caller, route, typeof account === 'string' ? account : undefined);
    const params = parseOr400(route.params ?? noParams, request.params, 'parameters');
    if (typeof account === 'string') {
      notes.account = account;
      if (caller.kind === 'operator' && !route.createsAccount) await knownAccounts.check(account);
    }
    const query = parseOr400(route.query ?? noQuery, request.query, 'parameters');
    const body = await bodyOf(route, request);
    const answer = await route.handle({
      params,
      query,
      body,
      caller,
      request,
      deps: depsFor(account, spanOf),
    });
    if (answer.stream) {
      const portalLink = caller.kind === 'portal' ? caller.keyId : undefined;
      const of = { account: String(account), portalLink };
      const to = streams.open(of, response, untilItEnds(caller, shared.pool));
      await stream(answer.stream, to, request, response);
    } else send(response, answer.status, answer.body, answer.headers);
  };
}

async function bodyOf(route: Route, request: Request): Promise<unknown> {
  const value = await readJsonBody(request, {
    maxBytes: route.maxBodyBytes ?? MAX_BODY_BYTES,
    keepsJsonText: route.keepsJsonText ?? false,
  });
  if (route.body) {
    const parsed = route.body.safeParse(value);
    if (parsed.success) return parsed.data;
    if (value === undefined) throw new AppError(400, 'invalid_request', 'Send a JSON body.');
    return parseOr400(route.body, value, 'body');
  }
  // Some clients send an empty object with every POST.
  const isEmpty =
    value === undefined ||
    (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);
  if (!isEmpty) throw new AppError(400, 'invalid_request', 'This call takes no body.');
  return undefined;
}

async function stream(
  begin: (to: EventStream) => Promise<void>,
  to: ReturnType<EventStreams['open']>,
  request: Request,
  response: Response,
): Promise<void> {
  if (request.method === 'HEAD') response.end();
  else await begin(to);
  to.begin();
}

/** A key or a portal link ends for what is open already, too; the operator's key is this process's own. */
function untilItEnds(caller: Caller, pool: Database): (() => Promise<boolean>) | undefined {
  if (caller.kind === 'operator') return undefined;
  const lives = caller.kind === 'portal' ? portalLinkLives : keyLives;
  return () => lives(pool, caller.keyId);
}

function send(response: Response, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) {
    response.end();
    return;
  }
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

export interface KnownAccounts {
  /** @throws {AppError} 404 */
  check(account: string): Promise<void>;
}

const MOST_KNOWN = 10_000;

export function createKnownAccounts({ pool }: Pick<ApiDeps, 'pool'>): KnownAccounts {
  const known = new Set<string>();
  return {
    async check(account) {
      if (known.has(account)) return;
      if (!(await accountExists(pool, account))) throw notFound('account', account);
      if (known.size >= MOST_KNOWN) known.clear();
      known.add(account);
    },
  };
}
