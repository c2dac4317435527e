import { describe, expect, test } from 'vitest';
import { parseNetworks } from '../../src/http/address.ts';
import { judgeUrl } from '../../src/http/url.ts';
import { poster, receiver } from '../http/posting.ts';
import { MALFORMED_URLS, PUBLIC_HOSTS, REFUSED_HOSTS, REFUSED_PORTS } from './spellings.ts';

const onlyPublic = { allowNetworks: [], allowHttp: true };

describe.each(Object.entries(REFUSED_HOSTS))('hosts that are %s', (_, hosts) => {
  test.each(hosts)('%s: no socket is opened', async (host) => {
    for (const url of [`http://${host}/`, `https://${host}:8443/x?y`, `HTTPS://${host}:3000`]) {
      expect(judgeUrl(url, onlyPublic), url).toMatchObject({ kind: 'blocked' });
      const post = poster({ policy: onlyPublic, resolve: () => expect.fail('asked a resolver') });
      expect(await post(url), url).toMatchObject({ kind: 'blocked' });
    }
  });
});

test.each(MALFORMED_URLS)('%j is no URL to deliver to', async (url) => {
  expect(judgeUrl(url, onlyPublic)).toMatchObject({ kind: 'malformed' });
  const post = poster({ policy: onlyPublic, resolve: () => expect.fail('asked a resolver') });
  expect(await post(url)).toMatchObject({ kind: 'blocked' });
});

test.each(REFUSED_PORTS)('port %s is not one to deliver to, whatever networks are open', (port) => {
  const everything = { allowNetworks: parseNetworks('0.0.0.0/0,::/0'), allowHttp: true };
  for (const host of ['hooks.example.com', '8.8.8.8', '[2606:4700::1]', '127.0.0.1']) {
    expect(judgeUrl(`https://${host}:${port}/`, everything)).toMatchObject({ kind: 'malformed' });
  }
});

test('the ports of the servers that the process brought itself are refused', () => {
  const policy = { allowNetworks: parseNetworks('127.0.0.0/8'), allowHttp: true, refusedPorts: [41_234] };
  expect(judgeUrl('http://127.0.0.1:41234/', policy)).toMatchObject({ kind: 'malformed' });
  expect(judgeUrl('http://127.0.0.1:41235/', policy)).toBeUndefined();
});

test.each(PUBLIC_HOSTS)('%s may be delivered to', (host) => {
  expect(judgeUrl(`https://${host}/`, onlyPublic)).toBeUndefined();
});

describe('where exactly 127.0.0.1/32 is open', () => {
  const policy = { allowNetworks: parseNetworks('127.0.0.1/32'), allowHttp: true };

  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '127.0.0.1.',
    '１２７。０。０。１',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ])('%s is reached', async (host) => {
    const here = await receiver();
    expect(await poster({ policy })(`http://${host}:${here.port}/`)).toMatchObject({ status: 200 });
  });

  test.each(
    ['127.0.0.0', '127.0.0.2', '127.2', '[::1]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:7f00:0]'].concat([
      '[::ffff:7f00:2]',
      '[::ffff:0:7f00:1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      'localhost',
      '0.0.0.0',
      '10.0.0.1',
    ]),
  )('%s is not', async (host) => {
    const here = await receiver();
    const post = poster({ policy, resolve: async () => ['127.0.0.1', '::1'] });
    expect(await post(`http://${host}:${here.port}/`)).toMatchObject({ kind: 'blocked' });
    expect(here.connections).toBe(0);
  });
});

test.each([
  [
    '10.20.0.0/16',
    ['10.20.0.0', '10.20.255.255', '[::ffff:10.20.0.1]'],
    ['10.19.255.255', '10.21.0.0', '[::a14:1]'],
  ],
  ['10.20.30.40/30', ['10.20.30.40', '10.20.30.43'], ['10.20.30.39', '10.20.30.44', '[::ffff:10.20.30.44]']],
  [
    'fd12:3456::/32',
    ['[fd12:3456::]', '[fd12:3456:ffff::1]'],
    ['[fd12:3455:ffff::]', '[fd12:3457::]', '10.0.0.1'],
  ],
  ['::ffff:10.0.0.0/104', ['[::ffff:10.1.2.3]'], ['10.1.2.3', '[::10.0.0.1]', '[::ffff:11.0.0.0]']],
  [
    '169.254.169.254/32',
    ['169.254.169.254'],
    ['169.254.169.253', '169.254.169.255', 'metadata.google.internal'],
  ],
  ['64:ff9b::/96', ['[64:ff9b::8.8.8.8]'], ['[64:ff9b:0:0:0:1::]', '[64:ff9b:1::1]']],
])('%s opens its own addresses and no neighbour', (cidr, open, shut) => {
  const policy = { allowNetworks: parseNetworks(cidr), allowHttp: false };
  for (const host of open) expect(judgeUrl(`https://${host}/`, policy), host).toBeUndefined();
  for (const host of shut)
    expect(judgeUrl(`https://${host}/`, policy), host).toMatchObject({ kind: 'blocked' });
});
