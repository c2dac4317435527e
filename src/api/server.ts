import { createServer, type RequestListener, type Server } from 'node:http';

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
