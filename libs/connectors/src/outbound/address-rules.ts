import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Why an address is refused, for people. */
export type AddressRule =
  'cloud metadata' | 'link-local' | 'multicast' | 'unspecified' | 'broadcast' | 'reserved' | 'loopback';

/**
 * What no connection may reach, the most telling rule first. Private networks are missing on purpose: the machines of a
 * plant are there.
 */
const REFUSED: readonly (readonly [rule: AddressRule, networks: readonly string[]])[] = [
  [
    'cloud metadata',
    [
      '169.254.169.254/32', // AWS, Azure, Google, and most others
      '168.63.129.16/32', // Azure's platform
      '100.100.100.200/32', // Alibaba
      '192.0.0.192/32', // Oracle
      'fd00:ec2::/32', // AWS
      'fd20:ce::254/128', // Google
    ],
  ],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['broadcast', ['255.255.255.255/32']],
  ['reserved', ['240.0.0.0/4']],
];

const LOOPBACK: (typeof REFUSED)[number] = ['loopback', ['127.0.0.0/8', '::1/128']];

/** What an organization adds to that: addresses, or networks in CIDR. */
export interface OrganizationNetworks {
  /** These alone, where there are any. */
  allowed: readonly string[];
  refused: readonly string[];
}

const NO_NETWORKS: OrganizationNetworks = { allowed: [], refused: [] };

/** Which addresses connections may reach. Pure; names are resolved elsewhere. */
export class AddressRules {
  private readonly lists: (readonly [AddressRule, BlockList])[];
  private readonly allowed: BlockList | undefined;
  private readonly refused: BlockList;

  constructor({ loopback }: { loopback: boolean }, { allowed, refused }: OrganizationNetworks = NO_NETWORKS) {
    const rules = loopback ? REFUSED : [...REFUSED, LOOPBACK];
    this.lists = rules.map(([rule, networks]) => [rule, listOf(networks)]);
    this.allowed = allowed.length > 0 ? listOf(allowed) : undefined;
    this.refused = listOf(refused);
  }

  /** Why the address is refused, or undefined where nothing does. @throws Error for what is no IP address. */
  refusing(address: string): string | undefined {
    const forms = formsOf(address);
    const isIn = (list: BlockList): boolean => forms.some((form) => list.check(form, isIPv4(form) ? 'ipv4' : 'ipv6'));
    const rule = this.lists.find(([, list]) => isIn(list))?.[0];
    if (rule) return `${rule} addresses may not be reached`;
    const isOpen = !isIn(this.refused) && (!this.allowed || isIn(this.allowed));
    return isOpen ? undefined : 'the settings of the organization do not allow it';
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string?];
    const [type, most] = isIPv4(address) ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
    list.addSubnet(address, Number(bits ?? most), type);
  }
  return list;
}

/** The address, and the IPv4 address that it stands for where it is an IPv6 address with one inside. */
function formsOf(address: string): string[] {
  if (isIPv4(address)) return [address];
  const [plain] = address.split('%') as [string];
  if (!isIPv6(plain)) throw new Error('not an IP address');
  const inside = ipv4Inside(groupsOf(plain));
  return inside === undefined ? [plain] : [plain, inside];
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes it in its short form, without dotted digits.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail] = short.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = tail ? Array<string>(8 - head.length - tail.length).fill('0') : [];
  return [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
}

/** Beginnings of IPv6 addresses that carry an IPv4 address, and the group where it begins. */
const CARRIERS: readonly (readonly [beginning: readonly number[], at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6], // mapped, RFC 4291
  [[0, 0, 0, 0, 0xffff, 0], 6], // translated, RFC 2765
  [[0x64, 0xff9b, 0, 0, 0, 0], 6], // NAT64, RFC 6052
  [[0x64, 0xff9b, 1], 6], // NAT64 of a local prefix, RFC 8215
  [[0x2002], 1], // 6to4, RFC 3056
];

function ipv4Inside(groups: readonly number[]): string | undefined {
  // "Compatible" addresses (RFC 4291) have nothing before it; `::` and `::1` are themselves.
  const compatible = groups.slice(0, 6).every((group) => group === 0) && groups[6] !== 0;
  const found = CARRIERS.find(([beginning]) => beginning.every((group, index) => groups[index] === group));
  const at = compatible ? 6 : found?.[1];
  if (at === undefined) return undefined;
  const [high, low] = groups.slice(at, at + 2) as [number, number];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
