import type { Verdict } from '../topics/topic-policy';
import type { RecordBatch } from './record-batch';
import type { RefusedRow, Row } from './row';

export interface SortedRows {
  /** To be stored, in the order of arrival. */
  accepted: Row[];
  /** For quarantine, likewise. */
  refused: RefusedRow[];
  /** Of batches in which a rule changed or refused anything. */
  acceptedOf: Map<RecordBatch, Row[]>;
  refusedOf: Map<RecordBatch, RefusedRow[]>;
}

/** Tells by the rules what is stored and what goes to quarantine; of a batch that must not be divided, all or nothing. */
export function sortRows(rows: readonly Row[]): SortedRows {
  const refused: RefusedRow[] = [];
  const touched = new Set<RecordBatch>();
  const refusing = new Set<RecordBatch>();
  const passed: Row[] = [];
  for (const row of rows) {
    const verdict = row.known.policy.judge?.(row.value);
    if (verdict) touched.add(row.batch);
    if (verdict?.outcome === 'refuse') {
      refused.push({ ...row, verdict });
      if (row.batch.onRefused !== 'setAside') refusing.add(row.batch);
    } else passed.push(verdict ? lowered(row, verdict) : row);
  }
  const accepted = refusing.size > 0 ? passed.filter(({ batch }) => !refusing.has(batch)) : passed;
  return {
    accepted,
    refused,
    acceptedOf: groupedBy(accepted, touched),
    refusedOf: groupedBy(refused, touched),
  };
}

const lowered = (row: Row, { reason, message }: Verdict): Row => ({
  ...row,
  quality: row.quality === 'bad' ? 'bad' : 'uncertain',
  reason: `${reason}: ${message}`,
});

function groupedBy<R extends Row>(rows: readonly R[], batches: ReadonlySet<RecordBatch>): Map<RecordBatch, R[]> {
  if (batches.size === 0) return new Map();
  return Map.groupBy(
    rows.filter(({ batch }) => batches.has(batch)),
    ({ batch }) => batch,
  );
}
