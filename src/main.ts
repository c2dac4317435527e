import { fileURLToPath } from 'node:url';
import { compose } from './compose.ts';
import {
  type Config,
  type EncryptionKey,
  encryptionKeys,
  ROLES,
  type Role,
  readConfig,
  SettingError,
} from './config.ts';
import { lackingMigrations, migrate } from './db/migrate.ts';
import { faultOfKeys, rotateKeys } from './encryption-keys.ts';
import { resolveAndJudge } from './http/guard.ts';
import { runDemoOnce } from './local/demo.ts';
import { startEmbedded } from './local/embedded.ts';
import { isFree } from './local/ports.ts';
import { ensureLocalSecrets } from './local/secrets-file.ts';
import { SetupError } from './local/setup-error.ts';
import { onShutdown } from './local/shutdown.ts';
import { welcome } from './local/welcome.ts';
import { createLogger } from './log.ts';
import { connectClient, type TemporalSettings } from './temporal/connect.ts';
import { ensureSearchAttributes } from './temporal/search-attributes.ts';

/** Built beside this file. */
const WORKFLOW_BUNDLE = fileURLToPath(new URL('./workflows.js', import.meta.url));

interface Stores {
  databaseUrl: string;
  temporal: TemporalSettings;
}

/**
 * Runs one process of Posthaste: `all` (API and worker, the default; what is not configured is embedded),
 * `api`, `worker`, `migrate` (brings the database and the Temporal namespace up to date, and ends) or `rotate-keys`
 * (seals all secrets with the newest encryption key, and ends). A wrong setting, or something missing on the machine,
 * ends it with one line that says what to do.
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const config = readConfig(roleOf(argv), env);
    switch (config.role) {
      case 'migrate':
        await prepare(configured(config));
        break;
      case 'rotate-keys':
        if (!(await naming('DATABASE_URL', rotateAll(config)))) process.exitCode = 1;
        break;
      default:
        await run(config, config.role);
    }
  } catch (error) {
    process.exitCode = 1;
    const forPeople = error instanceof SettingError || error instanceof SetupError;
    process.stderr.write(`posthaste: ${forPeople ? error.message : (error as Error).stack}\n`);
    // A connection that failed half-way may hold on to its socket.
    process.exit();
  }
}

function roleOf([word = 'all', ...rest]: readonly string[]): Role {
  const role = ROLES.find((known) => known === word);
  if (role && rest.length === 0) return role;
  throw new SettingError(`"${[word, ...rest].join(' ')}" is not a command; use posthaste ${ROLES.join('|')}`);
}

async function run(config: Config, role: 'all' | 'api' | 'worker'): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  // Looked at first: nobody should wait for everything else only to learn this.
  if (config.embedded && !(await isFree(config.port))) throw new SettingError(inUse(config.port));
  onShutdown(stop);
  const logger = createLogger(config.logLevel);
  const dieOf = (error: unknown) => {
    logger.fatal({ err: error }, 'stopping: a part that everything needs has ended');
    void stop().finally(() => process.exit(1));
  };
  try {
    const embedded = config.embedded ? await startEmbedded(embeddedOptions(config)) : undefined;
    if (embedded) {
      undo.push(embedded.stop);
      void embedded.lost.then(dieOf);
    }
    const local = embedded && ensureLocalSecrets(config.dataDir);
    const stores = embedded
      ? {
          databaseUrl: config.databaseUrl ?? embedded.databaseUrl ?? '',
          temporal: config.temporal ?? temporalAt(embedded.temporal?.address),
        }
      : configured(config);
    if (role === 'all') await prepare(stores);
    else await requirePrepared(stores);

    const keys = config.encryptionKeys ?? encryptionKeys(local?.encryptionKeys ?? '');
    await requireKeys(stores.databaseUrl, keys);

    const operatorKey = config.operatorKey ?? local?.apiKey ?? '';
    const addressPolicy = {
      allowNetworks: config.allowNetworks,
      allowHttp: config.allowHttp,
      refusedPorts: embedded?.ports ?? [],
    };
    const running = await compose({
      role,
      ...stores,
      host: config.host,
      port: config.port,
      taskQueue: config.taskQueue,
      operatorKey,
      encryptionKeys: keys,
      addressPolicy,
      proxy: config.proxy,
      inbox: config.inbox,
      retention: config.retention,
      disableAfterHours: config.disableAfterHours,
      rateLimit: config.rateLimit,
      workflowBundlePath: WORKFLOW_BUNDLE,
      logger,
      onFatal: dieOf,
    });
    undo.push(running.stop);

    if (!local) {
      logger.info({ role, url: running.url }, 'ready');
      return;
    }
    // An inbox that deliveries may not reach shows nothing.
    const canShow = config.inbox && !(await resolveAndJudge(running.url, addressPolicy));
    const demo = canShow ? await runDemoOnce(running.url, operatorKey) : undefined;
    const facts = { apiUrl: running.url, apiKey: operatorKey, temporal: embedded.temporal };
    process.stdout.write(welcome({ ...facts, dataDir: config.dataDir, demo }));
  } catch (error) {
    await stop();
    throw portTaken(error) ? new SettingError(inUse(config.port)) : error;
  }
}

/** Brings the database and the Temporal namespace to what this version needs. */
async function prepare({ databaseUrl, temporal }: Stores): Promise<void> {
  const migrated = await naming('DATABASE_URL', migrate(databaseUrl));
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
async function requirePrepared({ databaseUrl, temporal }: Stores): Promise<void> {
  const lacking = await naming('DATABASE_URL', lackingMigrations(databaseUrl));
  if (lacking.length > 0)
    throw new SettingError(
      `DATABASE_URL: the database lacks ${lacking.join(', ')}: run "posthaste migrate" first`,
    );
  const { close } = await naming('TEMPORAL_ADDRESS', connectClient(temporal));
  await close();
}

/** Stops a start whose keys do not open what the database holds: every delivery would fail. */
async function requireKeys(databaseUrl: string, keys: EncryptionKey[]): Promise<void> {
  const fault = await naming('DATABASE_URL', faultOfKeys(databaseUrl, keys));
  if (fault !== undefined) throw new SettingError(`POSTHASTE_ENCRYPTION_KEYS: ${fault}`);
}

async function rotateAll({ databaseUrl, encryptionKeys: keys }: Config): Promise<boolean> {
  if (!databaseUrl || !keys)
    throw new SettingError('DATABASE_URL and POSTHASTE_ENCRYPTION_KEYS are required');
  return naming('DATABASE_URL', rotateKeys(databaseUrl, keys, progress));
}

/** Names the setting behind a store that cannot be reached. */
function naming<T>(setting: string, reaching: Promise<T>): Promise<T> {
  return reaching.catch((error: Error & { code?: unknown }) => {
    // A migration that fails for its own reasons is told in full: those have SQLSTATEs of other classes.
    const isReach =
      setting !== 'DATABASE_URL' ||
      /^(?:E[A-Z]|08|28|3D|42501|53|57)/.test(String(error.code)) ||
      error.message.startsWith('SASL');
    throw isReach ? new SettingError(`${setting}: ${error.message || String(error.code)}`) : error;
  });
}

/** What `readConfig` has made sure of for every role that brings no stores of its own. */
function configured({ databaseUrl, temporal }: Config): Stores {
  if (!databaseUrl || !temporal) throw new SettingError('DATABASE_URL and TEMPORAL_ADDRESS are required');
  return { databaseUrl, temporal };
}

function temporalAt(address = ''): TemporalSettings {
  return { connectionOptions: { address }, namespace: 'default' };
}

function embeddedOptions({ dataDir, databaseUrl, temporal }: Config) {
  return { dataDir, postgres: !databaseUrl, temporal: !temporal, progress };
}

function progress(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function inUse(port: number): string {
  return `PORT ${port} is in use: set PORT to another`;
}

function portTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
