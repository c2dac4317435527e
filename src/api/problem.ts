import { STATUS_CODES } from 'node:http';
import { isGrpcServiceError } from '@temporalio/client';
import type { Response } from 'express';
import { z } from 'zod';
import { AppError, type FieldError } from '../domain/errors.ts';
import { escapePointer } from './body.ts';

/** How long a caller should wait before asking again while something of ours is away, in seconds. */
const RETRY_AFTER_S = 5;
/** Codes of what is refused while others of the same account are under way. */
const TOO_MANY_AT_ONCE = new Set(['too_many_streams', 'too_many_counts']);
/** More than this is no help to anyone. */
const MOST_ERRORS = 50;

/** The one shape of every error (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string().describe('The HTTP status in words.'),
    status: z.int(),
    code: z.string().describe('Stable and meant for programs.'),
    detail: z.string().describe('What was wrong, where, and what to do; for people.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().describe('JSON Pointer (RFC 6901) into the request body.'),
          parameter: z.string().optional().describe('Name of the query parameter, path parameter or header.'),
          detail: z.string(),
        }),
      )
      .optional(),
    requestId: z.string().optional().describe('To find a fault of ours in the log.'),
  })
  .meta({ id: 'Problem', description: 'An error, as application/problem+json (RFC 9457).' });

export type Problem = z.infer<typeof problemSchema>;

/** What an error says to the caller, and whether it is ours to look at. */
export interface Mapped {
  problem: Problem;
  headers: Record<string, string>;
}

/** Maps any error to its problem; what is not meant for callers becomes a 500 or 503 that says nothing of it. */
export function toProblem(error: unknown, requestId: string): Mapped {
  const known = asAppError(error);
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[known.status] ?? 'Error',
    status: known.status,
    code: known.code,
    detail: known.detail,
    ...(known.errors.length > 0 && { errors: known.errors.slice(0, MOST_ERRORS).map((one) => ({ ...one })) }),
    ...(known.status >= 500 && { requestId }),
  };
  return {
    problem,
    headers: {
      ...(known.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...((known.status === 503 || TOO_MANY_AT_ONCE.has(known.code)) && {
        'Retry-After': String(RETRY_AFTER_S),
      }),
    },
  };
}

export function sendProblem(response: Response, { problem, headers }: Mapped): void {
  response.status(problem.status).set(headers).type('application/problem+json').send(JSON.stringify(problem));
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // The router could not decode the path.
  if (error instanceof URIError) {
    return new AppError(400, 'invalid_request', 'The path of the URL is not validly percent-encoded.');
  }
  const refusal = refusedByExpress(error);
  if (refusal) return refusal;
  if (isAway(error)) {
    return new AppError(503, 'unavailable', 'A part that this needs is away for the moment; try again soon.');
  }
  return new AppError(500, 'internal_error', 'Something went wrong on our side; it has been logged.');
}

/** What Express and its parsers refuse carries its status, and says whether it may be told. */
function refusedByExpress(error: unknown): AppError | undefined {
  const { status, expose } = error as { status?: unknown; expose?: unknown };
  if (!(error instanceof Error) || typeof status !== 'number' || expose !== true || status >= 500)
    return undefined;
  const code =
    status === 413 ? 'body_too_large' : status === 415 ? 'unsupported_media_type' : 'invalid_request';
  return new AppError(status, code, `The request was refused: ${error.message}.`);
}

/** SQLSTATE classes of a server that is not there, shuts down, is full, or asks to try again. */
const AWAY_SQLSTATE = /^(?:08|53|57P|57014|40001|40P01)/;
const AWAY_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** The driver's own messages, which have no code. */
const AWAY_MESSAGE =
  /^(?:Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/;
/** gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const AWAY_GRPC = new Set<number>([4, 8, 14]);

/** Whether an error means that our database or Temporal is away, rather than that we are wrong. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isGrpcServiceError(error)) return AWAY_GRPC.has(error.code);
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && (AWAY_SYSTEM.has(code) || AWAY_SQLSTATE.test(code))) return true;
  return AWAY_MESSAGE.test(error.message) || isAway(cause);
}

/** Checks a value against its contract. @throws {AppError} 400 that names every field that is wrong */
export function parseOr400<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: 'body' | 'parameters',
): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.slice(0, MOST_ERRORS).flatMap((issue) => fieldErrors(issue, value, where)),
  );
}

/** A 400 for fields that are wrong. */
export function invalidRequest(errors: FieldError[]): AppError {
  const [first] = errors;
  const place = first?.pointer || first?.parameter;
  const detail = `${place ? `${place}: ` : ''}${first?.detail ?? 'The request is not valid.'}`;
  return new AppError(400, 'invalid_request', detail, errors);
}

function fieldErrors(issue: z.core.$ZodIssue, input: unknown, where: 'body' | 'parameters'): FieldError[] {
  const at = (path: readonly PropertyKey[], detail: string): FieldError =>
    where === 'body'
      ? { pointer: path.map((key) => `/${escapePointer(String(key))}`).join(''), detail }
      : { parameter: path.map(String).join('.'), detail };
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => at([...issue.path, key], 'There is no such field; check its spelling.'));
    case 'invalid_key':
      return issue.issues.slice(0, 1).map(({ message }) => at(issue.path, message));
    case 'invalid_type':
      return [at(issue.path, isMissing(input, issue.path) ? `Required. ${issue.message}` : issue.message)];
    default:
      return [at(issue.path, issue.message)];
  }
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return true;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value === undefined;
}
