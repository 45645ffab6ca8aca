import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far imports are. */
export class Progress1700000010020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dependency_imports ADD COLUMN progress jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE dependency_imports DROP COLUMN progress');
  }
}
