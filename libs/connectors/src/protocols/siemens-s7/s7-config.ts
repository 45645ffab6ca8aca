import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PollConfig } from '../support/poll';
import { AREA, parseAddress, type S7Address } from './s7-address';
import { sizeOf, typeOf, type Shape } from './s7-values';

/** Bytes that one function may read at once. */
const MOST_BYTES = 1024 * 1024;

/** Kinds of connections by their numbers in the protocol. */
export const CONNECTION_TYPES = { PG: 1, OP: 2, Basic: 3 } as const;

/** A connection's config. */
export interface S7Config {
  host: string;
  port?: number;
  rack?: number;
  slot?: number;
  connectionType?: keyof typeof CONNECTION_TYPES;
  connectTimeoutMs?: number;
  responseTimeoutMs?: number;
  timeoutMs?: number;
  pauseMs?: number;
}

/** Something that has a name, at a place in the PLC. */
export interface Tag extends Shape {
  name: string;
  address: string;
  count?: number;
  deadBand?: number;
}

export interface TagsConfig extends PollConfig {
  tags: Tag[];
  maxGap?: number;
}

export interface WriteConfig extends Shape {
  address: string;
  value: JsonValue;
}

/*
 * What is wrong with a function's config that its schema cannot tell. Members may still be texts with places for parameters.
 */

export function tagsProblems(config: JsonObject): FieldProblem[] {
  const { tags } = config as unknown as TagsConfig;
  if (!Array.isArray(tags)) return [];
  const names = tags.map(({ name }) => name);
  const found = tags.flatMap((tag, index) => [
    ...(names.indexOf(tag.name) < index
      ? [{ field: `tags[${index}].name`, message: `Name ${tag.name} is given to two tags` }]
      : []),
    ...addressProblems(tag, `tags[${index}].`),
  ]);
  if (found.length > 0 || tags.reduce((all, tag) => all + bytesOf(tag), 0) <= MOST_BYTES) return found;
  return [{ field: 'tags', message: 'tags take more than 1 MiB' }];
}

export function writeProblems(config: JsonObject): FieldProblem[] {
  const wanted = config as unknown as WriteConfig;
  const address = parseAddress(wanted.address);
  if (address && isCounted(address)) {
    return [{ field: 'address', message: 'address must not be that of a timer or counter: those are only read' }];
  }
  return addressProblems(wanted, '');
}

function addressProblems(tag: Omit<Tag, 'name'>, place: string): FieldProblem[] {
  const { address: text, dataType, count = 1 } = tag;
  if (isOpen(text) || isOpen(dataType) || isOpen(count)) return [];
  const problem = (member: string, says: string) => [
    { field: `${place}${member}`, message: `${place}${member} ${says}` },
  ];
  const address = parseAddress(text);
  if (!address) return problem('address', 'is no address of S7');
  if (isCounted(address)) return dataType === undefined ? [] : problem('dataType', 'is not for timers and counters');
  if (dataType !== undefined && (dataType === 'BOOL') !== (address.width === 'X')) {
    return problem('dataType', 'must be BOOL for the address of a bit, and for no other');
  }
  if (address.width === 'X' && count !== 1) return problem('count', 'is not for bits');
  return address.start + bytesOf(tag) > 65_536 ? problem('address', 'and count go beyond byte 65535') : [];
}

/** A text with a place for a parameter. */
const isOpen = (member: unknown): boolean => typeof member === 'string' && member.includes('((');

function bytesOf(tag: Omit<Tag, 'name'>): number {
  const address = parseAddress(tag.address);
  const { count = 1 } = tag;
  if (!address || typeof count !== 'number') return 0;
  return count * (isCounted(address) ? 2 : sizeOf(typeOf(address, tag), tag));
}

export const isCounted = ({ area }: S7Address): boolean => area === AREA.T || area === AREA.C;
