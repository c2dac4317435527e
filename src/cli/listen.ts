import type { Command } from 'commander';
import { type components, dataOf, follow, PosthasteError } from '../../packages/client/src/index.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { interruption } from './interruption.ts';
import { commaList } from './listing.ts';
import { forward, type LocalAnswer, localServerAt } from './local-server.ts';
import type { Io, Output } from './output.ts';
import { type Session, sessionOf } from './session.ts';
import { oneLine } from './text.ts';
import { unseen } from './unseen.ts';

type Listener = components['schemas']['Listener'];
type Request = components['schemas']['ListenerRequest'];

interface ListenOptions {
  forwardTo: string;
  events?: string[];
  profile: Listener['profile'];
}

const LISTENERS = '/v1/accounts/{account}/listeners';
const ONE = `${LISTENERS}/{id}` as const;

/** `posthaste listen` */
export function addListen(program: Command, io: Io): void {
  program
    .command('listen')
    .description('have deliveries come to a server on this machine, until Ctrl-C')
    .requiredOption('--forward-to <url>', 'where it listens, such as http://localhost:8080/webhooks')
    .option(
      '--events <types>',
      'types or patterns, by commas: order.completed,contact.* (default: *)',
      commaList,
    )
    .option('--profile <name>', 'whose format they have: standard, selgora or selz', 'standard')
    .action(async (options: ListenOptions, command: Command) => {
      const target = localServerAt(options.forwardTo);
      const session = await sessionOf(command, io);
      const { client, path } = session;
      const { events, profile } = options;
      const body = {
        profile,
        ...(events && { events }),
        description: `posthaste listen, to ${target.origin}`,
      };
      const { signal, ignore } = interruption();
      const listener = await dataOf(client.POST(LISTENERS, { params: { path }, body }));
      try {
        await listen(session, listener, target, signal);
      } finally {
        const gone = client.DELETE(ONE, { params: { path: { ...path, id: listener.id } } });
        await gone.catch(toleratingAbsence).finally(ignore);
      }
    });
}

/** Passes on what comes until `leaving` is aborted; what is under way then is waited for. */
async function listen(
  session: Session,
  listener: Listener,
  target: URL,
  leaving: AbortSignal,
): Promise<void> {
  const { client, path, out } = session;
  const isNew = unseen();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  // The stream is kept for that long: nobody gives a request up while there is somebody who reads.
  const close = () => void Promise.allSettled(underWay).then(() => closing.abort());
  if (leaving.aborted) return;
  leaving.addEventListener('abort', close, { once: true });
  let isGreeted = false;
  await follow({
    open: (_lastId, until) =>
      client.GET(`${ONE}/requests`, {
        params: { path: { ...path, id: listener.id } },
        parseAs: 'stream',
        signal: until,
      }),
    hear({ event, data }) {
      if (event !== 'request' || leaving.aborted) return;
      const request = JSON.parse(data) as Request;
      if (!isNew(request.id)) return;
      const passing = passOn(session, listener, target, request)
        // The others go on.
        .catch((error: Error) => out.remark(`A request was not passed on: ${oneLine(error.message)}`))
        .finally(() => underWay.delete(passing));
      underWay.add(passing);
    },
    lost: (why) => out.remark(`${why} Trying again.`),
    found() {
      if (isGreeted) out.remark('Listening again.');
      else out.line({ kind: 'listener', ...listener }, () => greeting(listener, target, out));
      isGreeted = true;
    },
    throwAtFirst: true,
    signal: closing.signal,
  }).catch((error) => {
    if (isGreeted && isAbsence(error))
      throw new CommandError(
        'The listener has ended, and its endpoint is deleted. Start again.',
        EXIT.notFound,
      );
    throw error;
  });
}

async function passOn(
  { client, path, out }: Session,
  { id }: Listener,
  target: URL,
  request: Request,
): Promise<void> {
  const begun = performance.now();
  const body = Buffer.from(request.bodyBase64, 'base64');
  const answer = await forward(target, { ...request, body });
  const ms = Math.round(performance.now() - begun);
  const params = { path: { ...path, id, requestId: request.id } };
  const fault = await client.POST(`${ONE}/requests/{requestId}/answer`, { params, body: told(answer) }).then(
    () => undefined,
    (error) => (isAbsence(error) ? 'too late, the attempt was over' : (error as Error).message),
  );
  const { deliveryId, attempt } = request;
  const event = eventOf(body);
  const result = 'error' in answer ? { error: answer.error } : { status: answer.status };
  out.line({ kind: 'request', deliveryId, event, attempt, ...result, ms, ...(fault && { fault }) }, () =>
    [
      out.paint('dim', new Date().toISOString().slice(11, 19)),
      oneLine(event ?? '?'),
      `#${attempt}`,
      'error' in answer
        ? out.paint('red', answer.error)
        : out.paint(answer.status < 300 ? 'green' : 'red', String(answer.status)),
      `${ms} ms`,
      out.paint('dim', deliveryId),
      ...(fault ? [out.paint('yellow', fault)] : []),
    ].join('  '),
  );
}

function told(answer: LocalAnswer) {
  if ('error' in answer) return answer;
  const { status, headers, body } = answer;
  return { status, headers, bodyBase64: body.toString('base64') };
}

/** What a body of any profile says that it is. */
function eventOf(body: Buffer): string | undefined {
  try {
    const { event, type } = JSON.parse(body.toString()) as { event?: unknown; type?: unknown };
    return [event, type].find((name) => typeof name === 'string');
  } catch {
    return undefined;
  }
}

function greeting({ profile, events, secret, endpointId }: Listener, target: URL, out: Output): string {
  return [
    `Listening: ${events.join(', ')} in the format of ${profile} goes to ${target.href}`,
    out.fields([
      ['secret', secret, 'bold'],
      ['endpoint', endpointId],
    ]),
    'Your server verifies signatures with this secret. Have something sent:',
    `  posthaste endpoints test ${endpointId}`,
    'Ctrl-C ends it, and deletes the endpoint.',
  ].join('\n');
}

function isAbsence(error: unknown): boolean {
  return error instanceof PosthasteError && error.status === 404;
}

function toleratingAbsence(error: unknown): void {
  if (!isAbsence(error)) throw error;
}
