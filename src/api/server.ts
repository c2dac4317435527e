import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a client may take, in milliseconds; one that takes longer is cut off. */
export interface ClientTimeouts {
  /** For the head of a request; then a 408. */
  headersMs: number;
  /** For all of a request; then a 408. */
  requestMs: number;
  /** Without a byte in either direction, as of one that does not read its answer. */
  idleMs: number;
  /** Between two requests. Longer than the minute after which load balancers let go of a connection. */
  keepAliveMs: number;
  /** How often to look. */
  checkMs: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  headersMs: 15_000,
  requestMs: 30_000,
  idleMs: 60_000,
  keepAliveMs: 65_000,
  checkMs: 5000,
};

/** A server that no slow client holds up. It does not listen yet. */
export function createHttpServer(app: RequestListener, timeouts: ClientTimeouts = CLIENT_TIMEOUTS): Server {
  const server = createServer(
    {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: timeouts.checkMs,
    },
    app,
  );
  server.timeout = timeouts.idleMs;
  return server;
}

/** Listens, and tells under which URL. @param port 0 takes a free one */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`http://${['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host}:${bound}`);
    });
  });
}

/** Lets requests under way finish, for five seconds. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  });
}
