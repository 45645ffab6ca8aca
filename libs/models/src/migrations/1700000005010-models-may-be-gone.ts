import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A model may go although others name it, where that is forced: what they say of it stays, and leads nowhere. */
export class ModelsMayBeGone1700000005010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE model_references DROP CONSTRAINT model_references_named_fkey');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM model_references r WHERE NOT EXISTS (
        SELECT FROM models m WHERE m.organization_id = r.organization_id AND m.id = r.named_id);
      ALTER TABLE model_references ADD CONSTRAINT model_references_named_fkey
        FOREIGN KEY (organization_id, named_id) REFERENCES models (organization_id, id);
    `);
  }
}
