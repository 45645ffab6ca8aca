import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class ModelReferences1700000005001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE model_references (
        organization_id uuid NOT NULL,
        model_id uuid NOT NULL,
        named_id uuid NOT NULL,
        CONSTRAINT model_references_pkey PRIMARY KEY (organization_id, model_id, named_id),
        CONSTRAINT model_references_model_fkey FOREIGN KEY (organization_id, model_id)
          REFERENCES models (organization_id, id) ON DELETE CASCADE,
        -- A model that others name stays.
        CONSTRAINT model_references_named_fkey FOREIGN KEY (organization_id, named_id)
          REFERENCES models (organization_id, id)
      );
      CREATE INDEX model_references_named_index ON model_references (organization_id, named_id);
    `);
    await protectByOrganization(runner, 'model_references');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_references');
  }
}
