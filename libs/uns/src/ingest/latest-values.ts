import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { QUALITIES } from '../record';
import { idOf } from '../storage/record-row';
import { isKept, type KeptValue } from './keep-rules';
import type { Row } from './row';

interface LatestRow {
  topic_id: string;
  timestamp: Date;
  kept_at: Date | null;
  kept_number: number | null;
  kept_value: string | null;
}

interface Latest {
  seen: Row | undefined;
  seenAt: number;
  kept: KeptValue | undefined;
}

/**
 * Decides which values of topics with a rule for it go into history. What came last, kept or not, stands in a row for each
 * of these topics, which is locked until the transaction ends: every process compares with the same value.
 */
@Injectable()
export class LatestValues {
  /** Of the rows, all of which have a rule, in the order of their arrival, those to keep. */
  async select(manager: EntityManager, rows: readonly Row[]): Promise<Set<Row>> {
    const latest = await this.read(manager, rows);
    const kept = new Set<Row>();
    for (const row of rows) {
      const state = latest.get(row.topicId) ?? { seen: undefined, seenAt: -Infinity, kept: undefined };
      const value = valueOf(row);
      if (isKept(row.known.policy.keep!, state.kept, value)) {
        kept.add(row);
        if (!state.kept || value.timestamp >= state.kept.timestamp) state.kept = value;
      }
      if (row.timestamp >= state.seenAt) {
        state.seen = row;
        state.seenAt = row.timestamp;
      }
      latest.set(row.topicId, state);
    }
    await this.write(manager, latest);
    return kept;
  }

  private async read(manager: EntityManager, rows: readonly Row[]): Promise<Map<string, Latest>> {
    const found = await manager.query<LatestRow[]>(
      `SELECT topic_id, "timestamp", kept_at, kept_number, kept_value::text FROM uns_latest
       WHERE organization_id = ANY ($1) AND topic_id = ANY ($2) ORDER BY topic_id FOR UPDATE`,
      [distinct(rows, 'organizationId'), distinct(rows, 'topicId')],
    );
    return new Map(
      found.map(({ topic_id: id, timestamp, kept_at: keptAt, kept_number: number, kept_value: document }) => {
        const kept = keptAt === null ? undefined : { timestamp: keptAt.getTime(), number, document };
        return [id, { seen: undefined, seenAt: timestamp.getTime(), kept }];
      }),
    );
  }

  private async write(manager: EntityManager, latest: ReadonlyMap<string, Latest>): Promise<void> {
    // In one order, as everywhere: nobody locks up with anybody.
    const states = [...latest].filter(([, { seen }]) => seen).sort(([a], [b]) => (a < b ? -1 : 1));
    const documents = states.map(([, { seen, kept }]) => toDocument(seen!, kept));
    if (documents.length > 0) await manager.query(UPSERT, [JSON.stringify(documents)]);
  }
}

const distinct = (rows: readonly Row[], field: 'organizationId' | 'topicId'): string[] => [
  ...new Set(rows.map((row) => row[field])),
];

const valueOf = ({ timestamp, value, document }: Row): KeptValue => ({
  timestamp,
  number: typeof value === 'number' ? value : null,
  document,
});

const toDocument = (row: Row, kept: KeptValue | undefined): object => ({
  organization_id: row.organizationId,
  topic_id: row.topicId,
  id: idOf(row),
  timestamp: new Date(row.timestamp),
  received_at: new Date(row.receivedAt),
  quality: QUALITIES.indexOf(row.quality),
  source: row.source,
  number: typeof row.value === 'number' ? row.value : null,
  // A document within a document would be read and written again, and might come out in another form.
  value: row.document,
  reason: row.reason,
  kept_at: kept ? new Date(kept.timestamp) : null,
  kept_number: kept?.number ?? null,
  kept_value: kept?.document ?? null,
});

const COLUMNS = [
  'timestamp',
  'received_at',
  'id',
  'quality',
  'source',
  'number',
  'value',
  'reason',
  'kept_at',
  'kept_number',
  'kept_value',
];

const UPSERT = `
  INSERT INTO uns_latest (organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value, reason,
                          kept_at, kept_number, kept_value)
  SELECT organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value::json, reason,
         kept_at, kept_number, kept_value::json
  FROM json_to_recordset($1) AS r (organization_id uuid, topic_id uuid, id uuid, "timestamp" timestamptz,
    received_at timestamptz, quality int2, source text, number float8, value text, reason text, kept_at timestamptz,
    kept_number float8, kept_value text)
  ON CONFLICT (topic_id) DO UPDATE SET ${COLUMNS.map((name) => `"${name}" = excluded."${name}"`).join(', ')}`;
