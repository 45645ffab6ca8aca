import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PollConfig } from '../support/poll';
import { MOST_READ, type Area } from './modbus-areas';
import { wordsOf, type Format } from './modbus-values';

/** A connection's config. */
export interface ModbusConfig {
  host: string;
  port?: number;
  unitId?: number;
  connectTimeoutMs?: number;
  responseTimeoutMs?: number;
  timeoutMs?: number;
  pauseMs?: number;
}

export interface ReadConfig extends Format {
  unitId?: number;
  address: number;
  quantity?: number;
}

export interface WriteConfig extends Format {
  unitId?: number;
  address: number;
  value: JsonValue;
  values: JsonValue[];
}

/** Something that has a name, at a place in the device. */
export interface Tag extends Format {
  name: string;
  unitId?: number;
  area?: Area;
  address: number;
  quantity?: number;
  bit?: number;
  deadBand?: number;
}

export interface TagsConfig extends PollConfig {
  unitId?: number;
  maxGap?: number;
  tags: Tag[];
}

export const isBits = (area: Area): boolean => area === 'coil' || area === 'discreteInput';

/** Bits or registers that a tag or a reading takes, where its config does not tell. */
export const presetQuantity = (area: Area, { dataType = 'uint16' }: Format): number =>
  isBits(area) ? 1 : (wordsOf(dataType) ?? 1);

/*
 * What is wrong with a function's config that its schema cannot tell. Members may still be texts with places for parameters.
 */

export const readProblems =
  (area: Area) =>
  (config: JsonObject): FieldProblem[] =>
    spanProblems(config as unknown as ReadConfig, area, '');

export function writeProblems(config: JsonObject): FieldProblem[] {
  const { address, values } = config as unknown as WriteConfig;
  return Array.isArray(values) ? endProblems(address, values.length, '') : [];
}

export function tagsProblems(config: JsonObject): FieldProblem[] {
  const { tags } = config as unknown as TagsConfig;
  if (!Array.isArray(tags)) return [];
  const names = tags.map(({ name }) => name);
  return tags.flatMap((tag, index) => {
    const place = `tags[${index}].`;
    const { area = 'holdingRegister', name, bit, dataType } = tag;
    return [
      ...(names.indexOf(name) < index ? [{ field: `${place}name`, message: `Name ${name} is given to two tags` }] : []),
      ...(bit !== undefined && (isBits(area) || (dataType !== 'bool' && !dataType?.includes('((')))
        ? [{ field: `${place}bit`, message: `${place}bit is for registers with dataType bool` }]
        : []),
      ...spanProblems(tag, area, place),
    ];
  });
}

function spanProblems(span: ReadConfig, area: Area, place: string): FieldProblem[] {
  const { address, quantity = presetQuantity(area, span), dataType = 'uint16' } = span;
  if (typeof quantity !== 'number' || !(area in MOST_READ)) return [];
  const field = `${place}quantity`;
  if (quantity > MOST_READ[area]) return [{ field, message: `${field} must be ${MOST_READ[area]} at most` }];
  const words = isBits(area) ? 1 : (wordsOf(dataType) ?? 1);
  if (quantity % words !== 0) {
    return [{ field, message: `${field} must be a multiple of ${words}, the registers of ${dataType}` }];
  }
  return endProblems(address, quantity, place);
}

function endProblems(address: number, quantity: number, place: string): FieldProblem[] {
  if (typeof address !== 'number' || address + quantity <= 65_536) return [];
  return [{ field: `${place}address`, message: `${place}address and quantity go beyond 65535` }];
}
