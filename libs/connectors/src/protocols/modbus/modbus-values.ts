import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import { decimal, ofBigInt, ofFloat32, ofFloat64, toBigInt } from '../support/numbers';

/*
 * What registers hold. The devices agree on 16 bits, high byte first; everything else differs from one to the next.
 */

export const DATA_TYPES = [
  'raw',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'bool',
  'bits',
  'string',
  'hex',
] as const;
export type DataType = (typeof DATA_TYPES)[number];
export type Order = 'big' | 'little';

export interface Format {
  dataType?: DataType;
  /** Of the two bytes of a register. */
  byteOrder?: Order;
  /** Of the registers of one value. */
  wordOrder?: Order;
  /** A number of the device times this, plus `offset`, is the value. */
  scale?: number;
  offset?: number;
}

const NUMBERS = {
  int16: { words: 1, bits: 16, signed: true },
  uint16: { words: 1, bits: 16, signed: false },
  int32: { words: 2, bits: 32, signed: true },
  uint32: { words: 2, bits: 32, signed: false },
  int64: { words: 4, bits: 64, signed: true },
  uint64: { words: 4, bits: 64, signed: false },
  float32: { words: 2 },
  float64: { words: 4 },
} as const;
type NumberType = keyof typeof NUMBERS;

const isNumber = (type: DataType): type is NumberType => Object.hasOwn(NUMBERS, type);

/** Registers of one value; undefined for types of any length. */
export function wordsOf(type: DataType): number | undefined {
  if (isNumber(type)) return NUMBERS[type].words;
  return type === 'bool' ? 1 : undefined;
}

/** The values in these registers, one after the other; those of types of any length are one. */
export function decodeAll(registers: Buffer, format: Format): JsonValue[] {
  const words = wordsOf(format.dataType ?? 'raw');
  if (words === undefined) return [decode(registers, format)].flat();
  const values: JsonValue[] = [];
  for (let at = 0; at + 2 * words <= registers.length; at += 2 * words) {
    values.push(decode(registers.subarray(at, at + 2 * words), format));
  }
  return values;
}

/** The one value in these registers. */
export function decode(registers: Buffer, format: Format): JsonValue {
  const { dataType = 'raw' } = format;
  switch (dataType) {
    case 'raw':
      return wordsIn(registers);
    case 'bits':
      return wordsIn(registers).flatMap((word) => Array.from({ length: 16 }, (_, bit) => ((word >> bit) & 1) === 1));
    case 'bool':
      return registers.readUInt16BE() !== 0;
    case 'hex':
      return registers.toString('hex');
    case 'string':
      return textIn(format.byteOrder === 'little' ? swapped(registers) : registers);
    default:
      return scaled(numberIn(ordered(registers, format), dataType), format);
  }
}

/** The registers that hold these values. @throws ConnectorError for one that the type cannot hold. */
export function encodeAll(values: readonly JsonValue[], format: Format): Buffer {
  return Buffer.concat(values.map((value) => encode(value, format)));
}

function encode(value: JsonValue, format: Format): Buffer {
  const { dataType = 'raw' } = format;
  switch (dataType) {
    case 'raw':
      return integerBytes(value, 'uint16');
    case 'bool':
      if (typeof value !== 'boolean') throw unfit(value, dataType);
      return Buffer.from([0, value ? 1 : 0]);
    case 'hex':
      return hexBytes(value);
    case 'string':
      return textBytes(value, format);
    case 'bits':
      throw new ConnectorError('Registers cannot be written as bits');
    case 'float32':
    case 'float64':
      return ordered(floatBytes(unscaled(value, format), dataType), format);
    default:
      return ordered(integerBytes(wholeOf(value, format), dataType), format);
  }
}

const wordsIn = (registers: Buffer): number[] =>
  Array.from({ length: registers.length >> 1 }, (_, index) => registers.readUInt16BE(2 * index));

const swapped = (registers: Buffer): Buffer => Buffer.from(registers).swap16();

/** Between the device's order and the high byte first; the same way back. */
function ordered(registers: Buffer, { byteOrder = 'big', wordOrder = 'big' }: Format): Buffer {
  const bytes = byteOrder === 'little' ? swapped(registers) : Buffer.from(registers);
  // All bytes turned around, and those of each register back again, leave the registers turned around.
  return wordOrder === 'little' ? bytes.reverse().swap16() : bytes;
}

function numberIn(bytes: Buffer, type: NumberType): number | string | null {
  switch (type) {
    case 'int16':
      return bytes.readInt16BE();
    case 'uint16':
      return bytes.readUInt16BE();
    case 'int32':
      return bytes.readInt32BE();
    case 'uint32':
      return bytes.readUInt32BE();
    case 'int64':
      return ofBigInt(bytes.readBigInt64BE());
    case 'uint64':
      return ofBigInt(bytes.readBigUInt64BE());
    case 'float32':
      return ofFloat32(bytes.readFloatBE());
    case 'float64':
      return ofFloat64(bytes.readDoubleBE());
  }
}

const isScaled = ({ scale = 1, offset = 0 }: Format): boolean => scale !== 1 || offset !== 0;

function scaled(value: number | string | null, format: Format): number | string | null {
  if (value === null || !isScaled(format)) return value;
  const { scale = 1, offset = 0 } = format;
  return ofFloat64(decimal(Number(value) * scale + offset));
}

/** What the device has to hold for this value. */
function unscaled(value: JsonValue, format: Format): JsonValue {
  if (typeof value !== 'number' || !isScaled(format)) return value;
  const { scale = 1, offset = 0 } = format;
  return decimal((value - offset) / scale);
}

/** The same for types that hold whole numbers: the nearest one. */
function wholeOf(value: JsonValue, format: Format): JsonValue {
  const plain = unscaled(value, format);
  return typeof plain === 'number' && isScaled(format) ? Math.round(plain) : plain;
}

function floatBytes(value: JsonValue, type: 'float32' | 'float64'): Buffer {
  if (typeof value !== 'number') throw unfit(value, type);
  if (type === 'float64') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes;
  }
  if (!Number.isFinite(Math.fround(value))) throw unfit(value, type);
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
}

function integerBytes(value: JsonValue, type: Exclude<NumberType, 'float32' | 'float64'>): Buffer {
  const { bits, signed, words } = NUMBERS[type];
  const whole = toBigInt(value);
  const fits = whole !== undefined && (signed ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole;
  if (!fits) throw unfit(value, type);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, whole));
  return bytes.subarray(8 - 2 * words);
}

/** UTF-8 up to the first NUL, and without the blanks that fill registers up. */
function textIn(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return (end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8').trimEnd();
}

function textBytes(value: JsonValue, { byteOrder }: Format): Buffer {
  if (typeof value !== 'string') throw unfit(value, 'string');
  const text = Buffer.from(value);
  const bytes = Buffer.concat([text, Buffer.alloc(text.length % 2)]);
  return byteOrder === 'little' ? swapped(bytes) : bytes;
}

function hexBytes(value: JsonValue): Buffer {
  if (typeof value !== 'string' || !/^(?:[\da-f]{4})+$/i.test(value)) throw unfit(value, 'hex');
  return Buffer.from(value, 'hex');
}

const unfit = (value: JsonValue, type: DataType): ConnectorError =>
  new ConnectorError(`${JSON.stringify(value).slice(0, 100)} does not fit into ${type}`);
