import type { RecordView } from '../record';
import type { StoredRecord } from '../storage/record-store';

/** A stored record as callers see it. */
export function toView(topic: string, record: StoredRecord): RecordView {
  const { value, source, timestamp, receivedAt, quality, reason } = record;
  const view = { topic, value, source, timestamp, receivedAt, quality };
  return reason === undefined ? view : { ...view, reason };
}
