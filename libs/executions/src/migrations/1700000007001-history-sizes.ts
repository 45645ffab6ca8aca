import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class HistorySizes1700000007001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE history_sizes (
        organization_id uuid NOT NULL,
        part text NOT NULL,
        bytes int8 NOT NULL,
        measured_at timestamptz NOT NULL,
        CONSTRAINT history_sizes_pkey PRIMARY KEY (organization_id, part)
      );
      CREATE INDEX executions_large ON executions (created_at)
        WHERE status IN ('failed', 'completed_with_errors') AND octet_length(input) > 65536;
    `);
    await protectByOrganization(runner, 'history_sizes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX executions_large; DROP TABLE history_sizes');
  }
}
