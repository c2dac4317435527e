import { describe, expect, test } from 'vitest';
import { type AddressPolicy, parseNetworks } from '../../src/http/address.ts';
import { judgeUrl, parseTarget } from '../../src/http/url.ts';

const strict: AddressPolicy = { allowNetworks: [], allowHttp: false };
const embedded: AddressPolicy = { allowNetworks: parseNetworks('127.0.0.0/8,::1/128'), allowHttp: true };

describe('URLs that deliveries may go to', () => {
  test.each([
    'https://example.com',
    'https://example.com/',
    'HTTPS://Example.COM:8443/hooks?a=b&c=%20#'.slice(0, -1),
    'https://example.com:443/a//b/../c',
    'https://example.com./x',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://a_b.example.com/',
    'https://8.8.8.8/x',
    'https://134744072/',
    'https://[2606:4700:4700::1111]:8080/',
    'https://localhost.example.com/',
    'https://127.0.0.1.nip.io/',
    'https://example.com/?next=https://user:secret@elsewhere.example/',
    `https://example.com/${'x'.repeat(2048 - 20)}`,
  ])('%s', (url) => expect(judgeUrl(url, strict)).toBeUndefined());

  test('however many there were before', () => {
    // Node.js 20 takes another way through `URL.canParse` after some thousands, and refuses these there.
    for (let n = 0; n < 20_000; n++) judgeUrl(`https://shop-${n}.example/`, strict);
    for (const url of ['https://bücher.example/', 'https://shop.example/grüße'])
      expect(judgeUrl(url, strict), url).toBeUndefined();
  });

  test('with their parts as they are connected to', () => {
    expect(parseTarget('https://[2606:4700:4700::1111]:8080/a?b', strict)).toEqual({
      secure: true,
      host: '2606:4700:4700::1111',
      port: 8080,
      path: '/a?b',
    });
    expect(parseTarget('http://LOCALHOST', embedded)).toEqual({
      secure: false,
      host: 'localhost',
      port: undefined,
      path: '/',
    });
  });
});

describe('URLs that are malformed', () => {
  test.each([
    ...[
      '',
      'example.com',
      '//example.com/',
      'https:',
      'https:example.com',
      'https:/example.com',
      'https:///x',
    ],
    ...[
      'https://',
      'https:////example.com',
      'https://?x',
      'https://#',
      'http://example.com',
      'ftp://example.com',
    ],
    ...[
      'file:///etc/passwd',
      'gopher://example.com/',
      'javascript:alert(1)',
      'data:,x',
      'ws://example.com',
      'x://',
    ],
    ...['unix:/var/run/docker.sock', 'https+unix://%2Fvar%2Frun/x', 'blob:https://example.com/1'],
    ...[
      'https://user@example.com/',
      'https://user:pass@example.com/',
      'https://@example.com/',
      'https://:@a.example',
    ],
    ...[
      'https://example.com#@127.0.0.1/',
      'https://example.com/#fragment',
      'https://example.com/x#',
      'https://a#b@c',
    ],
    ...[
      'https://example.com\\@127.0.0.1/',
      'https:\\\\example.com/',
      'https://example.com\\x',
      'https:/\\example.com',
    ],
    ...[
      'https://exa\tmple.com/',
      'https://example.com/\n',
      'https://example.com/\r\nx',
      ' https://example.com',
    ],
    ...[
      'https://example.com/a b',
      'https://example.com/\u00a0',
      'https://example.com/\u2028',
      'ht\ntps://example.com',
    ],
    ...[
      'https://example.com/\0',
      'https://example.com/\x7f',
      'https://example.com\u3000/',
      '\ufeffhttps://a.example',
    ],
    ...[
      'https://example.com:0/',
      'https://example.com:65536/',
      'https://example.com:99999/',
      'https://example.com:x/',
    ],
    ...[
      'https://example.com:-1/',
      'https://[fe80::1%25eth0]/',
      'https://[fe80::1%eth0]/',
      'https://[::1',
      'https://::1',
    ],
    ...[
      'https://%31%32%37.0.0.1/',
      'https://127%2e0.0.1/',
      'https://256.1.1.1/',
      'https://1.2.3.4.5/',
      'https://0x/x y',
    ],
    ...['https://a..example/', 'https://.example.com/', `https://${'a'.repeat(64)}.example/`, 'https://../'],
    ...[`https://${'a.'.repeat(126)}example/`, `https://example.com/${'x'.repeat(2048 - 19)}`],
  ])('%j', (url) => expect(judgeUrl(url, strict)).toMatchObject({ kind: 'malformed' }));

  test.each([
    ...[
      1, 21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 465, 587, 993, 995, 1433, 1521, 2049, 2375,
      2376,
    ],
    ...[2379, 2380, 3306, 3389, 4222, 5432, 5672, 5984, 6000, 6379, 6380, 6443, 6667, 7233, 7474, 8200, 8500],
    ...[9042, 9092, 9200, 9300, 10_250, 11_211, 15_672, 27_017],
  ])('because port %d belongs to another service, also where networks are allowed', (port) => {
    expect(judgeUrl(`https://example.com:${port}/`, strict)).toEqual({
      kind: 'malformed',
      detail: `Port ${port} is not one that webhooks are delivered to.`,
    });
    expect(judgeUrl(`http://127.0.0.1:${port}/`, embedded)).toMatchObject({ kind: 'malformed' });
  });

  test.each([
    80, 443, 444, 3000, 4000, 4443, 5000, 5173, 8000, 8080, 8443, 8888, 9000, 9443, 32_768, 50_000, 65_535,
  ])('but not because of port %d', (port) =>
    expect(judgeUrl(`https://example.com:${port}/`, strict)).toBeUndefined(),
  );
});

describe('literal addresses are judged as what they are, however they are spelled', () => {
  test.each([
    ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001'],
    ...[
      '127.0.0.1.',
      '127.1.',
      '0x7F.0X0.0.1',
      '１２７.０.０.１',
      '127。0。0。1',
      '１２７．１',
      '①②⑦.0.0.1',
      '0',
      '0.0.0.0',
    ],
    ...[
      'localhost',
      'LOCALHOST',
      'LocalHost.',
      'ｌocalhost',
      'api.localhost',
      'localhost.',
      'l\u00adocalhost',
    ],
    ...[
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[::FFFF:A00:1]',
    ],
    ...[
      '[64:ff9b::127.0.0.1]',
      '[64:ff9b:1::1]',
      '[2002:7f00:1::]',
      '[2001::1]',
      '[fd00:ec2::254]',
      '[fe80::1]',
    ],
    ...[
      '[fec0::1]',
      '[ff02::1]',
      '[2001:db8::1]',
      '[3fff::1]',
      '[100::1]',
      '[5f00::1]',
      '[::ffff:0:127.0.0.1]',
    ],
    ...[
      '10.0.0.1',
      '0xa.1',
      '172.16.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '2852039166',
      '0xA9FEA9FE',
      '100.100.100.200',
    ],
    ...[
      '168.63.129.16',
      '192.0.0.192',
      '198.18.0.1',
      '192.0.2.1',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
    ],
    ...[
      'metadata.google.internal',
      'METADATA.google.internal.',
      'metadata',
      'instance-data',
      'metadata.goog',
    ],
  ])('%s is blocked', (host) => {
    expect(judgeUrl(`https://${host}/`, strict)).toMatchObject({ kind: 'blocked' });
    expect(judgeUrl(`https://${host}:8443/x?y`, strict)).toMatchObject({ kind: 'blocked' });
  });

  test.each(['127.0.0.1', '2130706433', '127.1', '[::1]', '[::ffff:7f00:1]', 'localhost', 'x.localhost'])(
    '%s is reached where loopback is allowed',
    (host) => expect(judgeUrl(`http://${host}:3000/`, embedded)).toBeUndefined(),
  );

  test.each([
    '0.0.0.0',
    '0',
    '[::]',
    '10.0.0.1',
    '169.254.169.254',
    'metadata.google.internal',
    '[::127.0.0.1]',
  ])('%s is blocked where loopback is allowed', (host) =>
    expect(judgeUrl(`http://${host}:3000/`, embedded)).toMatchObject({ kind: 'blocked' }),
  );
});

test('a refusal is one sentence for people, which names the address', () => {
  expect(judgeUrl('https://0x7f.1/secret', strict)).toEqual({
    kind: 'blocked',
    detail: '127.0.0.1 is a loopback address, which deliveries may not reach.',
  });
  expect(judgeUrl('http://example.com/', strict)?.detail).toBe(
    'The URL must start with https://; plain http is not allowed here.',
  );
});
