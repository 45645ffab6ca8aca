import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization, protectForSystem } from '#platform/database';

/** What connections do: who has them, how they are, what became of them, and calls on their way to their owners. */
export class ConnectionRuntime1700000008010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections ADD COLUMN stopped boolean NOT NULL DEFAULT false;

      CREATE TABLE connection_workers (
        id uuid NOT NULL,
        -- Host and process id, for people.
        process text NOT NULL,
        lease_until timestamptz NOT NULL,
        CONSTRAINT connection_workers_pkey PRIMARY KEY (id)
      );
      -- For those who may not read the table: whether what a worker said of its connections still holds.
      CREATE FUNCTION connection_worker_alive(worker uuid) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
        RETURN EXISTS (SELECT FROM connection_workers WHERE id = worker AND lease_until > now());

      CREATE TABLE connection_runtimes (
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        restarts int NOT NULL DEFAULT 0,
        owner uuid,
        fence int NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'idle',
        reason text,
        since timestamptz NOT NULL DEFAULT now(),
        connected_at timestamptz,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        subscriptions jsonb NOT NULL DEFAULT '[]',
        CONSTRAINT connection_runtimes_pkey PRIMARY KEY (connection_id),
        CONSTRAINT connection_runtimes_state_check
          CHECK (state IN ('idle', 'connecting', 'connected', 'reconnecting', 'error', 'stopping')),
        CONSTRAINT connection_runtimes_connection_fkey FOREIGN KEY (organization_id, connection_id)
          REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX connection_runtimes_owner ON connection_runtimes (owner);
      CREATE INDEX connection_runtimes_organization ON connection_runtimes (organization_id, connection_id);
      INSERT INTO connection_runtimes (organization_id, connection_id) SELECT organization_id, id FROM connections;

      CREATE TABLE connection_state_changes (
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        connection_name text NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        reason text,
        CONSTRAINT connection_state_changes_pkey PRIMARY KEY (at, id)
      ) PARTITION BY RANGE (at);
      CREATE TABLE connection_state_changes_default PARTITION OF connection_state_changes DEFAULT;
      CREATE INDEX connection_state_changes_time ON connection_state_changes (organization_id, at, id);
      CREATE INDEX connection_state_changes_connection
        ON connection_state_changes (organization_id, connection_id, at, id);

      CREATE TABLE connection_metrics (
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        bucket timestamptz NOT NULL,
        calls int8 NOT NULL,
        errors int8 NOT NULL,
        messages int8 NOT NULL,
        dropped int8 NOT NULL,
        bytes_in int8 NOT NULL,
        bytes_out int8 NOT NULL,
        durations int8[] NOT NULL,
        CONSTRAINT connection_metrics_pkey PRIMARY KEY (organization_id, connection_id, bucket),
        CONSTRAINT connection_metrics_connection_fkey FOREIGN KEY (organization_id, connection_id)
          REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX connection_metrics_bucket ON connection_metrics (bucket);

      -- On their way for seconds: what a crash of the database takes, the caller gives up by its deadline.
      CREATE UNLOGGED TABLE connection_calls (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        owner uuid NOT NULL,
        request bytea NOT NULL,
        deadline timestamptz NOT NULL,
        taken boolean NOT NULL DEFAULT false,
        reply bytea,
        CONSTRAINT connection_calls_pkey PRIMARY KEY (id)
      );
      CREATE INDEX connection_calls_waiting ON connection_calls (owner) WHERE NOT taken;
      CREATE INDEX connection_calls_deadline ON connection_calls (deadline);
    `);
    await protectForSystem(runner, 'connection_workers');
    for (const table of ['connection_runtimes', 'connection_state_changes', 'connection_metrics', 'connection_calls']) {
      await protectByOrganization(runner, table);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE connection_calls; DROP TABLE connection_metrics; DROP TABLE connection_state_changes;
      DROP TABLE connection_runtimes;
      DROP FUNCTION connection_worker_alive(uuid); DROP TABLE connection_workers;
      ALTER TABLE connections DROP COLUMN stopped`);
  }
}
