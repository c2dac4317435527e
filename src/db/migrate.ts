import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { addDays } from './days.ts';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));
const TABLE = 'schema_migrations';

/** SQLSTATE of a database that was never migrated. */
const UNDEFINED_TABLE = '42P01';

/** Any number that nobody else uses: the lock that lets one process migrate at a time. */
const MIGRATION_LOCK = 7_205_759_403_792_794;

/** SQLSTATE of a lock that could not be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** How a migration waits for tables that others use: whoever comes meanwhile waits behind it. */
export interface LockWaits {
  /** For so long at a time, in milliseconds; default 3 s. */
  withinMs?: number;
  /** Others go on for so long before it is tried again, in milliseconds; default 5 s. */
  pauseMs?: number;
  /** How often it is tried; default 15 times, about two minutes. */
  tries?: number;
  /** Told each time that it is tried again. */
  onWait?(line: string): void;
}

/**
 * Brings a database to the newest schema. Safe to run from many processes at once: one migrates, the others
 * wait for it and find nothing left to do.
 *
 * @returns the names of the migrations that were run now
 * @throws Error with the code 55P03 when somebody else has used a table all the time
 */
export async function migrate(
  databaseUrl: string,
  { withinMs = 3000, pauseMs = 5000, tries = 15, onWait }: LockWaits = {},
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`set lock_timeout = ${withinMs}`);
    const before = await doneMigrations(client);
    for (let tried = 1; !(await migrateNow(client)); tried++) {
      if (tried === tries) throw new TablesInUse();
      onWait?.(`waiting for tables that another session uses; trying again in ${pauseMs / 1000} s`);
      await delay(pauseMs);
    }
    const done = await doneMigrations(client);
    return [...done].filter((name) => !before.has(name));
  } finally {
    await client.end();
  }
}

class TablesInUse extends Error {
  readonly code = LOCK_NOT_AVAILABLE;

  constructor() {
    super(
      'another session uses a table that is to be changed, and has not let it go; nothing is lost. See who does (select ' +
        'pid, application_name, xact_start, query from pg_stat_activity where xact_start is not null order by xact_start): ' +
        'a backup, say. Migrate again when that has ended, or with all processes of Posthaste stopped',
    );
  }
}

/** @returns false when a table could not be had; what was migrated before it stays so */
async function migrateNow(client: pg.Client): Promise<boolean> {
  try {
    await runner({
      dbClient: client,
      dir: FOLDER,
      direction: 'up',
      migrationsTable: TABLE,
      noLock: true,
      log: () => {},
    });
    await client.query('set role posthaste_engine');
    await addDays(client);
    await client.query('reset role');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    await client.query('rollback');
    await client.query('reset role');
    return false;
  }
}

async function doneMigrations(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client
    .query<{ name: string }>(`select name from ${TABLE} order by id`)
    .catch((error: { code?: string }) => {
      if (error.code === UNDEFINED_TABLE) return { rows: [] };
      throw error;
    });
  return new Set(rows.map(({ name }) => name));
}

/** The names of this version's migrations that a database lacks. */
export async function lackingMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const done = await doneMigrations(client);
    const ours = (await readdir(FOLDER)).map((file) => file.replace(/\.sql$/, '')).sort();
    return ours.filter((name) => !done.has(name));
  } finally {
    await client.end();
  }
}
