import { createInterface } from 'node:readline/promises';
import { CommandError } from './exit-codes.ts';
import type { Io } from './output.ts';

/** Asks before what cannot be undone. @throws {CommandError} where there is nobody to ask */
export async function confirmed(question: string, { yes }: { yes?: boolean }, io: Io): Promise<boolean> {
  if (yes) return true;
  if (!io.stdin.isTTY || !io.stderr.isTTY)
    throw new CommandError(`${question} Nobody is there to answer: give --yes to go ahead.`);
  const asking = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return /^y(?:es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
