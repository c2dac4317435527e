import { fileURLToPath } from 'node:url';
import { runBurstThread } from './burst-thread/thread.ts';
import { compose } from './compose.ts';
import { type Config, encryptionKeys, readConfig } from './config.ts';
import { rotateKeys } from './encryption-keys.ts';
import { resolveAndJudge } from './http/guard.ts';
import { runDemoOnce } from './local/demo.ts';
import { startEmbedded } from './local/embedded.ts';
import { noteAddress } from './local/local-product.ts';
import { isFree } from './local/ports.ts';
import { ensureLocalSecrets } from './local/secrets-file.ts';
import { SetupError } from './local/setup-error.ts';
import { onShutdown } from './local/shutdown.ts';
import { welcome } from './local/welcome.ts';
import { createLogger } from './log.ts';
import { ROLES, type Role } from './roles.ts';
import { SettingError } from './setting-error.ts';
import { naming, prepare, progress, requireKeys, requirePrepared, type Stores } from './stores.ts';
import type { TemporalSettings } from './temporal/connect.ts';

/** Built beside this file. */
const WORKFLOW_BUNDLE = fileURLToPath(new URL('./workflows.js', import.meta.url));
const BURST_THREAD = fileURLToPath(new URL('./burst-thread.js', import.meta.url));
const CONSOLE = fileURLToPath(new URL('./console', import.meta.url));

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
  }
}

/** The thread of such a process that makes the attempts of bursts; it gets the role and the environment. */
export function burstThread(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  const { allowNetworks, allowHttp, proxy, tracing, logLevel } = readConfig(roleOf(argv), env);
  void runBurstThread({ addressPolicy: { allowNetworks, allowHttp }, proxy, tracing, logLevel });
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
      temporalUiUrl: config.temporalUiUrl ?? embedded?.temporal?.webUiUrl,
      publicUrl: config.publicUrl,
      servesThisMachine: embedded !== undefined,
      taskQueue: config.taskQueue,
      operatorKey,
      encryptionKeys: keys,
      addressPolicy,
      proxy: config.proxy,
      inbox: config.inbox,
      retention: config.retention,
      disableAfterHours: config.disableAfterHours,
      rateLimit: config.rateLimit,
      bursts: config.bursts,
      tracing: config.tracing,
      workflowBundlePath: WORKFLOW_BUNDLE,
      burstThreadPath: BURST_THREAD,
      consolePath: CONSOLE,
      logger,
      onFatal: dieOf,
    });
    undo.push(running.stop);

    if (!local) {
      logger.info({ role, url: running.url }, 'ready');
      return;
    }
    noteAddress(config.dataDir, running.url);
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

async function rotateAll({ databaseUrl, encryptionKeys: keys }: Config): Promise<boolean> {
  if (!databaseUrl || !keys)
    throw new SettingError('DATABASE_URL and POSTHASTE_ENCRYPTION_KEYS are required');
  return naming('DATABASE_URL', rotateKeys(databaseUrl, keys, progress));
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

function inUse(port: number): string {
  return `PORT ${port} is in use: set PORT to another`;
}

function portTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
