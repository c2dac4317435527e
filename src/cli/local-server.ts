import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { headersToPassOn } from '../domain/listener.ts';
import { CommandError } from './exit-codes.ts';
import { addressGiven } from './read-input.ts';

/** What goes to the server on this machine. */
export interface LocalRequest {
  method: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What it answered, or what went wrong. */
export type LocalAnswer =
  | { status: number; headers: Record<string, string>; body: Buffer }
  | { error: string };

/** No endpoint waits any longer. */
const LONGEST_WAIT_MS = 30_000;
/** One byte more of an answer than a delivery keeps, so that it shows that it was cut. */
const MOST_KEPT_BYTES = 65_537;

/** @throws {CommandError} */
export function localServerAt(url: string): URL {
  const parsed = addressGiven(url);
  if (!parsed)
    throw new CommandError(
      `--forward-to ${url}: expected an address such as http://localhost:8080/webhooks.`,
    );
  return parsed;
}

/** Makes a request as it came, byte for byte, of a server that may not be there. Redirects are not followed. */
export function forward(target: URL, { method, headers, body }: LocalRequest): Promise<LocalAnswer> {
  const failed = (error: Error & { code?: string }): LocalAnswer => ({
    error: `${target.origin} gave no answer (${error.code ?? error.message}).`,
  });
  return new Promise<LocalAnswer>((resolve, reject) => {
    const request = (target.protocol === 'https:' ? https : http).request(target, {
      method,
      headers: { ...headers, 'Content-Length': body.length },
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    request.on('error', reject);
    request.on('response', (response) => resolve(answerOf(response)));
    request.end(body);
  }).catch(failed);
}

async function answerOf(response: IncomingMessage): Promise<LocalAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MOST_KEPT_BYTES) break;
  }
  return {
    status: response.statusCode ?? 0,
    headers: headersToPassOn(response.rawHeaders),
    body: Buffer.concat(chunks).subarray(0, MOST_KEPT_BYTES),
  };
}
