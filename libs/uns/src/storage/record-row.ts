import type { JsonValue } from '#kernel';
import type { Quality } from '../record';

/** A record on its way into a store. Times are epoch milliseconds. */
export interface RecordRow {
  organizationId: string;
  topicId: string;
  /** The first twelve bytes of its id … */
  idBase: Buffer;
  /** … and the number in the last four. */
  idLow: number;
  timestamp: number;
  receivedAt: number;
  quality: Quality;
  source: string | null;
  value: JsonValue;
  /** The value as it is stored; null for a number, which has a column of its own. */
  document: string | null;
  /** Why its quality was lowered. */
  reason: string | null;
}

const HEX = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/** The id as text. */
export function idOf({ idBase, idLow }: Pick<RecordRow, 'idBase' | 'idLow'>): string {
  const id = idBase.toString('hex', 0, 12) + idLow.toString(16).padStart(8, '0');
  return id.replace(HEX, '$1-$2-$3-$4-$5');
}
