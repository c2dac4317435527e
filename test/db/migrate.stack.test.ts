import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lackingMigrations, migrate } from '../../src/db/migrate.ts';
import { SettingError } from '../../src/setting-error.ts';
import { naming } from '../../src/stores.ts';
import { migrateFirst } from '../support/migrate-first.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

/** Those before the one that wants all of `events`. */
const BEFORE_TRACEPARENT = 9;
const WITHIN_MS = 200;

let database: Awaited<ReturnType<typeof freshDatabase>>;
/** Reads `events` in a transaction that lasts, as a backup does. */
let backup: pg.Client;
let lines: string[];

beforeEach(async () => {
  lines = [];
  database = await freshDatabase({ isMigrated: false });
  backup = new pg.Client({ connectionString: database.databaseUrl });
  await backup.connect();
  await migrateFirst(backup, BEFORE_TRACEPARENT);
  await backup.query('begin');
  await backup.query('lock table events in access share mode');
});
afterEach(async () => {
  await backup.end();
  await database.drop();
});

const patiently = (tries: number) =>
  migrate(database.databaseUrl, {
    withinMs: WITHIN_MS,
    pauseMs: WITHIN_MS,
    tries,
    onWait: (line) => lines.push(line),
  });

test('a migration that waits for a table lets others use it in between, says so, and goes on when it is free', async () => {
  const migrating = patiently(1000);
  await waitUntil(() => lines.length > 1);
  const other = new pg.Client({ connectionString: database.databaseUrl, statement_timeout: 5000 });
  await other.connect();
  await other.query('select from events');
  await other.end();
  expect(new Set(lines)).toEqual(
    new Set(['waiting for tables that another session uses; trying again in 0.2 s']),
  );
  await backup.query('rollback');
  const done = await migrating;
  expect(done[0]).toBe('0010_traceparent');
  expect(await lackingMigrations(database.databaseUrl)).toEqual([]);
  const { rows } = await backup.query('select from days where day = (now() at time zone $1)::date', ['UTC']);
  expect(rows).toHaveLength(1);
});

test('one that waits for too long ends, says what to do, and can be run again', async () => {
  const ended: unknown = await naming('DATABASE_URL', patiently(3)).catch((error: unknown) => error);
  // Told without a stack.
  expect(ended).toBeInstanceOf(SettingError);
  expect(String(ended)).toMatch(/DATABASE_URL: another session uses .* pg_stat_activity .* Migrate again/);
  expect(lines).toHaveLength(2);
  expect(await lackingMigrations(database.databaseUrl)).toContain('0010_traceparent');
  await backup.query('rollback');
  expect(await patiently(1000)).toContain('0010_traceparent');
});
