import { Command, CommanderError } from 'commander';
import { PosthasteError } from '../../packages/client/src/index.ts';
import { ROLES } from '../roles.ts';
import { VERSION } from '../version.ts';
import { addCompletion } from './completion.ts';
import { addDeliveries } from './deliveries.ts';
import { addEndpoints } from './endpoints.ts';
import { addEvents } from './events.ts';
import { CommandError, EXIT, exitCodeOf } from './exit-codes.ts';
import { addListen } from './listen.ts';
import type { Io } from './output.ts';
import { paintFor } from './paint.ts';
import { addPortalLink } from './portal-link.ts';
import { addRecover } from './recover.ts';
import { addTail } from './tail.ts';
import { addTrigger } from './trigger.ts';
import { addVerify } from './verify.ts';
import { addWhoami } from './whoami.ts';

/** Runs one command on this process's streams. @returns what to exit with, see docs/cli.md */
export async function commandLine(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on('error', leaveWhenClosed);
  const io: Io = { env, stdin, stdout, stderr };
  const json = argv.includes('--json');
  try {
    await programOn(io, json).parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      tell(error, json, io);
      return exitCodeOf(error);
    }
    if (error.exitCode === 0) return EXIT.ok;
    // To people it has said what is wrong, or shown its help.
    if (json) tell(error, json, io);
    return EXIT.usage;
  }
}

/** Whoever reads has had enough, as `head` does: that is no fault. */
function leaveWhenClosed(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
}

/** @param silent whether it keeps to itself what is wrong with its arguments */
export function programOn(io: Io, silent = false): Command {
  const program = new Command('posthaste')
    .description('Send, watch and mend webhooks of a Posthaste that runs somewhere, through its API.')
    .version(VERSION)
    .option(
      '--url <url>',
      'address of the API (default: POSTHASTE_URL, else the product that runs in this folder)',
    )
    .option(
      '--key <key>',
      'API key, or @file (default: POSTHASTE_API_KEY); a key on the command line is seen by other users of the machine',
    )
    .option('--account <id>', 'account (default: POSTHASTE_ACCOUNT)')
    .option('--json', 'print JSON, for programs')
    .addHelpText('after', `\nProcesses of the product: posthaste ${ROLES.join('|')} (see docs/operators.md)`)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => silent || io.stderr.write(text),
    })
    .showHelpAfterError('(--help tells what there is)')
    .exitOverride();
  addEndpoints(program, io);
  addEvents(program, io);
  addTrigger(program, io);
  addDeliveries(program, io);
  addTail(program, io);
  addListen(program, io);
  addRecover(program, io);
  addVerify(program, io);
  addPortalLink(program, io);
  addWhoami(program, io);
  addCompletion(program, io);
  return program;
}

/** On stderr, so that what is piped on stays clean. */
function tell(error: unknown, json: boolean, { stderr, env }: Io): void {
  if (json) {
    stderr.write(`${JSON.stringify({ error: toldAsJson(error) })}\n`);
    return;
  }
  const paint = paintFor(stderr, env);
  const isForPeople = error instanceof CommandError || error instanceof PosthasteError;
  const message = isForPeople ? error.message : (error as Error).stack;
  stderr.write(`${paint('red', 'posthaste:')} ${message}\n`);
  if (!(error instanceof PosthasteError)) return;
  // The first is in the message.
  for (const { pointer, parameter, detail } of error.errors.slice(1))
    stderr.write(`  ${pointer ?? parameter ?? ''}: ${detail}\n`);
  if (error.requestId) stderr.write(`  request ${error.requestId}\n`);
}

function toldAsJson(error: unknown): object {
  if (!(error instanceof PosthasteError)) return { code: 'command', detail: (error as Error).message };
  const { status, code, detail, errors, requestId } = error;
  return { status, code, detail, ...(errors.length > 0 && { errors }), ...(requestId && { requestId }) };
}
