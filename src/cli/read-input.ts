import { readFile } from 'node:fs/promises';
import { parsedUrl } from '../domain/parsed-url.ts';
import { CommandError } from './exit-codes.ts';

/** Everything that comes on a stream, to its end. */
export async function readAll(stream: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/**
 * What an option that takes a secret was given: the text itself, or of `@file` what stands in the file, without the line
 * break at its end. Other users of the machine can read the command line.
 *
 * @throws {CommandError} that names the option when the file cannot be read, or is empty
 */
export async function secretGiven(option: string, given: string): Promise<string> {
  if (!given.startsWith('@')) return given;
  const file = given.slice(1);
  const text = (await readFileOf(option, file)).toString('utf8').replace(/\r?\n$/, '');
  if (text === '') throw new CommandError(`${option}: ${file} is empty.`);
  return text;
}

/** @throws {CommandError} that names the option when the file cannot be read */
export async function readFileOf(option: string, file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => {
    throw new CommandError(`${option}: ${error.message}`);
  });
}

/** The http(s) address that was given, its scheme and slashes spelt out; undefined for what is none. */
export function addressGiven(text: string): URL | undefined {
  return /^https?:\/\//.test(text) ? parsedUrl(text) : undefined;
}
