import { AppError } from '../domain/errors.ts';
import type { Queryable } from './pool.ts';

/** SQLSTATE of a statement that took too long. */
const QUERY_CANCELED = '57014';

/**
 * Counts in the transaction of `db`, each statement for so long at most; what comes afterwards in the transaction has the
 * time that it had.
 *
 * @throws {AppError} 422 when that was not enough; the transaction is to be undone
 */
export async function countWithin<T>(db: Queryable, seconds: number, count: () => Promise<T>): Promise<T> {
  await db.query(`set local statement_timeout = '${seconds}s'`);
  try {
    const counted = await count();
    await db.query('set local statement_timeout to default');
    return counted;
  } catch (error) {
    throw (error as { code?: unknown }).code === QUERY_CANCELED ? tookTooLong(seconds) : error;
  }
}

function tookTooLong(seconds: number): AppError {
  return new AppError(
    422,
    'count_too_long',
    `There is more to count than can be counted in ${seconds} seconds; choose a shorter span of time.`,
  );
}
