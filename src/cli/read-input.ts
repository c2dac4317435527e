import { readFile } from 'node:fs/promises';
import { CommandError } from './exit-codes.ts';

/** Everything that comes on a stream, to its end. */
export async function readAll(stream: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** @throws {CommandError} that names the option when the file cannot be read */
export async function readFileOf(option: string, file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => {
    throw new CommandError(`${option}: ${error.message}`);
  });
}
