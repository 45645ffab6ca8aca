import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class DependencyChanges1700000010030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the last revisions of a graph have changed.
      CREATE TABLE dependency_changes (
        organization_id uuid NOT NULL,
        revision bigint NOT NULL,
        type text NOT NULL,
        key text COLLATE "C" NOT NULL,
        CONSTRAINT dependency_changes_pkey PRIMARY KEY (organization_id, revision, type, key)
      );
      -- All later ones are listed.
      ALTER TABLE dependency_graphs ADD COLUMN changes_since bigint NOT NULL DEFAULT 1;
      UPDATE dependency_graphs SET changes_since = revision;
    `);
    await protectByOrganization(runner, 'dependency_changes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE dependency_graphs DROP COLUMN changes_since;
      DROP TABLE dependency_changes;
    `);
  }
}
