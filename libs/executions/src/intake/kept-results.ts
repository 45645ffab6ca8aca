import type { EntityManager } from 'typeorm';
import type { KeptResult } from '../runs/claimed-run';
import type { SealedJson } from '../sealed-json';

interface TakingOver {
  organizationId: string;
  from: string;
  to: string;
  nodeIds: readonly string[];
}

interface ResultRow {
  node_id: string;
  iteration: string;
  content: Buffer;
}

/** Results that are read at a time. */
const BATCH = 200;

/**
 * Copies what nodes of one run did to another. A node that failed, and after which the run went on, has a result as well:
 * that one is what a retry is to repair.
 */
export async function takeOverResults(manager: EntityManager, sealed: SealedJson, taking: TakingOver): Promise<void> {
  let after: [nodeId: string, iteration: string] = ['', ''];
  for (;;) {
    const rows = await manager.query<ResultRow[]>(READ, [
      taking.organizationId,
      taking.from,
      taking.nodeIds,
      ...after,
      BATCH,
    ]);
    const good = rows.filter(({ content }) => isGood(sealed.open<KeptResult>(content)));
    await manager.query(COPY, [
      taking.organizationId,
      taking.from,
      taking.to,
      good.map((row) => row.node_id),
      good.map(({ iteration }) => iteration),
    ]);
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = [last.node_id, last.iteration];
  }
}

/** What ended the run would end the retry at the same place. */
const isGood = ({ error, stop }: KeptResult): boolean => !error && !stop;

// The result of a loop's node in an iteration has one, outside of loops it is empty: ('', '') is before all of them.
const READ = `
  SELECT node_id, iteration, content FROM execution_checkpoints
  WHERE organization_id = $1 AND execution_id = $2 AND kind = 'result' AND node_id = ANY ($3::text[])
    AND (node_id, iteration) > ($4 COLLATE "C", $5 COLLATE "C")
  ORDER BY node_id, iteration LIMIT $6`;

const COPY = `
  INSERT INTO execution_checkpoints (organization_id, execution_id, node_id, iteration, kind, content, committed_at)
  SELECT organization_id, $3, c.node_id, c.iteration, kind, content, committed_at
  FROM execution_checkpoints c
  JOIN unnest($4::text[], $5::text[]) AS good (node_id, iteration)
    ON c.node_id = good.node_id AND c.iteration = good.iteration
  WHERE c.organization_id = $1 AND c.execution_id = $2`;
