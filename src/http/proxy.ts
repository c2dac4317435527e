import { isIP } from 'node:net';
import type { Blocked, Unreachable } from '../domain/delivery.ts';
import { parsedUrl } from '../domain/parsed-url.ts';

/**
 * The egress proxy does not do its part: it cannot be reached, does not know us, or does not answer as a proxy
 * does. Our own fault, never the endpoint's, so nothing was learnt about the endpoint. The message names neither
 * credentials nor target.
 */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
}

/** The proxy did its part, and there is no way to the target. */
export class NoTunnel extends Error {
  override readonly name = 'NoTunnel';
  readonly outcome: Unreachable | Blocked;

  constructor(outcome: Unreachable | Blocked) {
    super(outcome.detail);
    this.outcome = outcome;
  }
}

/** The proxy through which all deliveries go. Shows its host and port, and keeps its credentials to itself. */
export class EgressProxy {
  /** Whether TLS is spoken with the proxy itself. */
  readonly secure: boolean;
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly #authorization: string | undefined;

  /**
   * @param url `http://` or `https://`, with `user:password@` if it asks for them (percent-encoded); the port is
   *   80 or 443 unless it is given
   * @throws Error with one line that does not repeat the URL
   */
  constructor(url: string) {
    const parsed = parsedUrl(url);
    const isOrigin = parsed?.pathname === '/' && parsed.search === '' && parsed.hash === '';
    if (!parsed || !isOrigin || !/^https?:$/.test(parsed.protocol) || parsed.port === '0') throw malformed();
    const { protocol, hostname, port, username, password } = parsed;
    this.secure = protocol === 'https:';
    this.host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    this.port = port === '' ? (this.secure ? 443 : 80) : Number(port);
    if (username === '' && password === '') return;
    const [user, word] = [username, password].map(decoded);
    // RFC 7617: the first colon ends the user's name, so it can have none.
    if (user === undefined || word === undefined || user.includes(':')) throw malformed();
    this.#authorization = `Basic ${Buffer.from(`${user}:${word}`).toString('base64')}`;
  }

  /** `host:port`, for logs. */
  get label(): string {
    return authority(this.host, this.port);
  }

  /** What the proxy wants to know of us. */
  headers(): Record<string, string> {
    return this.#authorization === undefined ? {} : { 'Proxy-Authorization': this.#authorization };
  }
}

/** `203.0.113.7:443`, `[2001:db8::1]:443`. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function malformed(): Error {
  return new Error(
    'must be like http://user:password@proxy.example:3128 or https://…, special characters percent-encoded',
  );
}
