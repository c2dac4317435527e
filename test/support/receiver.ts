import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { answer, type Step } from './steps.ts';

/** A request as it came over the wire. */
export interface ReceivedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** The request target: path and query. */
  target: string;
  /** Names and values in turn, as sent. */
  rawHeaders: string[];
  /** Lowercase names; repeated headers joined with `, `. */
  headers: Record<string, string>;
  body: Buffer;
  receivedAt: Date;
  /** Which connection it came on, from 1. */
  connection: number;
}

export interface Receiver {
  port: number;
  /** `http://127.0.0.1:<port>/path`, or https with the TLS variant. */
  url(path?: string): string;
  /** All requests so far, oldest first. */
  requests: ReceivedRequest[];
  /** Connections opened so far. */
  connections: number;
  /**
   * What to do with requests to a path (`*`: any path without a script of its own): one step a request, the
   * last one again and again. A number is a plain answer with that status. Unscripted requests get a 200.
   */
  script(path: string, ...steps: (number | Step)[]): void;
  /**
   * Resolves with the requests when there are that many, or when the predicate holds.
   *
   * @throws Error that tells what did come, at the deadline
   */
  waitFor(
    what: number | ((requests: ReceivedRequest[]) => boolean),
    deadlineMs?: number,
  ): Promise<ReceivedRequest[]>;
  /** Closes the connections that wait for a next request, as a server does whose keep-alive time is over. */
  closeIdle(): void;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** Speak TLS with these keys. */
  tls?: TlsOptions;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
}

/** Starts a programmable receiver on a free port. */
export async function startReceiver({
  tls,
  host = '127.0.0.1',
  port: wanted = 0,
}: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const scripts = new Map<string, Step[]>();
  const connections = new Map<Socket, { idle: boolean }>();
  const onRequest = new Set<() => void>();
  let opened = 0;

  function nextStep(path: string): Step {
    const steps = scripts.get(path) ?? scripts.get('*') ?? [];
    return (steps.length > 1 ? steps.shift() : steps[0]) ?? answer(200);
  }

  async function serve(socket: Socket) {
    const state = { idle: true };
    const connection = opened;
    connections.set(socket, state);
    socket.on('close', () => connections.delete(socket));
    try {
      for await (const request of readRequests(socket)) {
        state.idle = false;
        const received = { ...request, receivedAt: new Date(), connection };
        requests.push(received);
        for (const look of onRequest) look();
        await nextStep(received.path)(socket, received);
        state.idle = true;
      }
    } catch {
      socket.destroy();
    }
  }

  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('tlsClientError', () => undefined);
  server.prependListener('connection', (socket: Socket) => {
    opened += 1;
    socket.on('error', () => undefined);
    connections.set(socket, { idle: false });
    socket.on('close', () => connections.delete(socket));
  });
  server.listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

  return {
    port,
    requests,
    url: (path = '/') => origin + path,
    get connections() {
      return opened;
    },
    script: (path, ...steps) => {
      scripts.set(
        path,
        steps.map((step) => (typeof step === 'number' ? answer(step) : step)),
      );
    },
    waitFor: (what, deadlineMs = 5000) =>
      new Promise((resolve, reject) => {
        const holds = typeof what === 'number' ? () => requests.length >= what : () => what(requests);
        const look = () => {
          if (!holds()) return;
          clearTimeout(timer);
          onRequest.delete(look);
          resolve(requests);
        };
        const timer = setTimeout(() => {
          onRequest.delete(look);
          const came = requests.map(({ method, target }) => `${method} ${target}`).join(', ') || 'nothing';
          reject(new Error(`Waited ${deadlineMs} ms for ${what}; what came: ${came}`));
        }, deadlineMs);
        onRequest.add(look);
        look();
      }),
    closeIdle: () => {
      for (const [socket, { idle }] of connections) if (idle) socket.destroy();
    },
    close: async () => {
      for (const socket of connections.keys()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

type ParsedRequest = Omit<ReceivedRequest, 'receivedAt' | 'connection'>;

/** The requests of one connection, one after the other. Bodies must come with a `Content-Length`. */
async function* readRequests(socket: Socket): AsyncGenerator<ParsedRequest> {
  let buffered = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const headEnd = buffered.indexOf('\r\n\r\n');
      if (headEnd < 0) break;
      const head = parseHead(buffered.subarray(0, headEnd).toString('latin1'));
      const bodyEnd = headEnd + 4 + Number(head.headers['content-length'] ?? 0);
      if (buffered.length < bodyEnd) break;
      yield { ...head, body: Buffer.from(buffered.subarray(headEnd + 4, bodyEnd)) };
      buffered = buffered.subarray(bodyEnd);
    }
  }
}

function parseHead(head: string): Omit<ParsedRequest, 'body'> {
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const rawHeaders: string[] = [];
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    rawHeaders.push(name, value);
    const before = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = before === undefined ? value : `${before}, ${value}`;
  }
  return { method, target, path: target.split('?')[0] ?? target, rawHeaders, headers };
}
