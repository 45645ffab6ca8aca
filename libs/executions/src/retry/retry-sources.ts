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
  find(organizationId: string, filter: RetryFilter, limit: number): Promise<string[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const found: string[] = [];
      // Each status by itself: the rare ones are found by an index of their own.
      for (const status of filter.statuses) {
        const rows = await manager.query<{ id: string }[]>(FIND, [
          organizationId,
          status,
          filter.pipelineId ?? null,
          filter.from ?? null,
          filter.to ?? null,
          filter.ids ?? null,
          filter.ids?.map(idTime) ?? null,
          limit,
        ]);
        found.push(...rows.map(({ id }) => id));
      }
      // Ids sort by the time of their making.
      return found.sort().slice(0, limit);
    });
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

const FIND = `
  SELECT id FROM executions
  WHERE organization_id = $1 AND status = $2 AND ($3::uuid IS NULL OR pipeline_id = $3)
    AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at < $5)
    AND ($6::uuid[] IS NULL OR id = ANY ($6) AND created_at = ANY ($7::timestamptz[]))
  ORDER BY created_at, id LIMIT $8`;
