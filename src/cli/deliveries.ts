import type { Command } from 'commander';
import { dataOf, type operations } from '../../packages/client/src/index.ts';
import { deliveryText, LIST_COLUMNS, logLine } from './delivery-text.ts';
import { commaList, type ListOptions, newest, wholeNumber, withListOptions } from './listing.ts';
import type { Io } from './output.ts';
import { statusStyle } from './paint.ts';
import { sessionOf } from './session.ts';
import { pastTime } from './times.ts';

type Query = NonNullable<operations['listDeliveries']['parameters']['query']>;

interface FilterOptions extends ListOptions {
  status?: string[];
  endpoint?: string;
  event?: string;
  eventId?: string;
  responseStatus?: number;
  since?: string;
  until?: string;
}

const LIST = '/v1/accounts/{account}/deliveries';
const ONE = `${LIST}/{id}` as const;

/** `posthaste deliveries …` */
export function addDeliveries(program: Command, io: Io): void {
  const deliveries = program
    .command('deliveries')
    .description('events on their way to endpoints, and what came of it');

  withListOptions(deliveries.command('list').description('list them, newest first'))
    .option(
      '--status <statuses>',
      'by commas: pending, delivering, retrying, held, succeeded, failed, cancelled',
      commaList,
    )
    .option('--endpoint <id>', 'to this endpoint')
    .option('--event <type>', 'of this type')
    .option('--event-id <id>', 'of this event')
    .option('--response-status <status>', 'last answered with this HTTP status', wholeNumber)
    .option('--since <time>', 'made since then: 2h, 3d, 2026-01-31T12:00:00Z', (text) => pastTime(text))
    .option('--until <time>', 'made before then', (text) => pastTime(text))
    .action(async (options: FilterOptions, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const filter = filterOf(options);
      const found = await newest(options, (page) =>
        dataOf(client.GET(LIST, { params: { path, query: { ...filter, ...page } } })),
      );
      out.result(found, () => (found.length === 0 ? 'No deliveries.' : out.table(LIST_COLUMNS, found)));
    });

  deliveries
    .command('show <id>')
    .description('show one, with its attempts and the last answer')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const delivery = await dataOf(client.GET(ONE, { params: { path: { ...path, id } } }));
      out.result(delivery, () => deliveryText(delivery, out));
    });

  deliveries
    .command('log <id>')
    .description('tell its story so far: attempts, waits, who changed what')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const log = await dataOf(client.GET(`${ONE}/log`, { params: { path: { ...path, id } } }));
      out.result(
        log,
        () => log.entries.map((entry) => logLine(entry, out.paint)).join('\n') || 'Nothing so far.',
      );
    });

  for (const [word, description] of [
    ['retry', 'attempt a sleeping one now'],
    ['cancel', 'stop one'],
    ['resend', 'send a finished one again, as a new one'],
  ] as const)
    deliveries
      .command(`${word} <id>`)
      .description(description)
      .action(async (id: string, _options: object, command: Command) => {
        const { client, path, out } = await sessionOf(command, io);
        const params = { params: { path: { ...path, id } } };
        const delivery = await dataOf(client.POST(`${ONE}/${word}`, params));
        out.result(
          delivery,
          () => `${delivery.id} is ${out.paint(statusStyle(delivery.status), delivery.status)}`,
        );
      });
}

function filterOf({ status, endpoint, event, eventId, responseStatus, since, until }: FilterOptions): Query {
  return {
    ...(status && { status: status.join(',') }),
    ...(endpoint !== undefined && { endpointId: endpoint }),
    ...(event !== undefined && { event }),
    ...(eventId !== undefined && { eventId }),
    ...(responseStatus !== undefined && { responseStatus }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}
