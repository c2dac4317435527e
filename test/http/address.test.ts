import { describe, expect, test } from 'vitest';
import { type AddressPolicy, addressFault, parseNetworks } from '../../src/http/address.ts';

const strict: AddressPolicy = { allowNetworks: [], allowHttp: false };

describe('addresses that deliveries may not reach, at the corners of each range', () => {
  test.each([
    ['unspecified', '0.0.0.0', '0.255.255.255'],
    ['private 10/8', '10.0.0.0', '10.255.255.255'],
    ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
    ['loopback', '127.0.0.0', '127.255.255.255'],
    ['link-local', '169.254.0.0', '169.254.255.255'],
    ['private 172.16/12', '172.16.0.0', '172.31.255.255'],
    ['protocol assignments', '192.0.0.0', '192.0.0.255'],
    ['documentation 1', '192.0.2.0', '192.0.2.255'],
    ['6to4 relays', '192.88.99.0', '192.88.99.255'],
    ['private 192.168/16', '192.168.0.0', '192.168.255.255'],
    ['benchmarking', '198.18.0.0', '198.19.255.255'],
    ['documentation 2', '198.51.100.0', '198.51.100.255'],
    ['documentation 3', '203.0.113.0', '203.0.113.255'],
    ['multicast', '224.0.0.0', '239.255.255.255'],
    ['reserved and broadcast', '240.0.0.0', '255.255.255.255'],
    ['Azure wire server', '168.63.129.16', '168.63.129.16'],
    ['IBM Cloud services', '161.26.0.0', '161.26.255.255'],
    ['IBM Cloud endpoints', '166.8.0.0', '166.11.255.255'],
    ['metadata: AWS, GCP, Azure', '169.254.169.254', '169.254.170.2'],
    ['metadata: Alibaba', '100.100.100.200', '100.100.100.200'],
    ['metadata: Oracle', '192.0.0.192', '192.0.0.192'],
    ['IPv6 unspecified and loopback', '::', '::1'],
    ['IPv4-compatible', '::7f00:1', '::ffff:ffff'],
    ['IPv4-mapped loopback', '::ffff:7f00:1', '::ffff:127.0.0.1'],
    ['IPv4-mapped public', '::ffff:8.8.8.8', '::ffff:ffff:ffff'],
    ['IPv4-translated', '::ffff:0:0:0', '::ffff:0:7f00:1'],
    ['NAT64', '64:ff9b::', '64:ff9b::ffff:ffff'],
    ['local NAT64', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
    ['discard-only', '100::', '100::ffff:ffff:ffff:ffff'],
    ['not yet assigned, below', '1fff:ffff::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['Teredo', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['IPv6 benchmarking', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
    ['ORCHID', '2001:10::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['IPv6 documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['6to4', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['IPv6 documentation 2', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['not yet assigned, above', '4000::', '5eff::'],
    ['SRv6', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['unique-local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['metadata: AWS and GCP, IPv6', 'fd00:ec2::254', 'fd20:ce::254'],
    ['IPv6 link-local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['site-local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['IPv6 multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['with a zone', 'fe80::1%eth0', 'fe80::1%1'],
  ])('%s: %s and %s', (_, first, last) => {
    expect(addressFault(first, strict)).toMatch(/may not reach/);
    expect(addressFault(last, strict)).toMatch(/may not reach/);
  });
});

test.each([
  ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ...['126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
  ...['191.255.255.255', '192.0.1.0', '192.0.3.0', '192.167.255.255', '192.169.0.0', '198.17.255.255'],
  ...['198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['168.63.129.15', '168.63.129.17', '161.25.255.255', '161.27.0.0', '166.7.255.255', '166.12.0.0'],
  ...['2000::1', '2001:200::', '2001:4860:4860::8888', '2001:db7:ffff::', '2001:db9::', '2003::1'],
  ...['2606:4700:4700::1111', '2a00:1450:4001:80b::200e', '3ffe::1', '3fff:1000::', '3fff:ffff::'],
])('ordinary public addresses are allowed: %s', (address) => {
  expect(addressFault(address, strict)).toBeUndefined();
});

test('what is not an address is not allowed', () => {
  expect(addressFault('127.1', strict)).toBe('127.1 is not an IP address.');
  expect(addressFault('', strict)).toBeDefined();
});

describe('networks that the operator allows', () => {
  const policy: AddressPolicy = { allowNetworks: parseNetworks('127.0.0.0/8, fd00::/8'), allowHttp: false };

  test.each(['127.0.0.1', '127.255.255.255', '::ffff:127.0.0.1', '::ffff:7f00:1', 'fd12::1', '8.8.8.8'])(
    'are reached, also as IPv4-mapped: %s',
    (address) => expect(addressFault(address, policy)).toBeUndefined(),
  );

  test.each([
    '10.0.0.1',
    '::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
  ])('open nothing else: %s', (address) => expect(addressFault(address, policy)).toBeDefined());
});

describe('the list of allowed networks', () => {
  test('takes both families, white space and nothing at all', () => {
    expect(parseNetworks('')).toEqual([]);
    expect(parseNetworks(' 10.0.0.0/8 ,::1/128,, 192.0.2.7/32')).toHaveLength(3);
    expect(addressFault('203.0.113.9', { allowNetworks: parseNetworks('0.0.0.0/0'), allowHttp: false })).toBe(
      undefined,
    );
  });

  test.each([
    ...['10.0.0.0', '10.0.0.0/33', '::1/129', '10/8', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', 'x/8'],
    ...['127.1/8', '0x7f.0.0.1/8', 'fe80::1%eth0/64', '/8', '10.0.0.0/1e1'],
  ])('says in one line what is wrong with %s', (cidr) => {
    expect(() => parseNetworks(`::1/128,${cidr}`)).toThrow(
      `"${cidr}" is not a network in CIDR notation, such as 10.0.0.0/8 or fd00::/8.`,
    );
  });
});
