import pg from 'pg';

/** What a single query needs: a pool or a client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * A pool of connections to the record.
 *
 * @param options.max connections of this process, default 16
 */
export function createPool(
  databaseUrl: string,
  onError: (error: Error) => void,
  { max = 16 }: { max?: number } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    application_name: 'posthaste',
    connectionTimeoutMillis: 5000,
    // A statement of ours takes milliseconds; one that hangs must not hold a connection, whether the database
    // is busy or, a second later, there is no database any more that could say so.
    statement_timeout: 15_000,
    query_timeout: 16_000,
    keepAlive: true,
  });
  // An idle connection that breaks (a server restart) is replaced at the next use.
  pool.on('error', onError);
  // One that breaks inside a transaction fails its next statement; an error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
}
