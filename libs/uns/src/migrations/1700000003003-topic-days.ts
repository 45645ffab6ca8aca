import { protectByOrganization } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which days hold records of a topic: see ingest/topic-days.ts. */
export class TopicDays1700000003003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE uns_topic_days (
        organization_id uuid NOT NULL,
        topic_id uuid NOT NULL,
        day date NOT NULL,
        CONSTRAINT uns_topic_days_pkey PRIMARY KEY (topic_id, day) INCLUDE (organization_id)
      );
      -- The owner sees no rows while its own policies are forced on it.
      ALTER TABLE uns_records NO FORCE ROW LEVEL SECURITY;
      INSERT INTO uns_topic_days
        SELECT DISTINCT organization_id, topic_id, ("timestamp" AT TIME ZONE 'UTC')::date FROM uns_records;
      ALTER TABLE uns_records FORCE ROW LEVEL SECURITY`);
    await protectByOrganization(runner, 'uns_topic_days');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uns_topic_days');
  }
}
