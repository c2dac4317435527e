import pg, { type Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopedTo } from '../../src/db/account-scope.ts';
import { createPool, type Database, inTransaction, type Queryable } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';
import { furnish } from '../support/two-accounts.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let engine: Pool;
let tenant: Pool;
let ours: Database;

beforeAll(async () => {
  database = await freshDatabase();
  engine = createPool(database.databaseUrl, () => undefined);
  tenant = createPool(database.databaseUrl, () => undefined, { role: 'tenant', max: 2 });
  ours = scopedTo(tenant, 'ours');
  await furnish(engine, 'ours');
  await furnish(engine, 'theirs');
});
afterAll(async () => {
  await Promise.all([engine.end(), tenant.end()]);
  await database.drop();
});

/** What a connection of the pool says of itself when nobody has set an account. */
const accountLeft = async () => {
  const { rows } = await tenant.query<{ account: string | null }>(
    `select current_setting('posthaste.account', true) as account`,
  );
  return rows[0]?.account ?? '';
};

test('a connection shared by 200 calls of two accounts at once, on a pool of two, never mixes them', async () => {
  const one = async (n: number) => {
    const account = n % 2 === 0 ? 'ours' : 'theirs';
    const database = scopedTo(tenant, account);
    const look = (db: Queryable) =>
      db.query<{ id: string }>('select account_id as id from deliveries union all select id from accounts');
    const seen: string[] = [];
    const note = ({ rows }: { rows: { id: string }[] }) => seen.push(...rows.map(({ id }) => id));
    if (n % 5 === 0) {
      await inTransaction(database, async (db) => {
        note(await look(db));
        throw new Error('given up');
      }).catch(() => undefined);
    } else if (n % 3 === 0) {
      await inTransaction(database, async (db) => {
        note(await look(db));
        note(await look(db));
      });
    } else if (n % 7 === 0) {
      await database.query('select 1 / 0').catch(() => undefined);
    } else note(await look(database));
    return seen.filter((id) => id !== account).length + (n % 7 !== 0 && seen.length === 0 ? 1 : 0);
  };
  let next = 0;
  let wrong = 0;
  // Ten wait for the two connections at a time; two hundred might wait longer than a pool lets them.
  const caller = async () => {
    while (next < 200) {
      const found = await one(next++);
      wrong += found;
    }
  };
  await Promise.all(Array.from({ length: 12 }, caller));
  expect(wrong).toBe(0);
  expect(await Promise.all([accountLeft(), accountLeft()])).toEqual(['', '']);
});

test('a connection is given back without the account: after an answer, after a commit, after a failure', async () => {
  await ours.query('select 1');
  expect(await Promise.all([accountLeft(), accountLeft()])).toEqual(['', '']);
  await inTransaction(ours, (db) => db.query('select 1'));
  expect(await Promise.all([accountLeft(), accountLeft()])).toEqual(['', '']);
  const failed = inTransaction(ours, (db) =>
    db.query('insert into accounts (id) values ($1)', ['theirs-too']),
  );
  await expect(failed).rejects.toMatchObject({ code: '42501' });
  expect(await Promise.all([accountLeft(), accountLeft()])).toEqual(['', '']);
  const events = await tenant.query('select from events');
  expect(events.rowCount).toBe(0);
});

test('a connection cannot be used after it was given back', async () => {
  const connection = await ours.connect();
  connection.release();
  await expect(connection.query('select 1')).rejects.toThrow('was given back');
  expect(() => connection.release()).toThrow('was given back');
});

test('a connection that was left in the middle of a failed transaction is closed, not given back', async () => {
  const connection = await ours.connect();
  const { rows } = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
  await connection.query('begin');
  await connection.query('select 1 / 0').catch(() => undefined);
  connection.release();
  const pids = await Promise.all(
    [1, 2].map(() => tenant.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)')),
  );
  expect(pids.map((answer) => answer.rows[0]?.pid)).not.toContain(rows[0]?.pid);
});

test('a connection that did not get its role, as behind a pooler that drops it, is refused', async () => {
  const login = new pg.Pool({ connectionString: database.databaseUrl, max: 1 });
  for (const pool of [login, engine])
    await expect(scopedTo(pool, 'ours').query('select from endpoints')).rejects.toThrow(
      /, not as posthaste_tenant$/,
    );
  await login.end();
});

test('a connection takes its role although the URL has options of its own', async () => {
  const url = `${database.databaseUrl}?options=${encodeURIComponent('-c work_mem=5MB -c role=none')}`;
  const pool = createPool(url, () => undefined, { role: 'tenant' });
  const { rows } = await pool.query(
    `select current_user::text as role, current_setting('work_mem') as memory`,
  );
  await pool.end();
  expect(rows).toEqual([{ role: 'posthaste_tenant', memory: '5MB' }]);
});
