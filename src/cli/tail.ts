import type { Command } from 'commander';
import { type components, follow, type operations } from '../../packages/client/src/index.ts';
import { moveLine } from './delivery-text.ts';
import { interruption } from './interruption.ts';
import { commaList, wholeNumber } from './listing.ts';
import type { Io } from './output.ts';
import { sessionOf } from './session.ts';
import { unseen } from './unseen.ts';

type Delivery = components['schemas']['Delivery'];
type Query = NonNullable<operations['tailDeliveries']['parameters']['query']>;

interface TailOptions {
  status?: string[];
  endpoint?: string;
  event?: string;
  responseStatus?: number;
}

/** `posthaste tail` */
export function addTail(program: Command, io: Io): void {
  program
    .command('tail')
    .description('watch deliveries move, one line each time, until Ctrl-C')
    .option('--status <statuses>', 'by commas: as deliveries list takes them', commaList)
    .option('--endpoint <id>', 'to this endpoint')
    .option('--event <type>', 'of this type')
    .option('--response-status <status>', 'last answered with this HTTP status', wholeNumber)
    .action(async (options: TailOptions, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const query = queryOf(options);
      const isNew = unseen();
      const { signal, ignore } = interruption();
      await follow({
        open: (lastId, until) =>
          client.GET('/v1/accounts/{account}/deliveries/tail', {
            params: { path, query, ...(lastId !== undefined && { header: { 'Last-Event-ID': lastId } }) },
            parseAs: 'stream',
            signal: until,
          }),
        hear({ event, id, data }) {
          if (event !== 'delivery' || !isNew(data)) return;
          const delivery = JSON.parse(data) as Delivery;
          out.line(delivery, () => moveLine(delivery, id ?? new Date().toISOString(), out.paint));
        },
        found: () => out.remark(`Watching the deliveries of ${path.account}; Ctrl-C ends it.`),
        lost: (why) => out.remark(`${why} Trying again.`),
        throwAtFirst: true,
        signal,
      }).finally(ignore);
    });
}

function queryOf({ status, endpoint, event, responseStatus }: TailOptions): Query {
  return {
    ...(status && { status: status.join(',') }),
    ...(endpoint !== undefined && { endpointId: endpoint }),
    ...(event !== undefined && { event }),
    ...(responseStatus !== undefined && { responseStatus }),
  };
}
