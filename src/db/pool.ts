import pg from 'pg';

/** What a single query needs: a database, or a connection inside a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** A connection that is somebody's own until it is released. */
export interface Connection extends Queryable {
  /** @param error closes the connection, for nobody knows what state it is in */
  release(error?: Error): void;
}

/** A connection inside a transaction. */
export interface Transaction extends Queryable {
  /** The last statement: the transaction is committed along with it. When either fails, it is rolled back. */
  commitWith: Queryable['query'];
}

/** The record, as a pool has it or as one account sees it. */
export interface Database extends Queryable {
  connect(): Promise<Connection>;
}

/**
 * What a connection may see and do, as the migrations grant it. `engine`: every account, to deliver, sweep and
 * authenticate. `tenant`: the account that is set on it and no other; none is set when it connects.
 */
export type DatabaseRole = 'engine' | 'tenant';

/**
 * The engine finds its rows by key, one after the other, whatever the tables hold. A statement that was planned while
 * they were empty would go on reading all of a table that has grown since, until somebody analyzes it: so its plans
 * are those for large tables from the first row on, made once a connection. A tenant's lists have other plans for each
 * filter; they, too, follow an index that has their order.
 *
 * That is not all, for what is open comes and goes by the ten thousand between two of Postgres' counts, and where there
 * seems to be nothing one way is as good as another, reading all of a table once for each row of the other included. So
 * statements leave the engine one way. What is read beside rows that are there is looked up in a lateral subquery that
 * cannot be merged into the rest, for its lock or its `offset 0`; and so is what must not exist. What is changed is named by
 * an array of ids, and gets its values by its own, where they differ, never by a join. No other index has an id that could
 * be taken for it (0014), and what else must be true of one that is named by its id is asked so that no index fits:
 * `array[endpoint_id] <@`, `account_id is not distinct from`. A count is in the order of the index that is meant. A test
 * holds all of them to it (test/db/plans.stack.test.ts).
 */
const SETTINGS: Record<DatabaseRole, string[]> = {
  engine: [
    'jit=off',
    'plan_cache_mode=force_generic_plan',
    'enable_seqscan=off',
    'enable_bitmapscan=off',
    'enable_hashjoin=off',
    'enable_mergejoin=off',
  ],
  tenant: ['enable_seqscan=off', 'enable_bitmapscan=off'],
};

/**
 * A pool of connections to the record. Each takes its role as it connects, and fails to connect without it: no
 * query ever runs with the rights of the login, which owns the tables.
 *
 * @param options.role default `engine`
 * @param options.max connections of this process, default 16
 */
export function createPool(
  databaseUrl: string,
  onError: (error: Error) => void,
  { role = 'engine', max = 16 }: { role?: DatabaseRole; max?: number } = {},
): pg.Pool {
  const pool = new RecordPool({
    connectionString: inRole(databaseUrl, role),
    max,
    application_name: 'posthaste',
    // Statements that need not wait for each other's answers go out together. A transaction begins and ends like this.
    pipeline: true,
    connectionTimeoutMillis: 5000,
    // Kept for good: a new one plans each statement anew, and costs some 25 ms of CPU just when many are needed.
    idleTimeoutMillis: 0,
    // A statement of ours takes milliseconds; one that hangs must not hold a connection, whether the database
    // is busy or, a second later, there is no database any more that could say so.
    statement_timeout: 15_000,
    query_timeout: 16_000,
    // Nor may a process that stands still in the middle of a transaction hold its locks.
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
  });
  // An idle connection that breaks (a server restart) is replaced at the next use.
  pool.on('error', onError);
  // One that breaks inside a transaction fails its next statement; an error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * SQLSTATEs of what was undone, and works when it is done again: it waited for a row which has gone to another partition
 * meanwhile (days.ts), or two waited for each other.
 */
const CONFLICTS = ['40001', '40P01'];
const MOST_TRIES = 5;

/** Runs work on the database again that met with such a conflict. */
export async function retryingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!CONFLICTS.includes(String((error as { code?: unknown }).code)) || tries === MOST_TRIES)
        throw error;
    }
  }
}

class RecordPool extends pg.Pool {
  override query = ((query: string, values?: unknown[]) =>
    retryingConflicts(() => super.query(query, values))) as pg.Pool['query'];
}

/** The same URL, with the role among the options that the server is sent at the start of a session. */
function inRole(databaseUrl: string, role: DatabaseRole): string {
  const [address = '', query = ''] = databaseUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  const settings = [`role=posthaste_${role}`, ...SETTINGS[role]].map((setting) => `-c ${setting}`);
  parameters.set('options', [parameters.get('options') ?? '', ...settings].join(' ').trim());
  return `${address}?${parameters}`;
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. It may be run more than once,
 * see {@link retryingConflicts}.
 */
export function inTransaction<T>(database: Database, work: (db: Transaction) => Promise<T>): Promise<T> {
  return retryingConflicts(() => transaction(database, work));
}

async function transaction<T>(database: Database, work: (db: Transaction) => Promise<T>): Promise<T> {
  const client = await database.connect();
  const begun = client.query('begin');
  // Told below, when the work is over that waits behind it.
  begun.catch(() => undefined);
  let committed: Promise<unknown> | undefined;
  const db: Transaction = {
    query: (query, values) => client.query(query, values),
    async commitWith<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]) {
      const answered = client.query<Row>(query, values);
      committed = client.query('commit');
      const [answer] = await Promise.all([answered, committed]);
      return answer;
    },
  };
  try {
    const result = await work(db);
    await begun;
    await (committed ?? client.query('commit'));
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
