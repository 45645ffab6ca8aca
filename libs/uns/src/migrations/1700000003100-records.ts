import { protectByOrganization } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The records' table alone, in another database than the main one; there it comes with 3000, 3001 and 3004. */
export class Records1700000003100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
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
        reason text,
        CONSTRAINT uns_records_pkey PRIMARY KEY (topic_id, "timestamp", id) INCLUDE (organization_id, number)
      ) PARTITION BY RANGE ("timestamp");
      CREATE TABLE uns_records_default PARTITION OF uns_records DEFAULT;
      CREATE TABLE uns_owner (installation uuid NOT NULL)`);
    await protectByOrganization(runner, 'uns_records');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uns_records; DROP TABLE uns_owner');
  }
}
