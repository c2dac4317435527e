import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/**
 * An empty database of the caller's own, on the run's PostgreSQL, migrated unless told otherwise. Close what uses it, then
 * `drop`; a connection that is still open is cut.
 */
export async function freshDatabase({ isMigrated = true } = {}): Promise<{
  databaseUrl: string;
  drop(): Promise<void>;
}> {
  const template = new URL(inject('stack').templateUrl);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const source = isMigrated ? template.pathname.slice(1) : 'template0';
  await asAdmin(template, `create database ${name} template ${source}`);
  const own = new URL(template);
  own.pathname = `/${name}`;
  return { databaseUrl: own.href, drop: () => asAdmin(template, `drop database ${name} with (force)`) };
}

async function asAdmin(server: URL, statement: string): Promise<void> {
  const url = new URL(server);
  // Not the template itself: while somebody is connected to it, it cannot be cloned.
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
