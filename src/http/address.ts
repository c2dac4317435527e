import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CLOUD_SERVICE_NETWORKS, GLOBAL_UNICAST_IPV6, ISATAP_INTERFACES } from './ranges.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An address and the length of its prefix. */
export type Network = [Address, number];

/** What deliveries may reach. */
export interface AddressPolicy {
  /** Networks that are allowed besides public addresses. */
  allowNetworks: readonly Network[];
  /** Whether plain `http` URLs are allowed. */
  allowHttp: boolean;
  /** Ports that are refused besides those of well-known services: of the servers that this process brought itself. */
  refusedPorts?: readonly number[];
}

const cloudServices = CLOUD_SERVICE_NETWORKS.map((cidr) => ipaddr.parseCIDR(cidr));
const globalUnicast = ipaddr.parseCIDR(GLOBAL_UNICAST_IPV6);

/** What ipaddr.js calls a range, for people. */
const RANGE_TITLES: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address',
  unspecified: 'an unspecified address',
  carrierGradeNat: 'a shared (carrier-grade NAT) address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  ipv4Mapped: 'an IPv4-mapped address',
};

/**
 * Networks from a comma-separated list of CIDRs, as in `127.0.0.0/8, ::1/128`. Empty gives none.
 *
 * @throws Error with one line that quotes the part that is not a CIDR
 */
export function parseNetworks(list: string): Network[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseNetwork);
}

function parseNetwork(cidr: string): Network {
  const [address = '', prefix = '', ...rest] = cidr.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  const longest = family === 4 ? 32 : 128;
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) {
    throw new Error(
      `${JSON.stringify(cidr)} is not a network in CIDR notation, such as 10.0.0.0/8 or fd00::/8.`,
    );
  }
  return [parsed(address), Number(prefix)];
}

/**
 * Why an address may not be reached, or undefined when it may: it is ordinary public unicast, or in one of the
 * policy's networks. An IPv4-mapped IPv6 address counts as its IPv4 address there, and nowhere else.
 *
 * @param address an address as Node or the URL parser writes it, without brackets
 */
export function addressFault(address: string, policy: AddressPolicy): string | undefined {
  if (isIP(address) === 0) return `${address} is not an IP address.`;
  const judged = parsed(address);
  if (policy.allowNetworks.some((network) => contains(network, judged))) return undefined;

  const range: string = judged.range();
  if (range !== 'unicast') {
    return `${address} is ${RANGE_TITLES[range] ?? 'a reserved address'}, which deliveries may not reach.`;
  }
  if (judged instanceof ipaddr.IPv6 && (!contains(globalUnicast, judged) || isIsatap(judged))) {
    return `${address} is a reserved address, which deliveries may not reach.`;
  }
  if (cloudServices.some((network) => contains(network, judged))) {
    return `${address} is a cloud service address, which deliveries may not reach.`;
  }
  return undefined;
}

/** ipaddr.js reads `::127.0.0.1`, as resolvers write the IPv4-compatible `::7f00:1`, as an IPv4-mapped address. */
function parsed(address: string): Address {
  const [, compatible] = /^::([\d.]+)$/.exec(address) ?? [];
  if (compatible === undefined || isIP(compatible) === 0) return ipaddr.parse(address);
  return new ipaddr.IPv6([...Array(12).fill(0), ...ipaddr.IPv4.parse(compatible).toByteArray()]);
}

function isIsatap(address: ipaddr.IPv6): boolean {
  const [high = 0, low = 0] = address.parts.slice(4);
  return ISATAP_INTERFACES.some(([first, second]) => high === first && low === second);
}

function contains([network, prefix]: Network, address: Address): boolean {
  if (network.kind() === address.kind()) return address.match(network, prefix);
  if (network instanceof ipaddr.IPv4 && address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return address.toIPv4Address().match(network, prefix);
  }
  return false;
}
