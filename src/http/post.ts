import type { Outcome } from '../domain/delivery.ts';
import type { AddressPolicy } from './address.ts';
import { openConnections } from './connections.ts';
import { exchange } from './exchange.ts';
import { unreachable } from './faults.ts';
import { createGuard } from './guard.ts';
import type { EgressProxy } from './proxy.ts';
import { type ResolveName, systemResolver } from './resolve.ts';
import { parseTarget } from './url.ts';

/** One signed POST, as it goes over the wire. */
export interface PostRequest {
  url: string;
  /** Sent as they are, casing kept, besides `Content-Length` and `Accept-Encoding: identity`. */
  headers: Record<string, string>;
  body: string;
  /** Total time for the name, the connection, TLS, headers and body, in milliseconds. */
  timeoutMs: number;
}

/**
 * Sends one POST and says what came of it. Never rejects for anything that the other side does; redirects are
 * not followed, nothing is decompressed, and no more of the answer is read than is kept.
 *
 * @throws ProxyFault when the egress proxy does not do its part, which says nothing about the endpoint
 */
export type Post = (request: PostRequest) => Promise<Outcome>;

export interface PostOptions {
  policy: AddressPolicy;
  /** How names become addresses; default: as the operating system does. */
  resolve?: ResolveName | undefined;
  /** Through which every POST goes; default: none. Its own address is not judged. */
  proxy?: EgressProxy | undefined;
  /** PEM of a certificate authority to trust besides Node's own; default: those and `NODE_EXTRA_CA_CERTS`. */
  authority?: string;
}

export interface Poster {
  post: Post;
  /** Waits for the POSTs under way, each within its own deadline, and closes every connection. */
  close(): Promise<void>;
}

/**
 * The one way out of the product.
 *
 * A kept-alive connection that the peer closes just as a POST goes out, before a byte of answer, is repeated
 * once on a fresh connection within the same deadline. The receiver may then see the request twice, with the same
 * ids, as after any repeat.
 */
export function createPost({ policy, resolve = systemResolver(), proxy, authority }: PostOptions): Poster {
  const connections = openConnections({ guard: createGuard(policy, resolve), proxy, authority });
  const underWay = new Set<Promise<Outcome>>();

  async function send({ url, headers, body, timeoutMs }: PostRequest): Promise<Outcome> {
    const target = parseTarget(url, policy);
    if ('kind' in target) return { kind: 'blocked', detail: target.detail };
    const bytes = Buffer.from(body);
    const posting = {
      target,
      headers: { ...headers, 'Accept-Encoding': 'identity', 'Content-Length': bytes.length },
      body: bytes,
      timeoutMs,
      deadlineMs: performance.now() + timeoutMs,
    };
    const first = await exchange(posting, connections.kept(target.secure));
    if (first !== 'stale') return first;
    const second = await exchange(posting, connections.fresh(target.secure));
    return second === 'stale' ? unreachable('reset', 'the connection was closed') : second;
  }

  return {
    post: (request) => {
      const outcome = send(request);
      underWay.add(outcome);
      const done = () => underWay.delete(outcome);
      outcome.then(done, done);
      return outcome;
    },
    close: async () => {
      await Promise.allSettled(underWay);
      connections.destroy();
    },
  };
}
