import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { rootCertificates } from 'node:tls';

/** How long a connection is kept idle for another POST to the same origin, in milliseconds. */
const IDLE_TIMEOUT_MS = 4000;

/** How long a busy connection is reused before its name is resolved and judged anew, in milliseconds. */
const MAX_AGE_MS = 60_000;

/** How many idle connections are kept, over all origins and to one of them. */
const MAX_IDLE = 512;
const MAX_IDLE_PER_ORIGIN = 64;

/** How long one of several addresses of a name is tried before the next, in milliseconds (Node's own is 250). */
const NEXT_ADDRESS_AFTER_MS = 500;

export interface Connections {
  /** Reuses idle connections of the same origin. */
  kept(secure: boolean): http.Agent;
  /** Opens a connection for one request. */
  fresh(secure: boolean): http.Agent;
  /** Closes what is idle, and cuts what is not. */
  destroy(): void;
}

/**
 * The connections of one process. Every one is opened through `lookup`, never through a proxy of the
 * environment, and TLS is always verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says.
 *
 * @param authority PEM of a certificate authority to trust besides the usual ones
 */
export function openConnections(lookup: LookupFunction, authority: string | undefined): Connections {
  const plain = { lookup, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS };
  const secure = {
    ...plain,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(authority !== undefined && { ca: [...rootCertificates, authority] }),
  };
  const keeping = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxFreeSockets: MAX_IDLE_PER_ORIGIN };
  const idle = new IdleSockets();
  const keptPlain = new KeptPlain({ ...plain, ...keeping }, idle);
  const keptSecure = new KeptSecure({ ...secure, ...keeping }, idle);
  const freshPlain = new http.Agent(plain);
  const freshSecure = new https.Agent(secure);
  return {
    kept: (isSecure) => (isSecure ? keptSecure : keptPlain),
    fresh: (isSecure) => (isSecure ? freshSecure : freshPlain),
    destroy: () => {
      for (const agent of [keptPlain, keptSecure, freshPlain, freshSecure]) agent.destroy();
    },
  };
}

/** The idle connections of all origins, longest idle first. */
class IdleSockets {
  readonly #idle = new Set<Duplex>();
  readonly #firstKeptAt = new WeakMap<Duplex, number>();

  /** Whether a connection may wait for its next request; makes room for it. */
  keep(socket: Duplex): boolean {
    const firstKeptAt = this.#firstKeptAt.get(socket);
    if (firstKeptAt === undefined) {
      this.#firstKeptAt.set(socket, performance.now());
      socket.once('close', () => this.#idle.delete(socket));
    } else if (performance.now() - firstKeptAt > MAX_AGE_MS) {
      return false;
    }
    this.#idle.add(socket);
    const [longestIdle] = this.#idle;
    if (this.#idle.size > MAX_IDLE) longestIdle?.destroy();
    return true;
  }

  take(socket: Duplex): void {
    this.#idle.delete(socket);
  }
}

class KeptPlain extends http.Agent {
  readonly #idle: IdleSockets;

  constructor(options: http.AgentOptions, idle: IdleSockets) {
    super(options);
    this.#idle = idle;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return keepsAlive(super.keepSocketAlive(socket)) && this.#idle.keep(socket);
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#idle.take(socket);
    super.reuseSocket(socket, request);
  }
}

class KeptSecure extends https.Agent {
  readonly #idle: IdleSockets;

  constructor(options: https.AgentOptions, idle: IdleSockets) {
    super(options);
    this.#idle = idle;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return keepsAlive(super.keepSocketAlive(socket)) && this.#idle.keep(socket);
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#idle.take(socket);
    super.reuseSocket(socket, request);
  }
}

/** Node answers whether the peer's `Keep-Alive` hint leaves time for another request; its types say nothing. */
function keepsAlive(answer: unknown): boolean {
  return answer !== false;
}
