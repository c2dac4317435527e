import { type DataDir, ownDataDir } from './data-dir.ts';
import { type LocalPostgres, startPostgres } from './postgres.ts';
import { SetupError } from './setup-error.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { type LocalTemporal, startTemporalServer } from './temporal-server.ts';

export interface EmbeddedOptions {
  /** Where everything is kept; made when it is missing. */
  dataDir: string;
  /** Whether to bring PostgreSQL. */
  postgres: boolean;
  /** Whether to bring a Temporal server. */
  temporal: boolean;
  /** Told, line by line, what takes time. */
  progress: (line: string) => void;
  /** For data that nobody will miss, as in tests: not synced to disk, free ports rather than the usual ones. */
  throwaway?: boolean;
}

export interface Embedded {
  databaseUrl?: string;
  temporal?: LocalTemporal['where'];
  /** Where the servers listen. */
  ports: number[];
  /** Resolves, with one line that says what happened, when a server ends that nobody stopped. */
  lost: Promise<string>;
  /** Stops what was started, then gives the data folder up. Stop whatever uses the servers first. */
  stop(): Promise<void>;
}

/**
 * Brings the real things up and waits until they are ready. What an earlier run left running, after a crash, is
 * stopped first. Should this process end without `stop`, the servers stop by themselves.
 * @throws SetupError when this machine lacks something, or another Posthaste owns the data folder
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = ownDataDir(options.dataDir);
  const [postgres, temporal] = await Promise.allSettled([
    options.postgres ? bringPostgres(dataDir, options) : undefined,
    options.temporal ? bringTemporal(dataDir, options) : undefined,
  ]);
  const running = [postgres, temporal].flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
  );
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await Promise.all(running.map((server) => server.stop()));
    dataDir.release();
  };
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    await stop();
    throw [postgres, temporal].find((outcome) => outcome.status === 'rejected')?.reason;
  }
  const lost = new Promise<string>((resolve) => {
    for (const { ended } of running)
      void ended.then((how) => {
        if (!stopping) resolve(`${how}; its log is in ${dataDir.path}`);
      });
  });
  return {
    ports: [
      postgres.value?.databaseUrl,
      temporal.value && `http://${temporal.value.where.address}`,
      temporal.value?.where.webUiUrl,
    ].flatMap((url) => (url === undefined ? [] : [Number(new URL(url).port)])),
    ...(postgres.value && { databaseUrl: postgres.value.databaseUrl }),
    ...(temporal.value && { temporal: temporal.value.where }),
    lost,
    stop,
  };
}

function bringPostgres({ path }: DataDir, { throwaway = false }: EmbeddedOptions): Promise<LocalPostgres> {
  return onceMoreIfPortTaken(() => startPostgres({ dataDir: path, throwaway }));
}

async function bringTemporal({ path }: DataDir, options: EmbeddedOptions): Promise<LocalTemporal> {
  const { throwaway = false, progress } = options;
  const cli = await findTemporalCli({ progress });
  return onceMoreIfPortTaken(() => startTemporalServer({ cli, dataDir: path, throwaway }));
}

/** Between finding a port free and using it, somebody else may; Temporal's finds some of its own, and panics. */
const PORT_TAKEN = /address already in use|failed assigning ephemeral port/i;

async function onceMoreIfPortTaken<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof SetupError && PORT_TAKEN.test(error.message))) throw error;
    return start();
  }
}
