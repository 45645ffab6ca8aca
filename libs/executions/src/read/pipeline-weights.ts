import { Injectable } from '@nestjs/common';
import { isId } from '#kernel';
import { Database } from '#platform/database';
import {
  keyText,
  WeighsDependencies,
  type DependencyWeigher,
  type EntityKey,
  type Weight,
} from '#platform/dependencies';

/** Runs of one pipeline that are counted: whoever has more is busy, however many they are. */
export const MOST_RUNS_COUNTED = 10_000;

/** How much pipelines run: by the index of each one's runs, in the last hour alone. */
@Injectable()
@WeighsDependencies()
export class PipelineWeights implements DependencyWeigher {
  readonly types = ['pipeline'];

  constructor(private readonly database: Database) {}

  async weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>> {
    const ids = entities.map(({ key }) => key).filter(isId);
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ id: string; runs: number; last: Date | null }[]>(WEIGHTS, [organizationId, ids]),
    );
    return new Map(
      rows.map(({ id, runs, last }) => [
        keyText({ type: 'pipeline', key: id }),
        { runsLastHour: runs, lastSeen: last?.toISOString() ?? null },
      ]),
    );
  }
}

const WEIGHTS = `
  SELECT p.id, recent.runs, latest.created_at AS last
  FROM unnest($2::uuid[]) AS p (id)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS runs FROM (
      SELECT 1 FROM executions e
      WHERE e.organization_id = $1 AND e.pipeline_id = p.id AND e.created_at > now() - interval '1 hour'
      LIMIT ${MOST_RUNS_COUNTED}
    ) AS counted
  ) AS recent
  LEFT JOIN LATERAL (
    SELECT e.created_at FROM executions e WHERE e.organization_id = $1 AND e.pipeline_id = p.id
    ORDER BY e.created_at DESC LIMIT 1
  ) AS latest ON true`;
