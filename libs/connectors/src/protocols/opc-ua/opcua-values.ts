import { jsonProblem, type JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { ofBigInt, ofFloat32, ofFloat64, toBigInt } from '../support/numbers';
import { WRITABLE_TYPES } from './opcua-schemas';

/*
 * Values of OPC UA and JSON. The client library has classes for them; these are their members that are read here.
 */

/** Of a `Variant`. */
export interface UaVariant {
  dataType: number;
  /** 0 scalar, 1 array, 2 matrix. */
  arrayType?: number;
  dimensions?: number[] | null;
  value?: unknown;
}

/** Of a `DataValue`. */
export interface UaDataValue {
  value?: UaVariant | null;
  statusCode: { name: string; value: number };
  sourceTimestamp?: Date | null;
  serverTimestamp?: Date | null;
}

/** Node ids and qualified names, which know how they are written. */
interface NamedValue {
  toString(): string;
}

type TypeName = keyof typeof WRITABLE_TYPES;

const NAMES = new Map<number, string>([
  ...Object.entries(WRITABLE_TYPES).map(([name, number]) => [number, name] as const),
  [16, 'XmlElement'],
  [17, 'NodeId'],
  [18, 'ExpandedNodeId'],
  [19, 'StatusCode'],
  [20, 'QualifiedName'],
  [22, 'Structure'],
  [23, 'DataValue'],
  [24, 'Variant'],
]);

export const typeName = (dataType: number): string | null => NAMES.get(dataType) ?? null;

/** Bad values have no value; uncertain ones have. */
export const isBad = ({ value }: UaDataValue['statusCode']): boolean => (value & 0x80000000) !== 0;

/** All there is to know of a value. */
export function reading(given: UaDataValue): JsonObject {
  const { value, statusCode } = given;
  return {
    value: valueOf(given),
    dataType: value ? typeName(value.dataType) : null,
    status: statusCode.name,
    sourceTimestamp: timeOf(given.sourceTimestamp),
    serverTimestamp: timeOf(given.serverTimestamp),
  };
}

export const valueOf = ({ value, statusCode }: UaDataValue): JsonValue =>
  !value || isBad(statusCode) ? null : decode(value);

export const timeOf = (time: Date | null | undefined): string | null =>
  time && Number.isFinite(time.getTime()) ? time.toISOString() : null;

export function decode({ dataType, arrayType = 0, dimensions, value }: UaVariant): JsonValue {
  if (value === null || value === undefined) return null;
  if (arrayType === 0) return decodeScalar(dataType, value);
  const list = Array.from(value as ArrayLike<unknown>, (item) => decodeScalar(dataType, item));
  return arrayType === 2 && dimensions ? nested(list, dimensions) : list;
}

function decodeScalar(dataType: number, value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  switch (dataType) {
    case 8:
    case 9:
      return ofBigInt(wholeOf(value as [number, number], dataType === 8));
    case 10:
      return ofFloat32(value as number);
    case 11:
      return ofFloat64(value as number);
    case 13:
      return timeOf(value as Date);
    case 15:
      return (value as Buffer).toString('base64');
    case 19:
      return (value as { name: string }).name;
    case 21:
      return (value as { text?: string | null }).text ?? null;
    case 22:
      return plain(value);
    case 23:
      return reading(value as UaDataValue);
    case 24:
      return decode(value as UaVariant);
    default:
      return typeof value === 'object' ? (value as NamedValue).toString() : (value as JsonValue);
  }
}

/** Structures as their members; those whose type the library does not know are null. */
function plain(value: unknown): JsonValue {
  const members = JSON.parse(JSON.stringify(value) ?? 'null') as JsonValue;
  return jsonProblem(members) === undefined ? members : null;
}

/** The library has 64 bits as two numbers of 32. */
const wholeOf = ([high, low]: [number, number], signed: boolean): bigint => {
  const whole = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return signed ? BigInt.asIntN(64, whole) : whole;
};

function nested(list: JsonValue[], [, ...inner]: number[]): JsonValue {
  if (inner.length === 0) return list;
  const size = inner.reduce((all, one) => all * one, 1);
  if (size === 0) return [];
  return Array.from({ length: list.length / size }, (_, index) =>
    nested(list.slice(index * size, (index + 1) * size), inner),
  );
}

/** A value to be written. @throws ConnectorError for one that the type cannot hold. */
export function encode(value: JsonValue, type: string): Required<Omit<UaVariant, 'dimensions'>> {
  if (!Object.hasOwn(WRITABLE_TYPES, type)) throw new ConnectorError(`Values of type ${type} cannot be written`);
  const name = type as TypeName;
  const dataType = WRITABLE_TYPES[name];
  if (Array.isArray(value)) return { dataType, arrayType: 1, value: value.map((item) => encodeScalar(item, name)) };
  return { dataType, arrayType: 0, value: encodeScalar(value, name) };
}

const WHOLE: Partial<Record<TypeName, readonly [bits: number, signed: boolean]>> = {
  SByte: [8, true],
  Byte: [8, false],
  Int16: [16, true],
  UInt16: [16, false],
  Int32: [32, true],
  UInt32: [32, false],
  Int64: [64, true],
  UInt64: [64, false],
};

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function encodeScalar(value: JsonValue, type: TypeName): unknown {
  const bits = WHOLE[type];
  if (bits) return encodeWhole(value, type, ...bits);
  switch (type) {
    case 'Boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'Float':
      if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
      break;
    case 'Double':
      if (typeof value === 'number') return value;
      break;
    case 'DateTime':
      if (typeof value === 'string' && Number.isFinite(Date.parse(value))) return new Date(value);
      break;
    case 'ByteString':
      if (typeof value === 'string' && BASE64.test(value)) return Buffer.from(value, 'base64');
      break;
    case 'Guid':
      if (typeof value === 'string' && GUID.test(value)) return value;
      break;
    case 'LocalizedText':
      if (typeof value === 'string') return { text: value, locale: null };
      break;
    default:
      if (typeof value === 'string') return value;
  }
  throw unfit(value, type);
}

function encodeWhole(value: JsonValue, type: TypeName, bits: number, signed: boolean): number | [number, number] {
  const whole = toBigInt(value);
  const fits = whole !== undefined && (signed ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole;
  if (!fits) throw unfit(value, type);
  if (bits < 64) return Number(whole);
  return [Number(BigInt.asUintN(32, whole >> 32n)), Number(BigInt.asUintN(32, whole))];
}

const unfit = (value: JsonValue, type: string): ConnectorError =>
  new ConnectorError(`${JSON.stringify(value).slice(0, 100)} does not fit into ${type}`);
