import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came from elsewhere is told from what only left. */
export class Entered1700000010040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dependency_contents ADD COLUMN entered_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dependency_contents DROP COLUMN entered_at');
  }
}
