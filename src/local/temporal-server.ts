import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { type BackgroundProcess, lastLines, startInBackground, stopLeftover } from './background-process.ts';
import { answersOn, freePort } from './ports.ts';
import { SetupError } from './setup-error.ts';

export interface LocalTemporal extends BackgroundProcess {
  where: { address: string; namespace: string; webUiUrl: string /** Path of the CLI. */; cli: string };
}

interface TemporalOptions {
  /** Path of the Temporal CLI. */
  cli: string;
  /** Absolute; the server keeps everything in `temporal.db` inside it. */
  dataDir: string;
  /** Data that nobody will miss: not synced to disk, any free ports. */
  throwaway: boolean;
}

const NAMESPACE = 'default';
const USUAL_PORT = 7233;
const USUAL_WEB_UI_PORT = 8233;
const READY_WITHIN_MS = 60_000;

/**
 * Starts a real Temporal server with its Web UI on 127.0.0.1, and waits until its namespace answers.
 * @throws SetupError when it does not start
 */
export async function startTemporalServer({
  cli,
  dataDir,
  throwaway,
}: TemporalOptions): Promise<LocalTemporal> {
  const recordFile = join(dataDir, 'temporal.json');
  const logFile = join(dataDir, 'temporal.log');
  await stopLeftover(recordFile, 'SIGTERM');

  const port = await freePort(throwaway ? 0 : USUAL_PORT);
  const webUiPort = await freePort(throwaway ? 0 : USUAL_WEB_UI_PORT);
  const started = startInBackground({
    name: 'The embedded Temporal server',
    command: cli,
    args: [
      ...['server', 'start-dev', '--log-level', 'error', '--ip', '127.0.0.1'],
      ...['--port', String(port), '--ui-port', String(webUiPort), '--namespace', NAMESPACE],
      ...['--db-filename', join(dataDir, 'temporal.db')],
      // Thrice as many workflows a second as with SQLite's default journal, and as whole after a crash.
      ...['--sqlite-pragma', 'journal_mode=wal'],
      ...['--sqlite-pragma', `synchronous=${throwaway ? 'off' : 'full'}`],
      // Else every start and change reads them from the file again: a sixth of the CPU time of a short workflow. One
      // that is added to a running server can be used two seconds later.
      ...['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=false'],
      // What it keeps in memory of workflows, most of which sleep or are over: else all of the last hour, up to 128,000.
      ...['--dynamic-config-value', 'history.hostLevelCacheMaxSize=500'],
      // A backlog of one account's deliveries does not delay another's.
      ...['--dynamic-config-value', 'matching.enableFairness=true'],
      // When many timers fire at once, one after another: else what starts meanwhile waits for all their writes.
      ...['--dynamic-config-value', 'history.timerProcessorSchedulerWorkerCount=1'],
      // What the Web UI lists is written up to an eighth of a second later: of a delivery that is over by then once, not
      // three times. One after another, so that what starts meanwhile waits for one such write at most.
      ...['--dynamic-config-value', 'history.visibilityProcessorMaxPollRPS=8'],
      ...['--dynamic-config-value', 'history.visibilityProcessorSchedulerWorkerCount=1'],
      // The ids of all deliveries of a burst.
      ...['--dynamic-config-value', 'frontend.searchAttributesSizeOfValueLimit=16384'],
      ...SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
    ],
    cwd: dataDir,
    env: {
      // Its memory is gone through when it has grown to nine times what is in use, not twice: each time all that starts
      // meanwhile, for up to a third of a second, is slow. It costs some 400 MB.
      GOGC: '800',
      // It shares the machine with us and PostgreSQL. With all cores for itself it also spends more on handing work about.
      GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
    },
    logFile,
    recordFile,
    stopSignal: 'SIGTERM',
  });
  try {
    await ready(port, started, logFile);
    const address = `127.0.0.1:${port}`;
    const webUiUrl = `http://localhost:${webUiPort}`;
    return { ...started, where: { address, namespace: NAMESPACE, webUiUrl, cli } };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function ready(port: number, server: BackgroundProcess, logFile: string): Promise<void> {
  let ended: string | undefined;
  void server.ended.then((how) => {
    ended = how;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      // gRPC, refused once, would wait a second before it tries again.
      await answersOn(port);
      const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
      try {
        await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (ended === undefined && Date.now() < deadline) await delay(50);
      else
        throw new SetupError(
          `${ended ?? `The embedded Temporal server does not answer (${(error as Error).message})`}; its log, ${logFile}, ends with:\n${lastLines(logFile)}`,
        );
    }
  }
}
