import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type components, dataOf, type operations } from '../../packages/client/src/index.ts';
import { acceptedText, readData, sendText } from './event-sending.ts';
import { type ListOptions, newest, repeated, withListOptions } from './listing.ts';
import type { Io, Output } from './output.ts';
import { sessionOf } from './session.ts';
import { withValuesSet } from './set-values.ts';
import type { Column } from './table.ts';
import { counted } from './text.ts';
import { pastTime, relative } from './times.ts';

type Event = components['schemas']['Event'];
type ListedEvent = operations['listEvents']['responses'][200]['content']['application/json']['data'][number];

interface SendOptions {
  data?: string;
  set?: string[];
  id?: string;
  createdAt?: string;
  deliverAt?: string;
  orderingKey?: string;
  idempotencyKey?: string;
}

const LIST = '/v1/accounts/{account}/events';

/** `posthaste events …` */
export function addEvents(program: Command, io: Io): void {
  const events = program.command('events').description('what happened, and who was told');

  withListOptions(events.command('list').description('list them, newest first'))
    .option('--event <type>', 'of this type')
    .option('--since <time>', 'accepted since then: 2h, 3d, 2026-01-31T12:00:00Z', (text) => pastTime(text))
    .option('--until <time>', 'accepted before then', (text) => pastTime(text))
    .action(
      async (options: ListOptions & { event?: string; since?: string; until?: string }, command: Command) => {
        const { client, path, out } = await sessionOf(command, io);
        const { event, since, until } = options;
        const filter = { ...(event && { event }), ...(since && { since }), ...(until && { until }) };
        const found = await newest(options, (page) =>
          dataOf(client.GET(LIST, { params: { path, query: { ...filter, ...page } } })),
        );
        out.result(found, () => (found.length === 0 ? 'No events.' : out.table(COLUMNS, found)));
      },
    );

  events
    .command('show <id>')
    .description('show one, with its data and its deliveries')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const event = await dataOf(client.GET(`${LIST}/{id}`, { params: { path: { ...path, id } } }));
      out.result(event, () => shown(event, out));
    });

  events
    .command('send <type>')
    .description('send one to the endpoints that subscribe to it')
    .option('-d, --data <json>', 'its data: JSON, @file, or @- for stdin', '{}')
    .option('--set <path=value>', 'change a value, as in data.amount=4200; again for more', repeated)
    .option('--id <id>', 'your own id of it; the same id is never sent twice')
    .option('--created-at <time>', 'when it happened')
    .option('--deliver-at <time>', 'when to make the first attempt')
    .option('--ordering-key <key>', 'what it is about, for endpoints that are ordered')
    .option('--idempotency-key <key>', 'for repeats of this command (default: a new one)')
    .action(async (type: string, options: SendOptions, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const { data: given = '{}', set, idempotencyKey = randomUUID(), id, ...rest } = options;
      const { createdAt, deliverAt, orderingKey } = rest;
      const fields = {
        event: type,
        ...(id && { id }),
        ...(createdAt && { createdAt }),
        ...(deliverAt && { deliverAt }),
        ...(orderingKey && { orderingKey }),
      };
      const text = await readData(given, io);
      const sent = set
        ? JSON.stringify(withValuesSet({ ...fields, data: JSON.parse(text) }, set))
        : `${JSON.stringify(fields).slice(0, -1)},"data":${text}}`;
      const accepted = await sendText(client, path, sent, idempotencyKey);
      out.result(accepted, () => acceptedText(accepted, out));
    });
}

const COLUMNS: readonly Column<ListedEvent>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'event', value: ({ event }) => event, shrinks: true },
  { title: 'accepted', value: ({ acceptedAt }) => relative(acceptedAt) },
  { title: 'deliveries', value: ({ deliveries }) => tally(deliveries) },
];

/** `2 succeeded, 1 retrying` */
function tally(deliveries: ListedEvent['deliveries']): string {
  const counts = new Map<string, number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'none';
}

function shown(event: Event, out: Output): string {
  const facts = out.fields([
    ['id', event.id, 'bold'],
    ['event', event.event],
    ['happened', event.createdAt],
    ['accepted', `${event.acceptedAt} (${relative(event.acceptedAt)})`],
    ['deliver at', event.deliverAt],
    ['ordering key', event.orderingKey],
    ['payload', event.payloadExpungedAt && `dropped ${event.payloadExpungedAt}`],
  ]);
  return [
    facts,
    ...(event.data ? [`${out.heading('Data')}\n${JSON.stringify(event.data, null, 2)}`] : []),
    out.heading(counted(event.deliveries.length, 'delivery')),
    ...(event.deliveries.length > 0 ? [out.table(DELIVERY_COLUMNS, event.deliveries)] : []),
  ].join('\n\n');
}

const DELIVERY_COLUMNS: readonly Column<Event['deliveries'][number]>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'status', value: ({ status }) => status, style: 'status' },
  { title: 'because', value: ({ reason }) => reason },
  { title: 'endpoint', value: ({ endpointId }) => endpointId },
  { title: 'tries', value: ({ attemptCount }) => attemptCount, right: true },
  { title: 'next', value: ({ nextAttemptAt }) => nextAttemptAt && relative(nextAttemptAt) },
];
