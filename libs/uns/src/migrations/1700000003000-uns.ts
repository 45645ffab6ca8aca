import { protectByOrganization } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Uns1700000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE uns_topics (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        path text COLLATE "C" NOT NULL,
        parent_path text COLLATE "C",
        name text NOT NULL,
        description text,
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT uns_topics_pkey PRIMARY KEY (id),
        CONSTRAINT uns_topics_path_key UNIQUE (organization_id, path)
      );
      CREATE INDEX uns_topics_children ON uns_topics (organization_id, parent_path, name);
    `);
    await protectByOrganization(runner, 'uns_topics');
    // A number stands in its own column, so that aggregates read eight bytes instead of a document; any other value
    // is kept as the text it came as (json, not jsonb: the order of keys is the sender's).
    await runner.query(`
      CREATE TABLE uns_records (
        organization_id uuid NOT NULL,
        topic_id uuid NOT NULL,
        id uuid NOT NULL,
        "timestamp" timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        quality int2 NOT NULL,
        source text,
        number float8,
        value json,
        CONSTRAINT uns_records_pkey PRIMARY KEY (topic_id, "timestamp", id)
      ) PARTITION BY RANGE ("timestamp");
      CREATE TABLE uns_records_default PARTITION OF uns_records DEFAULT;
    `);
    await protectByOrganization(runner, 'uns_records');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uns_records; DROP TABLE uns_topics');
  }
}
