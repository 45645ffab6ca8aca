import { BlockList, isIP, isIPv4 } from 'node:net';
import type { JsonValue } from '#kernel';

const problem = (address: JsonValue): string =>
  `${JSON.stringify(address).slice(0, 60)} is no address and no range such as 10.0.0.0/8`;

/** Why it is neither an address nor a range of them, or undefined when it is. */
export function addressProblem(address: JsonValue): string | undefined {
  if (typeof address !== 'string') return problem(address);
  try {
    addTo(new BlockList(), address);
    return undefined;
  } catch {
    return problem(address);
  }
}

/** Those addresses and ranges as one list to look callers up in. @throws Error for one that is none. */
export function addressList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses) addTo(list, address);
  return list;
}

function addTo(list: BlockList, text: string): void {
  const [address = '', prefix, ...rest] = text.split('/');
  if (isIP(address) === 0 || rest.length > 0) throw new TypeError('no address');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (prefix === undefined) return list.addAddress(address, family);
  if (!/^\d{1,3}$/.test(prefix)) throw new TypeError('no range');
  list.addSubnet(address, Number(prefix), family);
}
