import type { Request } from 'express';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import type { ApiDeps } from './deps.ts';
import type { EventStream } from './event-stream.ts';

/** Who may call a route. `operator`: only the operator key; `read` and `write`: an account's key with that scope too. */
export type Access = 'operator' | 'read' | 'write';

/** What a handler is given: parsed, checked and allowed. */
export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  caller: Caller;
  request: Request;
  deps: ApiDeps;
}

/** What a handler answers; `body` is absent for 204. */
export interface Answer<Body> {
  status: number;
  body?: Body;
  /** In place of a body: server-sent events. It resolves once the stream is on its way. */
  stream?(to: EventStream): Promise<void>;
  /** Response headers besides the usual ones. */
  headers?: Record<string, string>;
}

/**
 * One line of the route table. The zod contracts are the one source of validation, of the handler's types and
 * of the OpenAPI document.
 */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With Express parameters: `/v1/accounts/:account/endpoints/:id`. */
  path: string;
  /** Name of the operation in OpenAPI and in clients: `createEndpoint`. */
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  /** A portal link with that scope may call it, too; absent: none may, whatever its scopes. */
  portal?: true;
  params?: Params;
  query?: Query;
  /** Absent: the route takes no body, and refuses one. A schema that takes `undefined` makes the body optional. */
  body?: Body;
  /** Longest body in bytes, default 256 kB. */
  maxBodyBytes?: number;
  /** The body is kept as JSON text, escapes and all, so NUL and half surrogates may be in it. */
  keepsJsonText?: true;
  /** The account of the path need not exist yet. */
  createsAccount?: true;
  /** Request headers that mean something, for OpenAPI. */
  headers?: z.ZodObject;
  /** Schema of each answer, by status; null for one without a body. Errors are added for every route. */
  answers: Record<
    number,
    {
      description: string;
      schema: z.ZodType | null;
      /** Default `application/json`; of `text/event-stream` the schema is that of the data of each event. */
      mediaType?: 'text/event-stream';
    }
  >;
  /** Statuses of errors besides those that every route of its method may answer. */
  problems?: readonly number[];
  handle(call: Call<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Answer<unknown>>;
}

/** Infers the types of a route's handler from its contracts. */
export function route<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Route<Params, Query, Body>,
): Route {
  return definition as unknown as Route;
}
