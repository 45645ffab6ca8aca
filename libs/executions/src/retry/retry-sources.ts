import { Injectable } from '@nestjs/common';
import { idTime, isId, notFound, type JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { ExecutionStatus, FinalStatus } from '../execution';
import { SealedJson } from '../sealed-json';

/** What of an execution a retry begins with. */
export interface RetrySource {
  id: string;
  pipelineId: string;
  pipelineName: string;
  pipelineVersion: number;
  /** `queued` is also what is running. */
  status: Exclude<ExecutionStatus, 'running'>;
  triggerNodeId: string | null;
  chainDepth: number;
  momentId: string;
  momentAt: Date | null;
  finishedAt: Date | null;
  /** Nothing where it was not kept. */
  input: { value: JsonValue } | undefined;
}

export interface RetryFilter {
  ids: readonly string[] | undefined;
  pipelineId: string | undefined;
  statuses: readonly FinalStatus[];
  from: Date | undefined;
  to: Date | undefined;
}

@Injectable()
export class RetrySources {
  constructor(
    private readonly database: Database,
    private readonly sealed: SealedJson,
  ) {}

  /** @throws DomainError `not_found` */
  async get(organizationId: string, id: string): Promise<RetrySource> {
    if (!isId(id)) throw notFound('Execution');
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<SourceRow[]>(SOURCE, [organizationId, id, idTime(id)]),
    );
    if (!row) throw notFound('Execution');
    const { input, ...rest } = row;
    return { ...rest, input: input ? { value: this.sealed.open(input) } : undefined };
  }

  /** Ids, the oldest first. */
  async find(organizationId: string, filter: RetryFilter, limit: number): Promise<string[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ id: string }[]>(FIND, [
        organizationId,
        filter.statuses,
        filter.pipelineId ?? null,
        filter.from ?? null,
        filter.to ?? null,
        filter.ids ?? null,
        filter.ids?.map(idTime) ?? null,
        limit,
      ]),
    );
    return rows.map(({ id }) => id);
  }
}

interface SourceRow extends Omit<RetrySource, 'input'> {
  input: Buffer | null;
}

const SOURCE = `
  SELECT id, pipeline_id AS "pipelineId", pipeline_name AS "pipelineName", pipeline_version AS "pipelineVersion", status,
    trigger_node_id AS "triggerNodeId", chain_depth AS "chainDepth", moment_id AS "momentId", moment_at AS "momentAt",
    finished_at AS "finishedAt", input
  FROM executions WHERE organization_id = $1 AND id = $2 AND created_at = $3`;

// Each status by itself, so that the rare ones are found by their index and in order.
const FIND = `
  SELECT e.id FROM unnest($2::text[]) AS wanted (status)
  CROSS JOIN LATERAL (
    SELECT id, created_at FROM executions e
    WHERE organization_id = $1 AND e.status = wanted.status
      AND ($3::uuid IS NULL OR pipeline_id = $3)
      AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at < $5)
      AND ($6::uuid[] IS NULL OR id = ANY ($6) AND created_at = ANY ($7::timestamptz[]))
    ORDER BY created_at, id LIMIT $8
  ) e ORDER BY e.created_at, e.id LIMIT $8`;
