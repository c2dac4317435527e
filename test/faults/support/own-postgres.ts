import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { migrate } from '../../../src/db/migrate.ts';
import { type LocalPostgres, startPostgres } from '../../../src/local/postgres.ts';

/** A migrated PostgreSQL of the test's own, in a folder of its own. */
export async function ownPostgres(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  folder: string,
): Promise<LocalPostgres> {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const server = await startPostgres({ dataDir, throwaway: true });
  onTestFinished(() => server.stop());
  await migrate(server.databaseUrl);
  return server;
}
