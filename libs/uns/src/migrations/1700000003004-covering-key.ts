import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEY = '(topic_id, "timestamp", id)';

const rebuilt = (covered: string): string => `
  ALTER TABLE uns_records DROP CONSTRAINT uns_records_pkey,
    ADD CONSTRAINT uns_records_pkey PRIMARY KEY ${KEY} ${covered}`;

/**
 * Numbers stand in the key's index, too: those of one topic lie scattered over its day, and aggregates would fetch a page
 * for each.
 */
export class CoveringKey1700000003004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(rebuilt('INCLUDE (organization_id, number)'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(rebuilt(''));
  }
}
