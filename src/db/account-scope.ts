import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { type Connection, type Database, retryingConflicts } from './pool.ts';

/**
 * The record as one account sees it: the account is set on a connection before anything runs there, and taken off
 * again before anybody else has it. A connection on which something failed is closed, not given back.
 *
 * A single query costs a round trip more, for setting the account; taking it off is nobody's wait.
 *
 * @param pool of connections with the role `tenant`, on which row-level security shows no rows without an account
 */
export function scopedTo(pool: Pool, accountId: string): Database {
  return {
    query<Row extends QueryResultRow>(query: string | QueryConfig, values?: unknown[]) {
      return retryingConflicts(async () => {
        const connection = await connect(pool, accountId);
        try {
          const result = await connection.query<Row>(query, values);
          connection.release();
          return result;
        } catch (error) {
          connection.release(error as Error);
          throw error;
        }
      });
    },
    connect: () => connect(pool, accountId),
  };
}

async function connect(pool: Pool, accountId: string): Promise<Connection> {
  const client = await pool.connect();
  try {
    await setAccount(client, accountId);
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
  let released = false;
  const mine = () => {
    if (released) throw new Error('this connection was given back, and may be another account’s by now');
    return client;
  };
  return {
    query: async <Row extends QueryResultRow>(query: string | QueryConfig, values?: unknown[]) =>
      mine().query<Row>(query, values),
    release(error) {
      const own = mine();
      released = true;
      if (error) own.release(error);
      else void giveBack(own);
    },
  };
}

async function giveBack(client: PoolClient): Promise<void> {
  try {
    await setAccount(client, '');
    client.release();
  } catch (error) {
    client.release(error as Error);
  }
}

/**
 * For the session, not the transaction: what is rolled back does not take it along.
 *
 * @throws when the connection has another role, to which row-level security would show everything
 */
async function setAccount(client: PoolClient, accountId: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>({
    name: 'set-account',
    text: "select set_config('posthaste.account', $1, false), current_user::text as role",
    values: [accountId],
  });
  if (rows[0]?.role !== 'posthaste_tenant')
    throw new Error(`connected to the database as ${rows[0]?.role}, not as posthaste_tenant`);
}
