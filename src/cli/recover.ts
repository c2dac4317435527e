import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { type components, dataOf } from '../../packages/client/src/index.ts';
import { confirmed } from './confirm.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { commaList } from './listing.ts';
import type { Io, Output } from './output.ts';
import { progressBar } from './progress-bar.ts';
import { type Session, sessionOf } from './session.ts';
import { counted } from './text.ts';
import { pastTime } from './times.ts';

type Recovery = components['schemas']['Recovery'];
type RecoveryCount = components['schemas']['RecoveryCount'];

interface RecoverOptions {
  since: string;
  until?: string;
  status?: string[];
  dryRun?: boolean;
  yes?: boolean;
}

const LOOK_EVERY_MS = 400;

/** `posthaste recover <endpoint>` */
export function addRecover(program: Command, io: Io): void {
  program
    .command('recover <endpoint>')
    .description('send again what did not arrive at an endpoint')
    .requiredOption('--since <time>', 'deliveries made since then: 2h, 3d, 2026-01-31T12:00:00Z', (text) =>
      pastTime(text),
    )
    .option('--until <time>', 'made before then (default: now)', (text) => pastTime(text))
    .option('--status <statuses>', 'failed (default), cancelled, or both by a comma', commaList)
    .option('--dry-run', 'only count')
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, options: RecoverOptions, command: Command) => {
      const session = await sessionOf(command, io);
      const { out } = session;
      const count = (await asked(session, id, options, true)) as RecoveryCount;
      if (options.dryRun || count.count === 0) {
        out.result(count, () => countText(count));
        return;
      }
      const question = `${countText(count)} Send ${count.count === 1 ? 'it' : 'them'} again?`;
      if (!(await confirmed(question, options, io))) throw new CommandError('Nothing was sent.', EXIT.failed);
      const ended = await followed(
        session,
        () => asked(session, id, options, false) as Promise<Recovery>,
        io,
      );
      out.result(ended, () => endText(ended, out));
      if (ended.status !== 'completed') process.exitCode = EXIT.failed;
    });
}

function asked({ client, path }: Session, id: string, options: RecoverOptions, dryRun: boolean) {
  const { since, until, status } = options;
  const body = {
    since,
    dryRun,
    ...(until && { until }),
    ...(status && { status: status as ('failed' | 'cancelled')[] }),
  };
  const params = { path: { ...path, id } };
  return dataOf(client.POST('/v1/accounts/{account}/endpoints/{id}/recover', { params, body }));
}

/** Starts it, and looks on until it has ended. Ctrl-C ends only the looking. */
async function followed(
  { client, path, out }: Session,
  start: () => Promise<Recovery>,
  io: Io,
): Promise<Recovery> {
  const bar = progressBar(io, out.json);
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  try {
    let recovery = await start();
    while (recovery.status === 'running' || recovery.status === 'paused') {
      bar.show({
        done: recovery.resent + recovery.skipped,
        total: recovery.total,
        label: `${recovery.status}, ${recovery.resent} resent, ${recovery.skipped} skipped`,
      });
      await pause(LOOK_EVERY_MS, undefined, { signal: leaving.signal }).catch(() => undefined);
      if (leaving.signal.aborted) {
        bar.clear();
        throw new CommandError(
          `Not watched any longer. The recovery ${recovery.id} goes on by itself.`,
          EXIT.interrupted,
        );
      }
      const params = { path: { ...path, id: recovery.id } };
      recovery = await dataOf(client.GET('/v1/accounts/{account}/recoveries/{id}', { params }));
    }
    return recovery;
  } finally {
    bar.clear();
    process.off('SIGINT', leave);
  }
}

function countText({ count, skipped, endpointId }: RecoveryCount): string {
  const further = counted(skipped, 'further delivery');
  const more = skipped > 0 ? `; ${further} of that time need no sending, or have nothing to send` : '';
  return `${counted(count, 'event')} did not arrive at ${endpointId}${more}.`;
}

function endText({ id, status, resent, skipped }: Recovery, out: Output): string {
  return `${id} is ${out.paint(status === 'completed' ? 'green' : 'yellow', status)}: ${resent} resent, ${skipped} skipped`;
}
