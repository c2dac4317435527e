import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

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
      dir: fileURLToPath(new URL('./migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: 'schema_migrations',
      noLock: true,
      log: () => {},
    });
    return done.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
