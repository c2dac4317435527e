import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { migrate } from '../../../src/db/migrate.ts';
import { readRecord } from '../../../src/local/lock.ts';
import { startPostgres } from '../../../src/local/postgres.ts';
import { findTemporalCli } from '../../../src/local/temporal-cli.ts';
import { startTemporalServer } from '../../../src/local/temporal-server.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

/** A server of the test's own, always reached at the same address, which can die and come back with its data. */
export interface OwnServer {
  /** Where it is reached, whatever port it has now. */
  address: { host: string; port: number };
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on what it left. */
  revive(): Promise<void>;
}

interface Running {
  ended: Promise<string>;
  stop(): Promise<void>;
  port: number;
}

async function own(
  { onTestFinished }: Context,
  recordFile: string,
  start: () => Promise<Running>,
): Promise<OwnServer> {
  let running = await start();
  const target = { host: '127.0.0.1', port: running.port };
  const door = await startTcpProxy(target);
  onTestFinished(async () => {
    await door.close();
    await running.stop();
  });
  return {
    address: { host: '127.0.0.1', port: door.port },
    async kill() {
      const { pid } = readRecord(recordFile) ?? {};
      if (pid === undefined) throw new Error(`nothing runs by ${recordFile}`);
      process.kill(pid, 'SIGKILL');
      await running.ended;
    },
    async revive() {
      // What belonged to the dead one may take a moment to go.
      const dead = running;
      await waitUntil(async () => {
        running = await start().catch(() => dead);
        return running !== dead;
      });
      target.port = running.port;
    },
  };
}

/**
 * A migrated PostgreSQL.
 *
 * @param options.folder where it keeps its data; default: one of its own
 * @param options.durable whether it syncs what it commits, as it does in earnest
 */
export async function ownPostgres(
  context: Context,
  { folder = temporaryFolder(), durable = false }: { folder?: string; durable?: boolean } = {},
): Promise<OwnServer & { databaseUrl: string }> {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  let url = '';
  const server = await own(context, join(dataDir, 'postgres.json'), async () => {
    const started = await startPostgres({ dataDir, throwaway: !durable });
    url = started.databaseUrl;
    return { ...started, port: Number(new URL(url).port) };
  });
  const here = new URL(url);
  here.port = String(server.address.port);
  await migrate(here.href);
  return { ...server, databaseUrl: here.href };
}

/** A Temporal dev server that keeps its data in a file. */
export async function ownTemporal(context: Context): Promise<OwnServer> {
  const dataDir = temporaryFolder();
  const cli = await findTemporalCli({ progress: () => {} });
  return own(context, join(dataDir, 'temporal.json'), async () => {
    const { where, ...started } = await startTemporalServer({ cli, dataDir, throwaway: false });
    return { ...started, port: Number(where.address.split(':')[1]) };
  });
}
