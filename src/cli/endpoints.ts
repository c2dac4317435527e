import type { Command } from 'commander';
import { type components, dataOf } from '../../packages/client/src/index.ts';
import { confirmed } from './confirm.ts';
import { type SettingOptions, settingsOf, withSettings } from './endpoint-settings.ts';
import { CommandError } from './exit-codes.ts';
import { type ListOptions, newest, wholeNumber, withListOptions } from './listing.ts';
import type { Io, Output } from './output.ts';
import { statusStyle } from './paint.ts';
import { secretGiven } from './read-input.ts';
import { sessionOf } from './session.ts';
import { relative } from './times.ts';

type Endpoint = components['schemas']['Endpoint'];

const LIST = '/v1/accounts/{account}/endpoints';
const ONE = `${LIST}/{id}` as const;

/** `posthaste endpoints …` */
export function addEndpoints(program: Command, io: Io): void {
  const endpoints = program.command('endpoints').description('the URLs that events are delivered to');

  withListOptions(endpoints.command('list').description('list them, newest first')).action(
    async (options: ListOptions, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const all = await newest(options, (query) => dataOf(client.GET(LIST, { params: { path, query } })));
      out.result(all, () => (all.length === 0 ? 'No endpoints.' : out.table(COLUMNS, all)));
    },
  );

  endpoints
    .command('show <id>')
    .description('show one, with the settings in force')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const endpoint = await dataOf(client.GET(ONE, { params: { path: { ...path, id } } }));
      out.result(endpoint, () => shown(endpoint, out));
    });

  withSettings(endpoints.command('create <url>').description('subscribe a URL; shows its secret'))
    .option('--profile <name>', 'whose format it speaks: standard, selgora or selz', 'standard')
    .option('--secret <secret>', 'sign with this one, or that in @file, instead of one that is made')
    .action(
      async (
        url: string,
        options: SettingOptions & { profile: string; secret?: string },
        command: Command,
      ) => {
        const { client, path, out } = await sessionOf(command, io);
        const { events = ['*'], ...settings } = settingsOf(options);
        const profile = options.profile as Endpoint['profile'];
        const body = { url, events, profile, ...settings, ...(await secretIn(options)) };
        const made = await dataOf(client.POST(LIST, { params: { path }, body }));
        out.result(made, () => `${shown(made, out)}\n${out.fields([['secret', made.secret]])}`);
      },
    );

  withSettings(
    endpoints.command('update <id>').description('change settings; holds for what already sleeps, too'),
  )
    .option('--new-url <url>', 'deliver to another URL')
    .action(async (id: string, options: SettingOptions & { newUrl?: string }, command: Command) => {
      const body = { ...settingsOf(options), ...(options.newUrl && { url: options.newUrl }) };
      if (Object.keys(body).length === 0)
        throw new CommandError('Nothing to change: give a setting; see --help.');
      const { client, path, out } = await sessionOf(command, io);
      const endpoint = await dataOf(client.PATCH(ONE, { params: { path: { ...path, id } }, body }));
      out.result(endpoint, () => shown(endpoint, out));
    });

  for (const [word, description] of [
    ['pause', 'hold its deliveries; nothing is lost'],
    ['resume', 'deliver what is held; also enables one that was disabled'],
  ] as const)
    endpoints
      .command(`${word} <id>`)
      .description(description)
      .action(async (id: string, _options: object, command: Command) => {
        const { client, path, out } = await sessionOf(command, io);
        const params = { params: { path: { ...path, id } } };
        const endpoint = await dataOf(client.POST(`${ONE}/${word}`, params));
        out.result(
          endpoint,
          () => `${endpoint.id} is ${out.paint(statusStyle(endpoint.status), endpoint.status)}`,
        );
      });

  endpoints
    .command('delete <id>')
    .description('delete it; its deliveries that are not over fail')
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, options: { yes?: boolean }, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      if (!(await confirmed(`Delete ${id}?`, options, io))) throw new CommandError('Nothing was deleted.', 1);
      await client.DELETE(ONE, { params: { path: { ...path, id } } });
      out.result({ id, deleted: true }, () => `${id} is deleted`);
    });

  addSecrets(endpoints, io);

  endpoints
    .command('test <id>')
    .description("send a type's sample to it alone")
    .option('--event <type>', 'which type (default: the first it subscribes to)')
    .action(async (id: string, { event }: { event?: string }, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const params = { path: { ...path, id } };
      const sent = await dataOf(client.POST(`${ONE}/test`, { params, body: event ? { event } : {} }));
      out.result(sent, () =>
        out.fields([
          ['event', sent.eventId],
          ['delivery', sent.deliveryId],
        ]),
      );
    });
}

function addSecrets(endpoints: Command, io: Io): void {
  endpoints
    .command('secret <id>')
    .description('print the secret that signs its deliveries')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const secret = await dataOf(client.GET(`${ONE}/secret`, { params: { path: { ...path, id } } }));
      out.result(secret, () => secret.secret);
    });

  endpoints
    .command('rotate <id>')
    .description('give it another secret, and print it')
    .option('--secret <secret>', 'this one, or that in @file, instead of one that is made')
    .option('--overlap <seconds>', 'how long the one before stays valid (default: a day)', (text) =>
      text === '0' ? 0 : wholeNumber(text),
    )
    .action(async (id: string, options: { secret?: string; overlap?: number }, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const body = {
        ...(await secretIn(options)),
        ...(options.overlap !== undefined && { overlapSeconds: options.overlap }),
      };
      const params = { path: { ...path, id } };
      const rotated = await dataOf(client.POST(`${ONE}/secret/rotate`, { params, body }));
      out.result(rotated, () => rotated.secret);
      const until = rotated.previousSecretExpiresAt;
      if (until) out.remark(`The one before signs as well until ${until}.`);
    });
}

/** The secret that was brought, as the API names it. */
async function secretIn({ secret }: { secret?: string }): Promise<{ secret?: string }> {
  return secret === undefined ? {} : { secret: await secretGiven('--secret', secret) };
}

const COLUMNS = [
  { title: 'id', value: ({ id }: Endpoint) => id },
  { title: 'status', value: ({ status }: Endpoint) => status, style: 'status' },
  { title: 'profile', value: ({ profile }: Endpoint) => profile },
  { title: 'events', value: ({ events }: Endpoint) => events.join(' '), shrinks: true },
  { title: 'url', value: ({ url }: Endpoint) => url, shrinks: true },
] as const;

function shown(endpoint: Endpoint, out: Output): string {
  const { failingSince } = endpoint;
  return out.fields([
    ['id', endpoint.id, 'bold'],
    ['status', endpoint.status, statusStyle(endpoint.status)],
    ['because', endpoint.disabledReason],
    ['failing since', failingSince && `${failingSince} (${relative(failingSince)})`],
    ['url', endpoint.url],
    ['profile', endpoint.profile],
    ['events', endpoint.events.join(' ')],
    ['description', endpoint.description],
    ['headers', Object.keys(endpoint.headers ?? {}).join(' ') || undefined],
    ['retries after', endpoint.retrySchedule.map((seconds) => `${seconds} s`).join(', ') || 'none'],
    ['also retried', endpoint.retryOn.join(' ') || undefined],
    ['timeout', `${endpoint.timeoutMs} ms`],
    ['at a time', endpoint.maxConcurrency],
    ['in order', endpoint.ordered ? 'yes' : undefined],
    ['created', `${endpoint.createdAt} (${relative(endpoint.createdAt)})`],
  ]);
}
