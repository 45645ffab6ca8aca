import { SecretBox } from '#platform/crypto';
import type { TestApp } from '#testing';

export interface StoredExecution {
  id: string;
  trigger: string;
  status: string;
  chainDepth: number;
  /** What `$trigger` was. */
  input: unknown;
}

/** All executions of a pipeline, in the order in which they were started. */
export async function executionsOf(app: TestApp, pipelineId: string): Promise<StoredExecution[]> {
  const box = app.nest.get(SecretBox, { strict: false });
  const rows = await app.database.asSystem((manager) =>
    manager.query<{ id: string; trigger: string; status: string; chain_depth: number; input: Buffer | null }[]>(
      'SELECT id, trigger, status, chain_depth, input FROM executions WHERE pipeline_id = $1 ORDER BY id',
      [pipelineId],
    ),
  );
  return rows.map(({ id, trigger, status, chain_depth: chainDepth, input }) => ({
    id,
    trigger,
    status,
    chainDepth,
    input: input ? (JSON.parse(box.open('executions', input)) as unknown) : null,
  }));
}
