import { protectByOrganization } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const RULES = `
  mode text NOT NULL,
  schema jsonb,
  model_id uuid,
  model_version int,
  model_schema jsonb,
  unit text,
  min float8,
  max float8,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()`;

/** Schemas of topics, and what they refuse: ADR 0020. */
export class Schemas1700000003020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE uns_topics ADD CONSTRAINT uns_topics_organization_key UNIQUE (organization_id, id);
      CREATE TABLE uns_topic_schemas (
        organization_id uuid NOT NULL,
        topic_id uuid NOT NULL,
        ${RULES},
        CONSTRAINT uns_topic_schemas_pkey PRIMARY KEY (organization_id, topic_id),
        CONSTRAINT uns_topic_schemas_mode_check CHECK (mode IN ('strict', 'lenient', 'off')),
        CONSTRAINT uns_topic_schemas_topic_fkey FOREIGN KEY (organization_id, topic_id)
          REFERENCES uns_topics (organization_id, id) ON DELETE CASCADE
      );
      CREATE TABLE uns_schema_bindings (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        filter text COLLATE "C" NOT NULL,
        ${RULES},
        CONSTRAINT uns_schema_bindings_pkey PRIMARY KEY (organization_id, id),
        CONSTRAINT uns_schema_bindings_mode_check CHECK (mode IN ('strict', 'lenient', 'off'))
      );
      CREATE UNIQUE INDEX uns_schema_bindings_name_key ON uns_schema_bindings (organization_id, lower(name))`);
    await protectByOrganization(runner, 'uns_topic_schemas');
    await protectByOrganization(runner, 'uns_schema_bindings');
    await runner.query(`
      CREATE TABLE uns_quarantine (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        topic_id uuid NOT NULL,
        "timestamp" timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        quality int2 NOT NULL,
        source text,
        value json NOT NULL,
        original json,
        corrected boolean NOT NULL DEFAULT false,
        reason text NOT NULL,
        message text NOT NULL,
        schema_version int NOT NULL,
        fingerprint uuid,
        version int NOT NULL DEFAULT 1,
        CONSTRAINT uns_quarantine_pkey PRIMARY KEY (id)
      );
      CREATE INDEX uns_quarantine_arrival ON uns_quarantine (organization_id, received_at, id);
      CREATE INDEX uns_quarantine_topic ON uns_quarantine (organization_id, topic_id, received_at, id);
      CREATE UNIQUE INDEX uns_quarantine_once ON uns_quarantine (organization_id, topic_id, fingerprint)
        WHERE fingerprint IS NOT NULL;
      CREATE TABLE uns_quarantine_states (
        organization_id uuid NOT NULL,
        count bigint NOT NULL DEFAULT 0,
        resubmission uuid,
        resubmission_until timestamptz,
        CONSTRAINT uns_quarantine_states_pkey PRIMARY KEY (organization_id),
        CONSTRAINT uns_quarantine_states_organization_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id)
          ON DELETE CASCADE
      )`);
    await protectByOrganization(runner, 'uns_quarantine');
    await protectByOrganization(runner, 'uns_quarantine_states');
    // Whoever removes or adds values holds the organization's state already: see quarantine.store.ts.
    await runner.query(`
      CREATE FUNCTION uns_count_quarantine() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE uns_quarantine_states s SET count = s.count + CASE TG_OP WHEN 'INSERT' THEN c.n ELSE -c.n END
        FROM (SELECT organization_id, count(*) AS n FROM changed GROUP BY organization_id) c
        WHERE s.organization_id = c.organization_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER uns_quarantine_added AFTER INSERT ON uns_quarantine
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION uns_count_quarantine();
      CREATE TRIGGER uns_quarantine_removed AFTER DELETE ON uns_quarantine
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION uns_count_quarantine()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE uns_quarantine_states;
      DROP TABLE uns_quarantine;
      DROP FUNCTION uns_count_quarantine;
      DROP TABLE uns_schema_bindings;
      DROP TABLE uns_topic_schemas;
      ALTER TABLE uns_topics DROP CONSTRAINT uns_topics_organization_key`);
  }
}
