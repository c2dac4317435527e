/**
 * Addresses, names and ports that answer to somebody's infrastructure and never to a webhook receiver.
 * ipaddr.js knows the IANA special-purpose registries; what it does not know, or reads as plain unicast,
 * stands here.
 */

/** Networks inside public address space that clouds use for services of their own. */
export const CLOUD_SERVICE_NETWORKS: readonly string[] = [
  // Azure: the wire server (DHCP, DNS, health, machine secrets).
  '168.63.129.16/32',
  // IBM Cloud: service endpoints reachable from its private network only.
  '161.26.0.0/16',
  '166.8.0.0/14',
];

/** IPv6 outside of which nothing is global unicast (RFC 4291, IANA): everything but this is refused. */
export const GLOBAL_UNICAST_IPV6 = '2000::/3';

/** How the interface part of an address begins that wraps a private or public IPv4 address (RFC 5214 §6.1). */
export const ISATAP_INTERFACES: readonly (readonly [number, number])[] = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
];

/** Names that hosts files give to the machine itself; `localhost` and what ends in it always are (RFC 6761). */
export const LOOPBACK_NAMES: ReadonlySet<string> = new Set([
  'localhost.localdomain',
  'localhost4',
  'localhost4.localdomain4',
  'localhost6',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
  'loopback',
]);

/** Names under which clouds serve credentials to their machines, whatever they resolve to. */
export const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'api.metadata.cloud.ibm.com',
  'rancher-metadata',
  'metadata.tencentyun.com',
  'metadata.packet.net',
  'metadata.platformequinix.com',
]);

/**
 * Ports of services that are not web servers, or that answer to nobody but their operator. None lies where
 * systems hand out ports of their own (32,768 and up).
 */
export const SERVICE_PORTS: ReadonlySet<number> = new Set([
  // The old internet services, file transfer, shells, mail, names, time, directories, printers.
  ...[1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 49, 53, 67, 68, 69, 70, 77, 79, 87, 88],
  ...[95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 162],
  ...[179, 194, 220, 389, 427, 445, 464, 465, 500, 512, 513, 514, 515, 526, 530, 531, 532, 540, 543, 544],
  ...[548, 554, 556, 563, 587, 601, 623, 631, 636, 646, 749, 853, 860, 873, 902, 989, 990, 992, 993, 995],
  // Proxies, tunnels, remote desktops, media and chat.
  ...[1080, 1194, 1701, 1719, 1720, 1723, 2049, 3128, 3260, 3389, 3478, 4045, 5060, 5061, 5349, 5900, 5901],
  ...[5985, 5986, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10_080],
  // Databases, caches, search.
  ...[1433, 1434, 1521, 1830, 2483, 2484, 3050, 3306, 5432, 5433, 5984, 6379, 6380, 6432, 7000, 7001],
  ...[7199, 7473, 7474, 7687, 8086, 8091, 8529, 9042, 9160, 9200, 9300, 11_211, 26_257, 26_379, 27_017],
  ...[16_379, 27_018, 27_019, 28_015, 28_017],
  // Queues, coordination, workflow engines, secrets.
  ...[
    1883, 2181, 2379, 2380, 2888, 3888, 4222, 4369, 5671, 5672, 6222, 7233, 7234, 7235, 7239, 7243, 8222,
    8233, 8300,
  ],
  ...[8301, 8302, 8500, 8501, 8502, 8600, 8883, 9092, 9093, 9094, 11_300, 15_671, 15_672, 25_672],
  ...[8200, 8201],
  // Containers, clusters, debuggers, agents.
  ...[2375, 2376, 2377, 4243, 4646, 4647, 4648, 5005, 6443, 8125, 9100, 9229, 10_248, 10_249, 10_250, 10_255],
  ...[2019, 10_256, 10_257, 10_259],
]);
