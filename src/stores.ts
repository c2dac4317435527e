import type { EncryptionKey } from './config.ts';
import { lackingMigrations, migrate } from './db/migrate.ts';
import { faultOfKeys } from './encryption-keys.ts';
import { SettingError } from './setting-error.ts';
import { connectClient, type TemporalSettings } from './temporal/connect.ts';
import { ensureSearchAttributes } from './temporal/search-attributes.ts';

/** The two that everything is kept in. */
export interface Stores {
  databaseUrl: string;
  temporal: TemporalSettings;
}

/** Brings the database and the Temporal namespace to what this version needs. */
export async function prepare({ databaseUrl, temporal }: Stores): Promise<void> {
  const migrated = await naming('DATABASE_URL', migrate(databaseUrl, { onWait: progress }));
  for (const name of migrated) progress(`migrated the database: ${name}`);
  const { connection, client, close } = await naming('TEMPORAL_ADDRESS', connectClient(temporal));
  try {
    for (const name of await ensureSearchAttributes(connection, client.options.namespace))
      progress(`added the search attribute ${name}`);
  } finally {
    await close();
  }
}

/** Stops a start whose stores cannot be reached, or are older than this version. */
export async function requirePrepared({ databaseUrl, temporal }: Stores): Promise<void> {
  const lacking = await naming('DATABASE_URL', lackingMigrations(databaseUrl));
  if (lacking.length > 0)
    throw new SettingError(
      `DATABASE_URL: the database lacks ${lacking.join(', ')}: run "posthaste migrate" first`,
    );
  const { close } = await naming('TEMPORAL_ADDRESS', connectClient(temporal));
  await close();
}

/** Stops a start whose keys do not open what the database holds: every delivery would fail. */
export async function requireKeys(databaseUrl: string, keys: EncryptionKey[]): Promise<void> {
  const fault = await naming('DATABASE_URL', faultOfKeys(databaseUrl, keys));
  if (fault !== undefined) throw new SettingError(`POSTHASTE_ENCRYPTION_KEYS: ${fault}`);
}

/** Names the setting behind a store that cannot be reached. */
export function naming<T>(setting: string, reaching: Promise<T>): Promise<T> {
  return reaching.catch((error: Error & { code?: unknown }) => {
    // A migration that fails for its own reasons is told in full: those have SQLSTATEs of other classes.
    const isReach =
      setting !== 'DATABASE_URL' ||
      /^(?:E[A-Z]|08|28|3D|42501|53|55P03|57)/.test(String(error.code)) ||
      error.message.startsWith('SASL');
    throw isReach ? new SettingError(`${setting}: ${error.message || String(error.code)}`) : error;
  });
}

/** Tells people what takes time. */
export function progress(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
