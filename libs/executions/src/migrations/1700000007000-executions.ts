import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

const TABLES = [
  'executions',
  'open_executions',
  'execution_nodes',
  'execution_checkpoints',
  'execution_keys',
  'node_states',
];

/*
 * `executions` and `execution_nodes` are history: partitioned by the time that stands in an execution's id, and each row
 * written at most twice. What changes while a run is under way stands in `open_executions`, which holds no more than
 * those: what the engine asks all the time costs the same whether ten thousand or ten million executions are kept.
 */
export class Executions1700000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE executions (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL,
        pipeline_id uuid NOT NULL,
        pipeline_name text NOT NULL,
        pipeline_version int NOT NULL,
        trigger text NOT NULL,
        trigger_node_id text,
        status text NOT NULL,
        priority int2 NOT NULL,
        chain_depth int2 NOT NULL,
        history_detail text NOT NULL,
        parent_id uuid,
        retry_of uuid,
        started_by uuid,
        moment_id uuid NOT NULL,
        moment_at timestamptz(3),
        input bytea,
        output bytea,
        started_at timestamptz(3),
        finished_at timestamptz(3),
        error json,
        response json,
        notes json,
        CONSTRAINT executions_pkey PRIMARY KEY (id, created_at),
        CONSTRAINT executions_status_check
          CHECK (status IN ('queued', 'completed', 'failed', 'completed_with_errors', 'cancelled'))
      ) PARTITION BY RANGE (created_at);
      CREATE TABLE executions_default PARTITION OF executions DEFAULT;
      CREATE INDEX executions_time ON executions (organization_id, created_at, id);
      CREATE INDEX executions_pipeline ON executions (organization_id, pipeline_id, created_at, id);
      CREATE INDEX executions_faulty ON executions (organization_id, status, created_at, id)
        WHERE status NOT IN ('queued', 'completed');

      CREATE TABLE open_executions (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL,
        priority int2 NOT NULL,
        pipeline_limit int,
        state text NOT NULL,
        fence int NOT NULL DEFAULT 0,
        worker text,
        lease_until timestamptz,
        dispatched_at timestamptz,
        due timestamptz,
        started_at timestamptz(3),
        cancel boolean NOT NULL DEFAULT false,
        awaited boolean NOT NULL DEFAULT false,
        parent_id uuid,
        CONSTRAINT open_executions_pkey PRIMARY KEY (id),
        CONSTRAINT open_executions_state_check CHECK (state IN ('queued', 'dispatched', 'running', 'parked'))
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX open_executions_queued ON open_executions (organization_id, pipeline_id, priority, created_at, id)
        WHERE state = 'queued';
      CREATE INDEX open_executions_parent ON open_executions (parent_id) WHERE parent_id IS NOT NULL;
      CREATE INDEX open_executions_pipeline ON open_executions (organization_id, pipeline_id, state);

      CREATE TABLE execution_nodes (
        organization_id uuid NOT NULL,
        execution_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL,
        node_id text COLLATE "C" NOT NULL,
        iteration text COLLATE "C" NOT NULL,
        status text NOT NULL,
        attempts int2 NOT NULL,
        reused boolean NOT NULL,
        started_at timestamptz(3) NOT NULL,
        duration_ms float8 NOT NULL,
        ports text[] NOT NULL,
        input json,
        output json,
        error json,
        CONSTRAINT execution_nodes_pkey PRIMARY KEY (execution_id, node_id, iteration, created_at)
      ) PARTITION BY RANGE (created_at);
      CREATE TABLE execution_nodes_default PARTITION OF execution_nodes DEFAULT;

      CREATE TABLE execution_checkpoints (
        organization_id uuid NOT NULL,
        execution_id uuid NOT NULL,
        node_id text COLLATE "C" NOT NULL,
        iteration text COLLATE "C" NOT NULL,
        kind text NOT NULL,
        content bytea NOT NULL,
        committed_at timestamptz(3) NOT NULL,
        CONSTRAINT execution_checkpoints_pkey PRIMARY KEY (execution_id, node_id, iteration),
        CONSTRAINT execution_checkpoints_kind_check CHECK (kind IN ('result', 'pending'))
      );
      CREATE INDEX execution_checkpoints_organization ON execution_checkpoints (organization_id);

      CREATE TABLE execution_keys (
        organization_id uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        execution_id uuid NOT NULL,
        fingerprint bytea,
        expires_at timestamptz NOT NULL,
        CONSTRAINT execution_keys_pkey PRIMARY KEY (organization_id, key)
      );
      CREATE INDEX execution_keys_expiry ON execution_keys (expires_at);

      CREATE TABLE node_states (
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        node_id text NOT NULL,
        content bytea NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT node_states_pkey PRIMARY KEY (pipeline_id, node_id)
      );
      CREATE INDEX node_states_organization ON node_states (organization_id);
    `);
    for (const table of TABLES) await protectByOrganization(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.join(', ')}`);
  }
}
