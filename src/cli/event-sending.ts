import { readFile } from 'node:fs/promises';
import { type components, dataOf, type PosthasteClient } from '../../packages/client/src/index.ts';
import { CommandError } from './exit-codes.ts';
import type { Io, Output } from './output.ts';
import { readAll } from './read-input.ts';
import { counted } from './text.ts';

type AcceptedEvent = components['schemas']['AcceptedEvent'];

/**
 * The text of an event's data: given as it is, or `@file`, or `@-` for stdin.
 * @throws {CommandError} when it is no JSON object
 */
export async function readData(given: string, io: Io): Promise<string> {
  const text = given.startsWith('@') ? await readNamed(given.slice(1), io) : given;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch (error) {
    throw new CommandError(`--data is not JSON: ${(error as Error).message}`);
  }
  throw new CommandError('--data must be a JSON object, such as {"amount":4200}.');
}

async function readNamed(name: string, io: Io): Promise<string> {
  if (name === '-') return (await readAll(io.stdin)).toString('utf8');
  return readFile(name, 'utf8').catch((error: Error) => {
    throw new CommandError(`--data: ${error.message}`);
  });
}

/** Sends an event as the text that it is, so that the API sees its numbers as they were written. */
export function sendText(
  client: PosthasteClient,
  path: { account: string },
  text: string,
  idempotencyKey: string,
): Promise<AcceptedEvent> {
  return dataOf(
    client.POST('/v1/accounts/{account}/events', {
      params: { path, header: { 'Idempotency-Key': idempotencyKey } },
      body: { event: '', data: {} },
      bodySerializer: () => text,
    }),
  );
}

export function acceptedText({ id, event, deliveries }: AcceptedEvent, out: Output): string {
  const facts = out.fields([
    ['event', `${event} (${id})`],
    [
      'goes to',
      deliveries.length === 0
        ? 'nobody: no endpoint subscribes to it'
        : counted(deliveries.length, 'endpoint'),
    ],
  ]);
  if (deliveries.length === 0) return facts;
  const columns = [
    { title: 'delivery', value: (one: AcceptedEvent['deliveries'][number]) => one.id },
    { title: 'endpoint', value: (one: AcceptedEvent['deliveries'][number]) => one.endpointId },
  ];
  return `${facts}\n\n${out.table(columns, deliveries)}`;
}
