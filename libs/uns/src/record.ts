import type { JsonValue } from '#kernel';

export const QUALITIES = ['good', 'uncertain', 'bad'] as const;
/** How far a value can be trusted; its index here is what is stored. */
export type Quality = (typeof QUALITIES)[number];

/** One value as it comes in, checked. */
export interface RecordInput {
  topic: string;
  value: JsonValue;
  source: string | null;
  /** When it was measured, epoch milliseconds; null = when it was received. */
  timestamp: number | null;
  quality: Quality;
}

/** A stored value as callers see it. Times are RFC 3339 UTC with milliseconds. */
export interface RecordView {
  topic: string;
  value: JsonValue;
  source: string | null;
  timestamp: string;
  receivedAt: string;
  quality: Quality;
  /** Why the quality was lowered, where it was. */
  reason?: string;
}

/** @param row with its times in epoch milliseconds. */
export const toRecordView = (
  topic: string,
  row: { timestamp: number; receivedAt: number; source: string | null; quality: Quality; reason: string | null },
  value: JsonValue,
): RecordView => ({
  topic,
  value,
  source: row.source,
  timestamp: new Date(row.timestamp).toISOString(),
  receivedAt: new Date(row.receivedAt).toISOString(),
  quality: row.quality,
  ...(row.reason !== null && { reason: row.reason }),
});
