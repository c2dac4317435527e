import http, { type Agent, type ClientRequestArgs } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { type AddressGuard, guardedLookup } from './guard.ts';
import type { EgressProxy } from './proxy.ts';
import { type Opening, type OpenTunnel, tunnelsThrough } from './tunnel.ts';

/** How long a connection is kept idle for another POST to the same origin, in milliseconds. */
const IDLE_TIMEOUT_MS = 4000;

/** How long a busy connection is reused before its name is resolved and judged anew, in milliseconds. */
const MAX_AGE_MS = 60_000;

/** How many idle connections are kept, over all origins and to one of them. */
const MAX_IDLE = 512;
const MAX_IDLE_PER_ORIGIN = 64;

/** How long one of several addresses of a name is tried before the next, in milliseconds (Node's own is 250). */
const NEXT_ADDRESS_AFTER_MS = 500;

/** What a request tells the agent that opens a connection for it. */
export type OpeningRequest = https.RequestOptions & { opening: Opening };

export interface Connections {
  /** Reuses idle connections of the same origin. */
  kept(secure: boolean): Agent;
  /** Opens a connection for one request. */
  fresh(secure: boolean): Agent;
  /** Closes what is idle, and cuts what is not. */
  destroy(): void;
}

export interface ConnectionOptions {
  /** Names the addresses of a host that may be connected to. */
  guard: AddressGuard;
  /** Through which every connection goes; default: none, and never one of the environment. */
  proxy?: EgressProxy | undefined;
  /** PEM of a certificate authority to trust besides the usual ones. */
  authority?: string | undefined;
}

/**
 * The connections of one process. Every one goes to an address that the guard let pass, and TLS is always
 * verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says.
 */
export function openConnections({ guard, proxy, authority }: ConnectionOptions): Connections {
  const plain = { lookup: guardedLookup(guard), autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS };
  const secure = {
    ...plain,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(authority !== undefined && { ca: [...rootCertificates, authority] }),
  };
  const keeping = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxFreeSockets: MAX_IDLE_PER_ORIGIN };
  const fresh = { plain: new http.Agent(plain), secure: new https.Agent(secure) };
  const kept = {
    plain: new http.Agent({ ...plain, ...keeping }),
    secure: new https.Agent({ ...secure, ...keeping }),
  };
  const agents = [fresh.plain, fresh.secure, kept.plain, kept.secure];
  if (proxy) {
    const open = tunnelsThrough(proxy, secure);
    for (const agent of agents) tunnel(agent, open, guard);
  }
  const idle = new IdleSockets();
  for (const agent of [kept.plain, kept.secure]) bound(agent, idle);
  return {
    kept: (isSecure) => (isSecure ? kept.secure : kept.plain),
    fresh: (isSecure) => (isSecure ? fresh.secure : fresh.plain),
    destroy: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

/** Has an agent open its connections through the proxy; TLS, where it is spoken, goes through the tunnel. */
function tunnel(agent: Agent, open: OpenTunnel, guard: AddressGuard): void {
  const isSecure = agent instanceof https.Agent;
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options: ClientRequestArgs & Partial<OpeningRequest>, callback) => {
    const opened = async () => {
      if (!options.opening) throw new Error('only a request of ours opens a connection');
      const addresses = await guard(options.host ?? '');
      const socket = await open(addresses, Number(options.port), options.opening);
      const inTunnel = { ...options, socket };
      return (isSecure && connect(inTunnel)) || socket;
    };
    opened().then(
      (socket) => callback?.(null, socket),
      (error) => callback?.(error, undefined as never),
    );
    return undefined;
  };
}

/** Keeps the idle connections of an agent within the bounds of all. */
function bound(agent: Agent, idle: IdleSockets): void {
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  const reuseSocket = agent.reuseSocket.bind(agent);
  // Node answers whether the peer's `Keep-Alive` hint leaves time for another request; its types say nothing.
  agent.keepSocketAlive = (socket) => keepsAlive(keepSocketAlive(socket)) && idle.keep(socket);
  agent.reuseSocket = (socket, request) => {
    idle.take(socket);
    reuseSocket(socket, request);
  };
}

function keepsAlive(answer: unknown): boolean {
  return answer !== false;
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
