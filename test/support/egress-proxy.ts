import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';

/** What a proxy does with one CONNECT. A status is answered and the connection closed; text is written as it is. */
export type ConnectStep =
  | 'tunnel'
  | 'hang'
  | 'close'
  | 'reset'
  | number
  | { write: string; tunnel?: boolean };

export interface EgressProxyServer {
  port: number;
  /** With credentials in front of the host, if any. */
  url(credentials?: string): string;
  /** Every CONNECT so far. */
  connects: { target: string; headers: IncomingHttpHeaders }[];
  /** Connections opened so far. */
  connections: number;
  /** Connections that are open, those to targets included. */
  open: number;
  /** One step a CONNECT, the last one again and again. Without it, everything is tunnelled. */
  script(...steps: ConnectStep[]): void;
  /** Whether requests other than CONNECT are answered (with 405). Default true. */
  answersOthers: boolean;
  /** Cuts every tunnel with a reset. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a programmable forward proxy on a free port of 127.0.0.1. */
export async function startEgressProxy({ tls }: { tls?: TlsOptions } = {}): Promise<EgressProxyServer> {
  const connects: EgressProxyServer['connects'] = [];
  const sockets = new Set<Socket>();
  let steps: ConnectStep[] = ['tunnel'];
  let opened = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  function tunnel(client: Duplex, target: string, greeting: string) {
    const { hostname, port } = new URL(`http://${target}`);
    const upstream = keep(connect(Number(port) || 80, hostname.replace(/^\[|\]$/g, '')));
    upstream.on('connect', () => {
      client.write(greeting);
      client.pipe(upstream).pipe(client);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  const server: Server = tls ? createSecureServer(tls) : createServer();
  server.on('connection', (socket: Socket) => {
    opened += 1;
    keep(socket);
  });
  server.on('request', (_, response) => {
    if (proxy.answersOthers) response.writeHead(405).end();
  });
  server.on('connect', ({ url = '', headers }, client: Duplex) => {
    client.on('error', () => undefined).on('end', () => client.destroy());
    connects.push({ target: url, headers });
    const step = (steps.length > 1 ? steps.shift() : steps[0]) ?? 'tunnel';
    const established = 'HTTP/1.1 200 Connection established\r\n\r\n';
    if (step === 'tunnel') tunnel(client, url, established);
    else if (step === 'close') client.end();
    else if (step === 'reset') (client as Socket).resetAndDestroy();
    else if (typeof step === 'number') client.end(`HTTP/1.1 ${step} Scripted\r\nContent-Length: 2\r\n\r\nno`);
    else if (step === 'hang') client.resume();
    else {
      if (step.tunnel) tunnel(client, url, step.write);
      else client.write(step.write);
    }
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const proxy: EgressProxyServer = {
    port,
    url: (credentials) =>
      `${tls ? 'https' : 'http'}://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`,
    connects,
    get connections() {
      return opened;
    },
    get open() {
      return sockets.size;
    },
    script: (...next) => {
      steps = next;
    },
    answersOthers: true,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
