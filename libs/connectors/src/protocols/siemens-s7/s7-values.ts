import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import { ofBigInt, ofFloat32, ofFloat64, toBigInt } from '../support/numbers';
import { AREA, type S7Address } from './s7-address';

/** Whole numbers: bytes, and whether they have a sign. */
const WHOLE = {
  BYTE: [1, false],
  USINT: [1, false],
  SINT: [1, true],
  WORD: [2, false],
  UINT: [2, false],
  INT: [2, true],
  DWORD: [4, false],
  UDINT: [4, false],
  DINT: [4, true],
  TIME: [4, true],
  TIME_OF_DAY: [4, false],
  LWORD: [8, false],
  ULINT: [8, false],
  LINT: [8, true],
} as const satisfies Record<string, readonly [number, boolean]>;

type WholeType = keyof typeof WHOLE;

export const DATA_TYPES = [
  'BOOL',
  ...(Object.keys(WHOLE) as WholeType[]),
  'REAL',
  'LREAL',
  'CHAR',
  'STRING',
  'WSTRING',
] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** Characters of a STRING that has no length of its own. */
const LONGEST_STRING = 254;

export interface Shape {
  dataType?: DataType | undefined;
  /** Characters that a STRING or WSTRING is declared with. */
  length?: number | undefined;
}

const PRESET = { X: 'BOOL', B: 'BYTE', W: 'WORD', D: 'DWORD' } as const;

export const typeOf = ({ width }: S7Address, { dataType }: Shape): DataType =>
  dataType ?? (width ? PRESET[width] : 'WORD');

const isWhole = (type: DataType): type is WholeType => Object.hasOwn(WHOLE, type);

/** Bytes of a value. */
export function sizeOf(type: DataType, { length = LONGEST_STRING }: Shape): number {
  if (isWhole(type)) return WHOLE[type][0];
  switch (type) {
    case 'REAL':
      return 4;
    case 'LREAL':
      return 8;
    case 'STRING':
      return 2 + length;
    case 'WSTRING':
      return 4 + 2 * length;
    default:
      return 1;
  }
}

/** The value at the head of these bytes; `bit` is that of a BOOL. */
export function decode(bytes: Buffer, type: DataType, bit = 0): JsonValue {
  if (isWhole(type)) return ofBigInt(wholeIn(bytes, type));
  switch (type) {
    case 'BOOL':
      return ((bytes[0]! >> bit) & 1) === 1;
    case 'REAL':
      return ofFloat32(bytes.readFloatBE());
    case 'LREAL':
      return ofFloat64(bytes.readDoubleBE());
    case 'CHAR':
      return withoutNul(bytes.toString('latin1', 0, 1));
    case 'STRING':
      return withoutNul(bytes.toString('latin1', 2, 2 + Math.min(bytes[1]!, bytes.length - 2)));
    case 'WSTRING': {
      const end = 4 + 2 * Math.min(bytes.readUInt16BE(2), (bytes.length - 4) >> 1);
      return withoutNul(Buffer.from(bytes.subarray(4, end)).swap16().toString('utf16le').toWellFormed());
    }
  }
}

/** No text of ours may have one. */
const withoutNul = (text: string): string => text.replaceAll('\0', '');

/** Milliseconds of a timer, or what a counter has counted. */
export function decodeCounted(bytes: Buffer, area: S7Address['area']): number {
  const [high, low] = [bytes[0]!, bytes[1]!];
  const count = (high & 0x0f) * 100 + (low >> 4) * 10 + (low & 0x0f);
  return area === AREA.C ? count : count * 10 ** (1 + ((high >> 4) & 3));
}

/** What is written, and how many bytes after the beginning of the value. @throws ConnectorError for what does not fit */
export function encode(value: JsonValue, type: DataType, shape: Shape): { bytes: Buffer; skip: number } {
  if (isWhole(type)) return { bytes: wholeBytes(value, type), skip: 0 };
  switch (type) {
    case 'BOOL':
      if (typeof value !== 'boolean') throw unfit(value, type);
      return { bytes: Buffer.from([value ? 1 : 0]), skip: 0 };
    case 'REAL':
    case 'LREAL':
      return { bytes: floatBytes(value, type), skip: 0 };
    default:
      return textBytes(value, type, shape);
  }
}

function wholeIn(bytes: Buffer, type: WholeType): bigint {
  const [size, signed] = WHOLE[type];
  const whole = BigInt(`0x${bytes.toString('hex', 0, size)}`);
  return signed ? BigInt.asIntN(8 * size, whole) : whole;
}

function wholeBytes(value: JsonValue, type: WholeType): Buffer {
  const [size, signed] = WHOLE[type];
  const whole = toBigInt(value);
  const fits =
    whole !== undefined && (signed ? BigInt.asIntN(8 * size, whole) : BigInt.asUintN(8 * size, whole)) === whole;
  if (!fits) throw unfit(value, type);
  return Buffer.from(
    BigInt.asUintN(8 * size, whole)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
}

function floatBytes(value: JsonValue, type: 'REAL' | 'LREAL'): Buffer {
  const fits = typeof value === 'number' && (type === 'LREAL' || Number.isFinite(Math.fround(value)));
  if (!fits) throw unfit(value, type);
  const bytes = Buffer.alloc(type === 'REAL' ? 4 : 8);
  if (type === 'REAL') bytes.writeFloatBE(value);
  else bytes.writeDoubleBE(value);
  return bytes;
}

/** The head of a string says how long it may be: it is left as it is, and what follows it is written. */
function textBytes(value: JsonValue, type: 'CHAR' | 'STRING' | 'WSTRING', { length = LONGEST_STRING }: Shape) {
  const longest = type === 'CHAR' ? 1 : length;
  if (typeof value !== 'string' || value.length > longest) throw unfit(value, type);
  if (type === 'WSTRING') {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(value.length);
    return { bytes: Buffer.concat([head, Buffer.from(value, 'utf16le').swap16()]), skip: 2 };
  }
  // Latin-1 is all that it can hold.
  if (!/^[\x00-\xff]*$/.test(value)) throw unfit(value, type);
  const text = Buffer.from(value, 'latin1');
  if (type === 'STRING') return { bytes: Buffer.concat([Buffer.from([text.length]), text]), skip: 1 };
  if (text.length !== 1) throw unfit(value, type);
  return { bytes: text, skip: 0 };
}

const unfit = (value: JsonValue, type: DataType): ConnectorError =>
  new ConnectorError(`${JSON.stringify(value).slice(0, 100)} does not fit into ${type}`);
