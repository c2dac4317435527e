import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type AddressPolicy, addressFault } from './address.ts';
import { type ResolveName, systemResolver } from './resolve.ts';
import { parseTarget, type UrlFault } from './url.ts';

/** Longest wait for a name when an endpoint is created or edited, in milliseconds. */
const JUDGE_TIMEOUT_MS = 3000;

/** The name led to an address that may not be reached. The message is for anybody, the address for operators. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly address: string;

  constructor(host: string, address: string) {
    super(`${host} leads to an address that deliveries may not reach.`);
    this.address = address;
  }
}

/** The name led nowhere. */
export class NameUnresolved extends Error {
  override readonly name = 'NameUnresolved';
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
  const refused = refusal(target.host, addresses, policy);
  return refused && { kind: 'blocked', detail: refused.message };
}

/**
 * The addresses of a host that may be connected to: all of them, in the order to try them. A literal address is
 * its own.
 *
 * @throws {@link AddressRefused} when any of them may not be reached, {@link NameUnresolved}
 */
export type AddressGuard = (host: string) => Promise<readonly string[]>;

export function createGuard(policy: AddressPolicy, resolve: ResolveName): AddressGuard {
  return async (host) => {
    const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host];
    const refused = refusal(host, addresses, policy);
    if (refused) throw refused;
    return addresses;
  };
}

/**
 * The `lookup` of every direct connection: the socket is opened to one of the addresses that were checked. Not
 * called for literal addresses, which are judged with their URL.
 */
export function guardedLookup(guard: AddressGuard): LookupFunction {
  return (host, { all }, callback) => {
    guard(host).then(
      (addresses) => {
        if (all) return callback(null, addresses.map(withFamily));
        const { address, family } = withFamily(addresses[0] ?? '');
        return callback(null, address, family);
      },
      (error) => callback(error, ''),
    );
  };
}

async function resolved(name: string, resolve: ResolveName): Promise<string[]> {
  const addresses = await resolve(name).catch((error) => {
    throw new NameUnresolved(`cannot resolve ${name} (${codeOf(error)})`);
  });
  if (addresses.length === 0) throw new NameUnresolved(`${name} has no address`);
  return addresses;
}

function refusal(host: string, addresses: readonly string[], policy: AddressPolicy) {
  const address = addresses.find((candidate) => addressFault(candidate, policy) !== undefined);
  return address === undefined ? undefined : new AddressRefused(host, address);
}

function withFamily(address: string) {
  return { address, family: address.includes(':') ? 6 : 4 };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
