/** What was wrong with one value of a request. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the request body; a parameter or header is named by `parameter` instead. */
  pointer?: string;
  /** Name of the query parameter, path parameter or header. */
  parameter?: string;
  /** One sentence: what is wrong, and what would be right. */
  detail: string;
}

/**
 * Every error that a caller can do something about. Mapped to `application/problem+json` once, at the edge of
 * the API; `code` is stable and documented, `detail` is for people.
 */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Stable, snake_case. */
    readonly code: string,
    /** What was wrong, where, and what to do. */
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail);
  }
}

export function notFound(what: string, id: string): AppError {
  return new AppError(404, 'not_found', `There is no ${what} "${id}" here.`);
}

/**
 * A workflow of a delivery that this database does not have. Repeating does not help; a retry policy knows it by
 * its name.
 */
export class UnknownDelivery extends Error {
  override readonly name = 'UnknownDelivery';

  constructor(deliveryId: string) {
    super(`delivery ${deliveryId} is not in the database`);
  }
}
