import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** Where an id comes from: its first twelve bytes and a number in the last four. */
export interface IdPlace {
  idBase: Buffer;
  idLow: number;
}

/**
 * Ids that count up from one new UUIDv7 in its last 32 bits (RFC 9562, section 6.2, method 2): in order of arrival, and
 * without drawing random bytes for each.
 */
export function countedIds(): () => IdPlace {
  const idBase = Buffer.from(v7(undefined, new Uint8Array(16)));
  // Half of the range is left, so that counting never carries over.
  let last = idBase.readUInt32BE(12) >>> 1;
  return () => ({ idBase, idLow: last++ });
}

/** A UUIDv8 (RFC 9562, section 5.8) made from the key, with the last 32 bits for the place in the batch. */
export function idsOfKey(key: string): (index: number) => IdPlace {
  const idBase = createHash('sha256').update(key).digest().subarray(0, 16);
  idBase[6] = (idBase[6]! & 0x0f) | 0x80;
  idBase[8] = (idBase[8]! & 0x3f) | 0x80;
  return (idLow) => ({ idBase, idLow });
}
