import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPool, inTransaction } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

test('a connection that breaks inside a transaction fails that transaction, and nothing else', async () => {
  const pool = createPool(database.databaseUrl, () => undefined);
  // The pool's role may end nobody's connection.
  const administrator = new pg.Client({ connectionString: database.databaseUrl });
  await administrator.connect();
  // An error that nobody hears would end the process, and here fail the run.
  const broken = inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    await administrator.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await waitUntil(() => db.query('select 1').then(() => false));
  });
  await expect(broken).rejects.toThrow(/not queryable|terminat|ECONNRESET/);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await administrator.end();
  await pool.end();
});
