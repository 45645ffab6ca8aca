import { Injectable } from '@nestjs/common';
import { idTime, isId, notFound, type JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { ExecutionView } from './dto/execution.dto';
import type { ExecutionStatus } from './execution';
import type { WebhookResponse } from './runs/run-ends';
import { SealedJson } from './sealed-json';

/** A row of history, with what of it is still under way. */
export interface ExecutionRow {
  id: string;
  pipeline_id: string;
  pipeline_name: string;
  pipeline_version: number;
  status: Exclude<ExecutionStatus, 'running'>;
  trigger: ExecutionView['trigger'];
  trigger_node_id: string | null;
  chain_depth: number;
  history_detail: ExecutionView['historyDetail'];
  parent_id: string | null;
  retry_of: string | null;
  started_by: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  error: ExecutionView['error'];
  notes: ExecutionView['notes'];
}

export const EXECUTION_COLUMNS = `e.id, e.pipeline_id, e.pipeline_name, e.pipeline_version, e.status, e.trigger,
  e.trigger_node_id, e.chain_depth, e.history_detail, e.parent_id, e.retry_of, e.started_by, e.created_at,
  coalesce(e.started_at, o.started_at) AS started_at, e.finished_at, e.error, e.notes`;

/** What was begun and has not ended is running, also while it rests. */
export const toExecutionView = (row: ExecutionRow): ExecutionView => ({
  id: row.id,
  pipelineId: row.pipeline_id,
  pipelineName: row.pipeline_name,
  pipelineVersion: row.pipeline_version,
  status: row.status === 'queued' && row.started_at ? 'running' : row.status,
  trigger: row.trigger,
  triggerNodeId: row.trigger_node_id,
  chainDepth: row.chain_depth,
  historyDetail: row.history_detail,
  parentId: row.parent_id,
  retryOf: row.retry_of,
  startedBy: row.started_by,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  durationMs: row.finished_at && row.started_at ? row.finished_at.getTime() - row.started_at.getTime() : null,
  error: row.error,
  notes: row.notes,
});

@Injectable()
export class ExecutionsRepository {
  constructor(
    private readonly database: Database,
    private readonly sealed: SealedJson,
  ) {}

  /** @throws DomainError `not_found` */
  async get(organizationId: string, id: string): Promise<ExecutionView> {
    return toExecutionView(await this.row<ExecutionRow>(organizationId, id, EXECUTION_COLUMNS));
  }

  /** What it gave, for whoever waited for it; null where nobody did. */
  async output(organizationId: string, id: string): Promise<JsonValue> {
    const { output } = await this.row<{ output: Buffer | null }>(organizationId, id, 'e.output');
    return output ? this.sealed.open(output) : null;
  }

  /** What the pipeline has answered a webhook so far. */
  async response(organizationId: string, id: string): Promise<WebhookResponse | null> {
    return (await this.row<{ response: WebhookResponse | null }>(organizationId, id, 'e.response')).response;
  }

  private async row<R>(organizationId: string, id: string, columns: string): Promise<R> {
    if (!isId(id)) throw notFound('Execution');
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<R[]>(
        `SELECT ${columns} FROM executions e LEFT JOIN open_executions o ON o.id = e.id
         WHERE e.organization_id = $1 AND e.id = $2 AND e.created_at = $3`,
        [organizationId, id, idTime(id)],
      ),
    );
    if (!row) throw notFound('Execution');
    return row;
  }
}
