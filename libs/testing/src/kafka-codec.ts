/*
 * Messages of the Kafka protocol by a description of their fields, in the old encoding and in the compact one ("flexible
 * versions", KIP-482). `topics:[name:s partitions:[i32]]` is a list of structures that have a text and a list of numbers.
 */

type Type = 'i8' | 'i16' | 'i32' | 'i64' | 's' | 'y' | { items: Type | Field[] };

export interface Field {
  name: string;
  type: Type;
}

export type Value = number | bigint | string | Buffer | null | Value[] | Struct;
export interface Struct {
  [name: string]: Value;
}

/** Types: numbers by their bits, s a text, y bytes, and lists. */
export function fieldsOf(description: string): Field[] {
  const tokens = description.match(/\w+:|[[\]]|\w+/g) ?? [];
  const typeAt = (): Type => {
    const token = tokens.shift()!;
    if (token !== '[') return token as Type;
    const items = tokens[0]!.endsWith(':') ? structAt() : typeAt();
    tokens.shift();
    return { items };
  };
  const structAt = (): Field[] => {
    const fields: Field[] = [];
    while (tokens[0]?.endsWith(':')) fields.push({ name: tokens.shift()!.slice(0, -1), type: typeAt() });
    return fields;
  };
  return structAt();
}

/** Reads what it was given from its beginning. */
export class KafkaReader {
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly compact: boolean,
  ) {}

  struct(fields: readonly Field[]): Struct {
    const found = Object.fromEntries(fields.map(({ name, type }) => [name, this.value(type)]));
    this.tags();
    return found;
  }

  /** Those of the compact encoding; none are known. */
  tags(): void {
    if (!this.compact) return;
    for (let count = this.varint(); count > 0; count--) {
      this.varint();
      this.take(this.varint());
    }
  }

  private value(type: Type): Value {
    if (typeof type === 'object') {
      const { items } = type;
      const length = Math.max(this.length(4), 0);
      return Array.from({ length }, () => (Array.isArray(items) ? this.struct(items) : this.value(items)));
    }
    if (type === 'i64') return this.take(8).readBigInt64BE();
    if (type !== 's' && type !== 'y') {
      const size = Number(type.slice(1)) / 8;
      return this.take(size).readIntBE(0, size);
    }
    const length = this.length(type === 's' ? 2 : 4);
    if (length < 0) return null;
    const bytes = this.take(length);
    return type === 's' ? bytes.toString() : bytes;
  }

  private length(size: number): number {
    return this.compact ? this.varint() - 1 : this.take(size).readIntBE(0, size);
  }

  private varint(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const [byte] = this.take(1);
      value += (byte! & 0x7f) * 2 ** shift;
      if (byte! < 0x80) return value;
    }
  }

  private take(size: number): Buffer {
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
}

/** The structure in bytes; what it does not have is -1, empty or null. */
export function encode(fields: readonly Field[], struct: Struct, compact: boolean): Buffer {
  const parts = fields.map(({ name, type }) => encodeValue(type, struct[name], compact));
  return Buffer.concat([...parts, Buffer.alloc(compact ? 1 : 0)]);
}

function encodeValue(type: Type, value: Value | undefined, compact: boolean): Buffer {
  if (typeof type === 'object') {
    const { items } = type;
    const list = (value ?? []) as Value[];
    const encoded = list.map((item) =>
      Array.isArray(items) ? encode(items, item as Struct, compact) : encodeValue(items, item, compact),
    );
    return Buffer.concat([encodeLength(list.length, 4, compact), ...encoded]);
  }
  if (type === 's' || type === 'y') {
    const size = type === 's' ? 2 : 4;
    if (value === null || value === undefined) return encodeLength(-1, size, compact);
    const bytes = Buffer.from(value as string);
    return Buffer.concat([encodeLength(bytes.length, size, compact), bytes]);
  }
  const bytes = Buffer.alloc(Number(type.slice(1)) / 8);
  if (type === 'i64') bytes.writeBigInt64BE((value as bigint | undefined) ?? -1n);
  else bytes.writeIntBE((value as number | undefined) ?? -1, 0, bytes.length);
  return bytes;
}

function encodeLength(length: number, size: number, compact: boolean): Buffer {
  if (compact) return encodeVarint(length + 1);
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(length, 0, size);
  return bytes;
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}
