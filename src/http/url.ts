import { isIP } from 'node:net';
import { parsedUrl } from '../domain/parsed-url.ts';
import { type AddressPolicy, addressFault } from './address.ts';
import { LOOPBACK_NAMES, METADATA_NAMES, SERVICE_PORTS } from './ranges.ts';

/** Longest URL of an endpoint, in characters. */
export const MAX_URL_LENGTH = 2048;

/** Longest name in DNS, in characters, without the final dot (RFC 1035 §2.3.4). */
const MAX_NAME_LENGTH = 253;

/** Why deliveries may not go to a URL. */
export interface UrlFault {
  /** `malformed`: the URL itself will not do. `blocked`: its address is not one that deliveries may reach. */
  kind: 'malformed' | 'blocked';
  /** One sentence for people. */
  detail: string;
}

/** Where a URL that passed points to. */
export interface Target {
  secure: boolean;
  /** Name or address, without brackets. */
  host: string;
  /** Undefined for the scheme's own. */
  port: number | undefined;
  /** Path and query. */
  path: string;
}

/** Why deliveries may not go to a URL, as far as can be said without resolving its name. */
export function judgeUrl(url: string, policy: AddressPolicy): UrlFault | undefined {
  const target = parseTarget(url, policy);
  return 'kind' in target ? target : undefined;
}

/**
 * The parts of a URL, or why it is refused.
 *
 * What other parsers read differently (backslashes, white space, user names, a missing slash, percent signs in
 * the host) is refused outright. Everything else is judged by what the WHATWG parser makes of it, and that
 * is also what is connected to.
 */
export function parseTarget(url: string, policy: AddressPolicy): Target | UrlFault {
  const spelling = spellingFault(url, policy);
  if (spelling) return malformed(spelling);
  const parsed = parsedUrl(url);
  if (!parsed) return malformed('The URL cannot be parsed; check its host and port.');

  const { protocol, hostname, port, pathname, search } = parsed;
  if (port !== '' && isRefusedPort(Number(port), policy)) {
    return malformed(`Port ${port} is not one that webhooks are delivered to.`);
  }
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const fault = isIP(host) === 0 ? nameFault(host, policy) : blockedBy(addressFault(host, policy));
  if (fault) return fault;
  return {
    secure: protocol === 'https:',
    host,
    port: port === '' ? undefined : Number(port),
    path: pathname + search,
  };
}

function isRefusedPort(port: number, { refusedPorts = [] }: AddressPolicy): boolean {
  return port === 0 || SERVICE_PORTS.has(port) || refusedPorts.includes(port);
}

function spellingFault(url: string, { allowHttp }: AddressPolicy): string | undefined {
  if (url.length > MAX_URL_LENGTH) return `The URL is longer than ${MAX_URL_LENGTH} characters.`;
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'https':
      break;
    case 'http':
      if (allowHttp) break;
      return 'The URL must start with https://; plain http is not allowed here.';
    default:
      return `The URL must start with ${allowHttp ? 'https:// or http://' : 'https://'}.`;
  }
  if (!authority) return 'The URL has no host.';
  if (/[\p{Cc}\p{Z}\\]/u.test(url)) {
    return 'The URL contains a space, a control character or a backslash.';
  }
  if (url.includes('#')) return 'The URL must not have a fragment (#).';
  if (authority.includes('@')) return 'The URL must not carry a user name or password.';
  if (authority.includes('%')) return 'The host of the URL must not contain %.';
  return undefined;
}

function nameFault(host: string, policy: AddressPolicy): UrlFault | undefined {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (name.length > MAX_NAME_LENGTH || name.split('.').some((label) => label === '' || label.length > 63)) {
    return malformed('The host of the URL is not a valid name.');
  }
  if (METADATA_NAMES.has(name)) {
    return blockedBy(`${name} is a cloud's metadata service, which deliveries may not reach.`);
  }
  // There is no need to ask what these lead to.
  const isLoopback = name === 'localhost' || name.endsWith('.localhost') || LOOPBACK_NAMES.has(name);
  if (isLoopback && addressFault('::1', policy)) return blockedBy(addressFault('127.0.0.1', policy));
  return undefined;
}

function malformed(detail: string): UrlFault {
  return { kind: 'malformed', detail };
}

function blockedBy(detail: string | undefined): UrlFault | undefined {
  return detail === undefined ? undefined : { kind: 'blocked', detail };
}
