import type { Command } from 'commander';
import { PROFILES, type ProfileName } from '../domain/delivery.ts';
import { capturedHeaders } from './captured-headers.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { repeated } from './listing.ts';
import type { Io, Output } from './output.ts';
import { statusStyle } from './paint.ts';
import { readAll, readFileOf, secretGiven } from './read-input.ts';
import { outputOf } from './session.ts';
import { type Diagnosis, diagnose } from './signature-diagnosis.ts';

interface VerifyOptions {
  secret: string;
  header?: string[];
  headers?: string;
  body?: string;
  profile?: string;
  ignoreAge?: boolean;
}

/** `posthaste verify`: calls nothing. */
export function addVerify(program: Command, io: Io): void {
  program
    .command('verify')
    .description('check the signatures of a captured request, and say what is likely wrong')
    .requiredOption('--secret <secret>', "the endpoint's secret, or @file")
    .option('-H, --header <line>', 'a header as it came, "Name: value"; again for more', repeated)
    .option('--headers <file>', 'the headers, one a line or as a JSON object')
    .option('--body <file>', "the body's bytes as they came (default: stdin)")
    .option('--profile <name>', `whose signature must be there: ${PROFILES.join(', ')}`)
    .option('--ignore-age', 'do not mind that the request is old')
    .action(async (options: VerifyOptions, command: Command) => {
      const out = outputOf(command, io);
      const profile = profileOf(options.profile);
      const headers = capturedHeaders([
        ...(options.headers === undefined
          ? []
          : [(await readFileOf('--headers', options.headers)).toString('utf8')]),
        ...(options.header ?? []),
      ]);
      const secret = await secretGiven('--secret', options.secret);
      const rawBody = await bodyOf(options.body, io);
      const sentAt = Number(headers['webhook-timestamp']) * 1000;
      const now = options.ignoreAge && Number.isFinite(sentAt) ? new Date(sentAt) : new Date();
      const signatures = diagnose({ headers, rawBody, secret, now }, profile);
      const valid = signatures.every(({ verdict }) => verdict === 'valid');
      out.result({ valid, signatures }, () => signatures.map((one) => verdictText(one, out)).join('\n'));
      if (!valid) process.exitCode = EXIT.failed;
    });
}

function profileOf(given: string | undefined): ProfileName | undefined {
  const profile = PROFILES.find((known) => known === given);
  if (given !== undefined && !profile)
    throw new CommandError(`--profile ${given}: expected ${PROFILES.join(', ')}.`);
  return profile;
}

async function bodyOf(file: string | undefined, { stdin }: Io): Promise<Buffer> {
  if (file !== undefined && file !== '-') return readFileOf('--body', file);
  if (stdin.isTTY) throw new CommandError('No body: give --body <file>, or pipe it in.');
  return readAll(stdin);
}

function verdictText({ header, verdict, findings }: Diagnosis, out: Output): string {
  const lines = findings.map(({ code, detail }) => `  ${out.paint('yellow', code)}: ${detail}`);
  return [`${header}  ${out.paint(statusStyle(verdict), verdict)}`, ...lines].join('\n');
}
