/** Hosts and URLs that somebody types in to get somewhere they should not. */

/** Hosts of URLs that are refused as what they are, without asking any resolver; the key says why. */
export const REFUSED_HOSTS: Readonly<Record<string, readonly string[]>> = {
  loopback: words(`
    127.0.0.1 127.1 127.0.1 127.0.0.2 127.255.255.255 127.0.0.1. 127.1. 127.000.000.001 2130706433
    2130706433. 0x7f000001 0x7F.1 0x7F.0X0.0.1 127.0x1 017700000001 0177.0.0.1 0000177.1 00000000177.0.0.01
    0x00000000007f000001 １２７.０.０.１ １２７．１ 127。0。0。1 127｡0｡0｡1 127.0.0.1。 ①②⑦.0.0.1 𝟏𝟐𝟕.𝟎.𝟎.𝟏 ¹²⁷.0.0.1
    ０ｘ７ｆ．１ 127.0.0.\u00ad1 127\u200b.0.0.1 127.0.0.1\u2060 localhost LOCALHOST LocalHost. ｌocalhost
    ⓛⓞⓒⓐⓛⓗⓞⓢⓣ l\u00adocalhost local\u200bhost localhost。 api.localhost a.b.localhost. localhost.localdomain
    localhost6 ip6-localhost ip6-loopback [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::0.0.0.1]
  `),
  unspecified: words(`
    0 0. 00 0x 0x0 0.0.0.0 0.0 ０ 0.1.2.3 0.255.255.255 [::] [0::0] [::0.0.0.0]
  `),
  private: words(`
    10.0.0.0 10.255.255.255 0xa.1 012.1 167772161 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255
    3232235521 0300.0250.0.1 [fc00::] [fdff:ffff::1] [fd12:3456::1]
  `),
  // AWS with its DNS, time, ECS and EKS pod identity; GCP; Azure; Alibaba; Oracle; OpenStack, DigitalOcean and
  // Hetzner; Tencent; Scaleway; Linode; IBM.
  'link-local and metadata of clouds': words(`
    169.254.0.0 169.254.255.255 [fe80::1] [febf::1] [fec0::1] [feff::1] 169.254.169.254 169.254.169.253
    169.254.169.123 169.254.170.2 169.254.170.23 [fd00:ec2::254] [fd00:ec2::253] [fd00:ec2::123]
    [fd00:ec2::23] [fd20:ce::254] 168.63.129.16 0xA83F8110 100.100.100.200 1684300232 192.0.0.192
    [fd00:c1::a9fe:a9fe] [fe80::a9fe:a9fe] 169.254.0.23 169.254.42.42 [fd00:42::42] [fd00:a9fe:a9fe::1]
    161.26.0.10 166.9.0.1 2852039166 0xA9FEA9FE 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 169.254.43518
    169.16689662 １６９。２５４。１６９。２５４ [::ffff:169.254.169.254] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::1]
    metadata.google.internal METADATA.google.internal. metadata。google。internal metadata metadata.goog
    instance-data instance-data.ec2.internal metadata.azure.internal metadata.tencentyun.com
    metadata.packet.net metadata.platformequinix.com api.metadata.cloud.ibm.com rancher-metadata
  `),
  'IPv4 wrapped in IPv6': words(`
    [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:A00:1] [0:0:0:0:0:ffff:7f00:0001] [::ffff:8.8.8.8]
    [::127.0.0.1] [::7f00:1] [::8.8.8.8] [::ffff:0:127.0.0.1] [::ffff:0:7f00:1] [64:ff9b::127.0.0.1]
    [64:ff9b::8.8.8.8] [64:ff9b:1::] [64:ff9b:1:ffff::a00:1] [2002:7f00:1::] [2002:808:808::1] [2001::1]
    [2001:0:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe] [2606:4700::5efe:7f00:1]
    [2606:4700::200:5efe:10.0.0.1]
  `),
  'not for the public': words(`
    [ff02::1] [ff0e::1] [2001:db8::1] [3fff::1] [100::1] [5f00::1] [2001:2::1] [2001:10::1] [2001:20::1]
    [2001:1ff:ffff::1] [4000::1] [1fff::1] [8000::1] [e000::1] 100.64.0.0 100.127.255.255 198.18.0.0
    198.19.255.255 192.0.2.1 198.51.100.1 203.0.113.255 192.0.0.0 192.0.0.8 192.88.99.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 4294967295
  `),
};

/** URLs that no delivery goes to, for what is written there. */
export const MALFORMED_URLS: readonly string[] = [
  ...[
    '',
    ' ',
    'hooks.example.com',
    '//hooks.example.com/',
    'https:',
    'https:hooks.example.com',
    'https:/hooks.example.com',
  ],
  ...[
    'https:/\\hooks.example.com',
    'https:\\\\hooks.example.com',
    'https:///hooks.example.com',
    'https://',
    'https://:443/',
  ],
  ...[
    'https://user@hooks.example.com/',
    'https://user:password@hooks.example.com/',
    'https://@hooks.example.com/',
  ],
  ...[
    'https://hooks.example.com@127.0.0.1/',
    'https://hooks.example.com:x@127.0.0.1/',
    'https://hooks.example.com%40127.0.0.1/',
  ],
  ...[
    'https://hooks.example.com\\@127.0.0.1/',
    'https://127.0.0.1\\@hooks.example.com/',
    'https://hooks.example.com#@127.0.0.1/',
  ],
  ...[
    'https://hooks.example.com/#fragment',
    'https://hooks.example.com\\.evil.example/',
    'https://hooks.example.com/a\\b',
  ],
  ...[
    'ht\ttps://hooks.example.com/',
    'https://hooks\t.example.com/',
    'https://hooks.example.com/\n',
    'https://hooks.example.com/\r\nHost: a',
  ],
  ...[
    ' https://hooks.example.com/',
    'https://hooks.example.com/ ',
    'https://hooks.example.com/a b',
    '\u0000https://a.example/',
  ],
  ...[
    'https://hooks.example.com\u3000/',
    'https://hooks.example.com/\u2028',
    'https://hooks.example.com/\u00a0',
  ],
  ...[
    'https://%6c%6f%63%61lhost/',
    'https://127%2e0.0.1/',
    'https://%31%32%37.0.0.1/',
    'https://hooks%00.example.com/',
  ],
  ...[
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:70/_x',
    'dict://127.0.0.1:11211/stat',
    'ldap://a.example/',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://hooks.example.com/',
    'blob:https://a.example/1',
    'jar:https://a.example!/b',
  ],
  ...[
    'https+unix://%2Fvar%2Frun%2Fdocker.sock/x',
    'unix:/var/run/docker.sock',
    'view-source:https://a.example',
    'httpss://a.example',
  ],
  ...[
    'https://hooks.example.com:0/',
    'https://hooks.example.com:00000/',
    'https://hooks.example.com:65536/',
    'https://hooks.example.com:99999999999/',
  ],
  ...[
    'https://hooks.example.com:-1/',
    'https://hooks.example.com:x/',
    'https://hooks.example.com:４４３/',
    'https://hooks.example.com:1e3/',
  ],
  ...[
    'https://hooks.example.com:443:443/',
    'https://hooks.example.com:+443/',
    'https://hooks.example.com: 443/',
  ],
  ...[
    'https://[fe80::1%25eth0]/',
    'https://[fe80::1%eth0]/',
    'https://[::1',
    'https://::1/',
    'https://[::1]x/',
    'https://[::1.]/',
  ],
  ...[
    'https://[]/',
    'https://[127.0.0.1]/',
    'https://[v1.fe80::a]/',
    'https://[::ffff:127.1]/',
    'https://[1::2::3]/',
    'https://[:::1]/',
  ],
  ...[
    'https://256.0.0.1/',
    'https://1.2.3.4.5/',
    'https://4294967296/',
    'https://0x100000000/',
    'https://425.510.425.510/',
    'https://127.0.0.09/',
  ],
  ...[
    'https://../',
    'https://a..example/',
    'https://localhost../',
    'https://.localhost/',
    'https://metadata.google.internal../',
  ],
  ...[
    `https://${'a'.repeat(64)}.example/`,
    `https://${'a.'.repeat(127)}example/`,
    'https://xn--a/',
    'https://xn--/',
  ],
  `https://hooks.example.com/${'x'.repeat(2048)}`,
];

/** Ports of services that are not webhook receivers, also spelled with zeros in front. */
export const REFUSED_PORTS: readonly string[] = words(`
  1 7 19 20 21 22 022 00022 23 25 53 69 110 111 123 135 137 139 143 161 389 445 465 514 587 636 873 993 995
  1433 1521 2049 2181 2375 2376 2379 2380 3128 3306 3389 4222 5060 5432 5672 5900 5984 5985 6000 6379 6443
  6667 7000 7233 7234 7687 8086 8200 8300 8500 9042 9092 9100 9200 9300 10250 11211 15672 26379 27017
`);

/** Ordinary public hosts, neighbours of the ones above. */
export const PUBLIC_HOSTS: readonly string[] = words(`
  8.8.8.8 134744072 0x08080808 010.010.010.010 １.１.１.１ 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0
  126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255
  172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.101.0
  203.0.112.255 223.255.255.255 161.25.255.255 161.27.0.0 166.12.0.0 [2606:4700:4700::1111]
  [2001:4860:4860::8888] [2001:200::] [2003::1] [2606:4700::5eff:7f00:1] [3fff:1000::1]
`);

function words(text: string): string[] {
  return text.trim().split(/[ \n]+/);
}
