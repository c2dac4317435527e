import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type AddressPolicy, addressFault } from './address.ts';
import { parseTarget, type UrlFault } from './url.ts';

/** Longest wait for a name when an endpoint is created or edited, in milliseconds. */
const JUDGE_TIMEOUT_MS = 3000;

/** Every address of a name, in the order to try them. Rejects when the name has none. */
export type ResolveName = (name: string) => Promise<string[]>;

/** The name led to an address that may not be reached. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** The name led nowhere. */
export class NameUnresolved extends Error {
  override readonly name = 'NameUnresolved';
}

/**
 * Resolves as the operating system does (hosts file included). Lookups of one name that overlap are one lookup,
 * so a name whose servers hang keeps at most one thread of Node's pool.
 */
export function systemResolver(): ResolveName {
  const underWay = new Map<string, Promise<string[]>>();
  return (name) => {
    let answer = underWay.get(name);
    if (!answer) {
      answer = lookup(name, { all: true })
        .then((found) => found.map(({ address }) => address))
        .finally(() => underWay.delete(name));
      underWay.set(name, answer);
    }
    return answer;
  };
}

/**
 * Why deliveries may not go to a URL, after also resolving its name: each address that the name has now must be
 * allowed. A name that does not resolve within three seconds passes, for it may exist later, and every
 * connection is checked again when it is made.
 */
export async function resolveAndJudge(
  url: string,
  policy: AddressPolicy,
  resolve: ResolveName = systemResolver(),
): Promise<UrlFault | undefined> {
  const target = parseTarget(url, policy);
  if ('kind' in target) return target;
  if (isIP(target.host) !== 0) return undefined;
  const timer = new AbortController();
  const addresses = await Promise.race([
    resolve(target.host).catch(() => []),
    delay(JUDGE_TIMEOUT_MS, [], { signal: timer.signal }).catch(() => []),
  ]);
  timer.abort();
  const detail = refusal(target.host, addresses, policy);
  return detail === undefined ? undefined : { kind: 'blocked', detail };
}

/**
 * The `lookup` of every connection: fails with {@link AddressRefused} unless each address of the name is allowed,
 * and the socket is opened to one of the addresses that were checked. Not called for literal addresses.
 */
export function guardedLookup(policy: AddressPolicy, resolve: ResolveName): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const detail = refusal(host, addresses, policy);
        const [first] = addresses;
        if (detail !== undefined) return callback(new AddressRefused(detail), '');
        if (first === undefined) return callback(new NameUnresolved(`${host} has no address`), '');
        if (all) return callback(null, addresses.map(withFamily));
        return callback(null, first, withFamily(first).family);
      },
      (error) => callback(new NameUnresolved(`cannot resolve ${host} (${codeOf(error)})`), ''),
    );
  };
}

function refusal(host: string, addresses: readonly string[], policy: AddressPolicy): string | undefined {
  for (const address of addresses) {
    const fault = addressFault(address, policy);
    if (fault !== undefined) return `${host} leads to a refused address: ${fault}`;
  }
  return undefined;
}

function withFamily(address: string) {
  return { address, family: address.includes(':') ? 6 : 4 };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
