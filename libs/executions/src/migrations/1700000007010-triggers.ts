import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

const TABLES = ['trigger_states', 'trigger_counts'];

/*
 * Neither refers to the pipeline by a key: values are published while pipelines are deleted, and must not be refused for
 * it. What is left over is removed by maintenance.
 */
export class Triggers1700000007010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE trigger_states (
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        node_id text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        hash bytea,
        heard_at timestamptz NOT NULL,
        CONSTRAINT trigger_states_pkey PRIMARY KEY (pipeline_id, node_id, key)
      ) WITH (fillfactor = 50);
      CREATE INDEX trigger_states_organization ON trigger_states (organization_id);

      CREATE TABLE trigger_counts (
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        node_id text COLLATE "C" NOT NULL,
        fired bigint NOT NULL,
        dropped bigint NOT NULL,
        last_fired_at timestamptz(3),
        CONSTRAINT trigger_counts_pkey PRIMARY KEY (pipeline_id, node_id)
      ) WITH (fillfactor = 50);
      CREATE INDEX trigger_counts_organization ON trigger_counts (organization_id);
    `);
    for (const table of TABLES) await protectByOrganization(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.join(', ')}`);
  }
}
