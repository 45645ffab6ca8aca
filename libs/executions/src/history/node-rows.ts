import { prepared } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { StoredNodeRow } from './run-history';

export interface RowsOfRun {
  organizationId: string;
  executionId: string;
  createdAt: Date;
  rows: readonly StoredNodeRow[];
}

/** Writes what nodes did. What a run that was taken up writes again is there already. */
export async function insertNodeRows(manager: EntityManager, runs: readonly RowsOfRun[]): Promise<void> {
  const flat = runs.flatMap((run) => run.rows.map((row) => ({ run, row })));
  if (flat.length === 0) return;
  await prepared(manager, INSERT, [
    flat.map(({ run }) => run.organizationId),
    flat.map(({ run }) => run.executionId),
    flat.map(({ run }) => run.createdAt),
    flat.map(({ row }) => row.nodeId),
    flat.map(({ row }) => row.iteration),
    flat.map(({ row }) => row.status),
    flat.map(({ row }) => row.attempts),
    flat.map(({ row }) => row.reused),
    flat.map(({ row }) => row.startedAt),
    flat.map(({ row }) => row.durationMs),
    // An array of arrays would have to be even.
    flat.map(({ row }) => row.ports.join(' ')),
    flat.map(({ row }) => row.input),
    flat.map(({ row }) => row.output),
    flat.map(({ row }) => row.error),
  ]);
}

const INSERT = {
  name: 'execution_nodes.insert',
  text: `
  INSERT INTO execution_nodes (organization_id, execution_id, created_at, node_id, iteration, status, attempts, reused,
    started_at, duration_ms, ports, input, output, error)
  SELECT organization_id, execution_id, created_at, node_id, iteration, status, attempts, reused, started_at, duration_ms,
    string_to_array(ports, ' '), input, output, error
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::int2[], $8::bool[],
    $9::timestamptz[], $10::float8[], $11::text[], $12::json[], $13::json[], $14::json[])
  AS t (organization_id, execution_id, created_at, node_id, iteration, status, attempts, reused, started_at, duration_ms,
    ports, input, output, error)
  ON CONFLICT DO NOTHING`,
};
