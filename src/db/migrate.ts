import { readdir } from 'node:fs/promises';
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

/**
 * Brings a database to the newest schema. Safe to run from many processes at once: one migrates, the others
 * wait for it and find nothing left to do.
 *
 * @returns the names of the migrations that were run now
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await runner({
      dbClient: client,
      dir: FOLDER,
      direction: 'up',
      migrationsTable: TABLE,
      noLock: true,
      log: () => {},
    });
    await client.query('set role posthaste_engine');
    await addDays(client);
    return done.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** The names of this version's migrations that a database lacks. */
export async function lackingMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client
      .query<{ name: string }>(`select name from ${TABLE}`)
      .catch((error: { code?: string }) => {
        if (error.code === UNDEFINED_TABLE) return { rows: [] };
        throw error;
      });
    const done = new Set(rows.map(({ name }) => name));
    const ours = (await readdir(FOLDER)).map((file) => file.replace(/\.sql$/, '')).sort();
    return ours.filter((name) => !done.has(name));
  } finally {
    await client.end();
  }
}
