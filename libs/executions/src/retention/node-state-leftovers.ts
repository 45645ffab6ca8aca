import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';

const BATCH = 500;

/** Removes what nodes have kept between runs that are in no pipeline any more. */
@Injectable()
export class NodeStateLeftovers {
  constructor(private readonly database: Database) {}

  async run(): Promise<void> {
    const remove = () =>
      this.database.asSystem(async (manager) => (await manager.query<[unknown, number]>(REMOVE, [BATCH]))[1]);
    while ((await remove()) === BATCH);
  }
}

// A run of an older version may still be under way, and with it the node.
const REMOVE = `
  DELETE FROM node_states s USING (
    SELECT pipeline_id, node_id FROM node_states s
    WHERE NOT EXISTS (SELECT FROM pipelines p
                      WHERE p.organization_id = s.organization_id AND p.id = s.pipeline_id
                        AND p.nodes @> jsonb_build_array(jsonb_build_object('id', s.node_id)))
      AND NOT EXISTS (SELECT FROM open_executions o
                      WHERE o.organization_id = s.organization_id AND o.pipeline_id = s.pipeline_id)
    LIMIT $1
  ) gone WHERE s.pipeline_id = gone.pipeline_id AND s.node_id = gone.node_id`;
