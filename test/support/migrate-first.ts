import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';

/** Brings an empty database to the schema of before: runs the first so many migrations. */
export async function migrateFirst(client: pg.Client, count: number): Promise<void> {
  await runner({
    dbClient: client,
    dir: fileURLToPath(new URL('../../src/db/migrations', import.meta.url)),
    direction: 'up',
    count,
    migrationsTable: 'schema_migrations',
    noLock: true,
    log: () => undefined,
  });
}
