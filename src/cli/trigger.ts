import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { dataOf, PosthasteError } from '../../packages/client/src/index.ts';
import { acceptedText, sendText } from './event-sending.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { repeated } from './listing.ts';
import type { Io } from './output.ts';
import { type Session, sessionOf } from './session.ts';
import { withValuesSet } from './set-values.ts';

/** `posthaste trigger <type>` */
export function addTrigger(program: Command, io: Io): void {
  program
    .command('trigger <type>')
    .description("send a type's sample as an event, changed as you like")
    .option('--set <path=value>', 'change a value, as in data.amount=4200; again for more', repeated)
    .option('--endpoint <id>', 'send the sample, unchanged, to this endpoint alone')
    .action(async (type: string, options: { set?: string[]; endpoint?: string }, command: Command) => {
      const session = await sessionOf(command, io);
      const { set = [], endpoint } = options;
      if (endpoint !== undefined) {
        if (set.length > 0)
          throw new CommandError(
            '--endpoint sends the sample as it is; a changed one goes to all that subscribe.',
          );
        await triggerAt(session, type, endpoint);
        return;
      }
      const { client, path, out } = session;
      const event = withValuesSet({ event: type, data: await sampleOf(session, type) }, set);
      const accepted = await sendText(client, path, JSON.stringify(event), randomUUID());
      out.result(accepted, () => acceptedText(accepted, out));
    });
}

async function triggerAt({ client, path, out }: Session, type: string, id: string): Promise<void> {
  const params = { path: { ...path, id } };
  const call = client.POST('/v1/accounts/{account}/endpoints/{id}/test', { params, body: { event: type } });
  const sent = await dataOf(call);
  out.result(sent, () =>
    out.fields([
      ['event', `${type} (${sent.eventId})`],
      ['delivery', sent.deliveryId],
    ]),
  );
}

/** Of a product's catalogue, else of the account's own types. @throws {CommandError} when it is in neither */
async function sampleOf({ client, path }: Session, type: string): Promise<object> {
  const known = await foundOrNot(
    dataOf(client.GET('/v1/event-types/{type}', { params: { path: { type } } })),
  );
  if (known) return known.sample;
  const params = { path: { ...path, type } };
  const own = await foundOrNot(dataOf(client.GET('/v1/accounts/{account}/event-types/{type}', { params })));
  if (own?.sample) return own.sample;
  throw new CommandError(
    own
      ? `Your event type "${type}" has no sample; send it with: posthaste events send ${type} --data …`
      : `There is no event type "${type}" with a sample; send a free one with: posthaste events send ${type} --data …`,
    EXIT.notFound,
  );
}

async function foundOrNot<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error) => {
    if (error instanceof PosthasteError && error.status === 404) return undefined;
    throw error;
  });
}
