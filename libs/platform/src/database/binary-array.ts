/**
 * One-dimensional arrays in PostgreSQL's binary format, for bulk inserts by `unnest($1::uuid[], …)`: nothing has to be
 * quoted here or parsed there. `pg` sends a Buffer parameter in binary. Layout: array_send in PostgreSQL's arrayfuncs.c.
 */

const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

/** Element types by their fixed object ids (pg_type.dat). */
export const OID = {
  bytea: 17,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
} as const;

function header(buffer: Buffer, oid: number, count: number, hasNulls: boolean): void {
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16); // lower bound
}

/** Elements of one size. `write` puts an element at the offset, or returns false for NULL. */
export function fixedArray<T>(
  oid: number,
  size: number,
  items: readonly T[],
  write: (buffer: Buffer, offset: number, item: T) => boolean | void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + items.length * (4 + size));
  let offset = HEADER_BYTES;
  let hasNulls = false;
  for (const item of items) {
    if (write(buffer, offset + 4, item) === false) {
      offset = buffer.writeInt32BE(NULL_LENGTH, offset);
      hasNulls = true;
    } else {
      offset = buffer.writeInt32BE(size, offset) + size;
    }
  }
  header(buffer, oid, items.length, hasNulls);
  return buffer.subarray(0, offset);
}

/** Texts, or documents of type json. */
export function textArray<T>(oid: number, items: readonly T[], read: (item: T) => string | null): Buffer {
  const texts = items.map(read);
  let bytes = HEADER_BYTES;
  for (const text of texts) bytes += 4 + (text === null ? 0 : text.length * 3);
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = HEADER_BYTES;
  let hasNulls = false;
  for (const text of texts) {
    if (text === null) {
      offset = buffer.writeInt32BE(NULL_LENGTH, offset);
      hasNulls = true;
    } else {
      const length = buffer.write(text, offset + 4);
      offset = buffer.writeInt32BE(length, offset) + length;
    }
  }
  header(buffer, oid, items.length, hasNulls);
  return buffer.subarray(0, offset);
}

/** Byte strings. As text each byte would travel as two digits. */
export function bytesArray(items: readonly (Buffer | null)[]): Buffer {
  const bytes = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = HEADER_BYTES;
  for (const item of items) {
    offset = buffer.writeInt32BE(item?.length ?? NULL_LENGTH, offset);
    if (item) offset += item.copy(buffer, offset);
  }
  header(buffer, OID.bytea, items.length, items.includes(null));
  return buffer;
}

/** Milliseconds from the Unix epoch to PostgreSQL's, 2000-01-01. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** A timestamptz: microseconds since PostgreSQL's epoch. In two halves, as a double is not exact beyond the year 4283. */
export function writeTimestamp(buffer: Buffer, offset: number, epochMs: number): void {
  const ms = epochMs - POSTGRES_EPOCH_MS;
  const high = Math.floor(ms / 0x1_0000_0000);
  const low = (ms - high * 0x1_0000_0000) * 1000;
  const carry = Math.floor(low / 0x1_0000_0000);
  buffer.writeInt32BE(high * 1000 + carry, offset);
  buffer.writeUInt32BE(low - carry * 0x1_0000_0000, offset + 4);
}
