import { Injectable } from '@nestjs/common';
import { Page, type Member } from '#kernel';
import { Database } from '#platform/database';
import type { PageQuery } from '#platform/http';
import { PipelineDefinitions } from '#pipelines';
import { startsByItself } from '../trigger-starts';
import type { TriggerStatus } from './trigger-status.dto';

interface CountRow {
  node_id: string;
  fired: string;
  dropped: string;
  last_fired_at: Date | null;
}

/** What the triggers of a pipeline have done. */
@Injectable()
export class TriggerStatusService {
  constructor(
    private readonly definitions: PipelineDefinitions,
    private readonly database: Database,
  ) {}

  /** @throws DomainError `not_found` */
  async list({ organizationId }: Member, pipelineId: string, query: PageQuery): Promise<Page<TriggerStatus>> {
    const { enabled, definition } = await this.definitions.current(organizationId, pipelineId);
    const { page, limit } = query;
    const triggers = definition.nodes.filter(startsByItself);
    const shown = triggers.slice((page - 1) * limit, page * limit);
    const counts = await this.counts(organizationId, pipelineId);
    const statuses = shown.map(({ id: nodeId, name: nodeName, type, disabled }) => {
      const row = counts.get(nodeId);
      return {
        nodeId,
        nodeName,
        type,
        active: enabled && !disabled,
        lastFiredAt: row?.last_fired_at ?? null,
        fired: Number(row?.fired ?? 0),
        dropped: Number(row?.dropped ?? 0),
      };
    });
    return new Page(statuses, { page, limit, total: triggers.length });
  }

  private async counts(organizationId: string, pipelineId: string): Promise<Map<string, CountRow>> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<CountRow[]>(
        `SELECT node_id, fired, dropped, last_fired_at FROM trigger_counts
         WHERE organization_id = $1 AND pipeline_id = $2`,
        [organizationId, pipelineId],
      ),
    );
    return new Map(rows.map((row) => [row.node_id, row]));
  }
}
