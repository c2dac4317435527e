import type { components } from './api.ts';

type Problem = components['schemas']['Problem'];

/** What was wrong with one field of a request. */
export type FieldProblem = NonNullable<Problem['errors']>[number];

/** Codes of what never got an answer of the API, beside those that the API gives. */
export const UNREACHABLE = 'unreachable';
const NOT_THE_API = 'not_posthaste';

/** Whatever a call came to that is not the answer asked for. `message` is for people. */
export class PosthasteError extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Stable and meant for programs: one of the API's, `unreachable`, or `not_posthaste` for somebody else's answer. */
  readonly code: string;
  /** What was wrong, where, and what to do. */
  readonly detail: string;
  /** By field; empty when no field is to blame. */
  readonly errors: readonly FieldProblem[];
  /** To find a fault of the server in its log. */
  readonly requestId: string | undefined;

  constructor(
    {
      status,
      code,
      detail,
      errors = [],
      requestId,
    }: Pick<Problem, 'status' | 'code' | 'detail'> & Partial<Problem>,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = 'PosthasteError';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
  }

  /** What is said of one field of the body, such as `/url`, or of what is in it. */
  about(pointer: string): string | undefined {
    return this.errors.find((one) => one.pointer === pointer || one.pointer?.startsWith(`${pointer}/`))
      ?.detail;
  }
}

/** What an answer that is no success says; one that is not the API's own comes from a proxy, or another server. */
export async function errorOf(response: Response): Promise<PosthasteError> {
  const { status } = response;
  const problem = await response.json().catch(() => undefined);
  return isProblem(problem) ? new PosthasteError({ ...problem, status }) : notTheApi(response);
}

/** An answer that is not what the API would say. */
export function notTheApi({ status, url }: Response): PosthasteError {
  const detail = `${new URL(url || 'http://unknown').origin} answered ${status}, and not as Posthaste does; is the address right?`;
  return new PosthasteError({ status, code: NOT_THE_API, detail });
}

/** No answer came: the name, the connection or the wire failed. */
export function unreachable(url: string, cause: unknown): PosthasteError {
  const { message, cause: deeper } = cause as {
    message?: string;
    cause?: { message?: string; code?: string };
  };
  const why = deeper?.message || deeper?.code || message || 'no reason was given';
  const detail = `${url} cannot be reached (${why}).`;
  return new PosthasteError({ status: 0, code: UNREACHABLE, detail }, { cause });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { code, detail } = body as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string';
}
