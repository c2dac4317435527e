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

test('a transaction that stands still is ended, and lets its locks go', async () => {
  const pool = createPool(database.databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);
  const still = await pool.connect();
  expect((await still.query('show idle_in_transaction_session_timeout')).rows).toEqual([
    { idle_in_transaction_session_timeout: '15s' },
  ]);
  await still.query(`set idle_in_transaction_session_timeout = '200ms'`);
  await still.query('begin');
  await still.query('select from accounts for update');
  expect((await pool.query(`select id from accounts for update`)).rows).toEqual([{ id: 'shop' }]);
  await expect(still.query('commit')).rejects.toThrow();
  still.release(true);
  await pool.end();
});

test('a statement that the commit goes out with is in the transaction, and undone with it', async () => {
  const pool = createPool(database.databaseUrl, () => undefined, { max: 1 });
  const having = (account: string, last: string) =>
    inTransaction(pool, async (db) => {
      await db.query('insert into accounts (id) values ($1)', [account]);
      return (await db.commitWith<{ told: unknown }>(`select ${last} as told from accounts`)).rows;
    });
  expect(await having('shop', 'id')).toEqual([{ told: 'shop' }]);
  await expect(having('stall', '1 / (length(id) - 5)')).rejects.toThrow('division by zero');
  // On the same connection.
  expect((await pool.query('select id from accounts')).rows).toEqual([{ id: 'shop' }]);
  await pool.end();
});
