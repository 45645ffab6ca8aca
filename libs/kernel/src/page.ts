import { invalid } from './domain-error';
import { isId } from './ids';
import { parseTimestamp } from './timestamp';

/** One page of a list of configuration. */
export class Page<T> {
  constructor(
    readonly data: T[],
    readonly meta: { page: number; limit: number; total: number },
  ) {}
}

/** One stretch of a list of high volume; `nextCursor` is null at its end. */
export class Stretch<T> {
  constructor(
    readonly data: T[],
    readonly meta: { nextCursor: string | null },
  ) {}
}

/** A cursor is opaque to callers: it names the last row seen. */
export const encodeCursor = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** The position inside a cursor, or undefined for text that is none of ours. */
export function decodeCursor(cursor: string): (string | number)[] | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const fits = Array.isArray(position) && position.every((part) => ['string', 'number'].includes(typeof part));
    return fits ? (position as (string | number)[]) : undefined;
  } catch {
    return undefined;
  }
}

/** The place of an entry in a list by time. */
export interface TimePosition {
  at: Date;
  id: string;
}

export const encodeTimeCursor = ({ at, id }: TimePosition): string => encodeCursor([at.getTime(), id]);

/** @throws DomainError `bad_request` for a cursor that is none. */
export function readTimeCursor(cursor: string | undefined): TimePosition | undefined {
  if (cursor === undefined) return undefined;
  const [at, id, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof at !== 'number' || parseTimestamp(at) === undefined || !isId(id) || rest.length > 0) {
    throw invalid({ field: 'cursor', message: 'Cursor must be the nextCursor of an earlier answer' });
  }
  return { at: new Date(at), id };
}

/** A time that a query names. @throws DomainError `bad_request` */
export function readTime(field: 'from' | 'to' | 'at', text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = parseTimestamp(/^-?\d+$/.test(text) ? Number(text) : text);
  const title = field.charAt(0).toUpperCase() + field.slice(1);
  if (time === undefined) throw invalid({ field, message: `${title} must be RFC 3339 or integer epoch milliseconds` });
  return new Date(time);
}
