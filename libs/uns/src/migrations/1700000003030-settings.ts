import { protectForSystem } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UnsSettings1700000003030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The instance's one row; what is not in it is told by the environment.
      CREATE TABLE uns_settings (
        single boolean NOT NULL DEFAULT true,
        sealed bytea,
        version int NOT NULL DEFAULT 1,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT uns_settings_pkey PRIMARY KEY (single),
        CONSTRAINT uns_settings_single CHECK (single)
      );
      INSERT INTO uns_settings DEFAULT VALUES;
      CREATE TABLE uns_setting_changes (
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        user_id uuid NOT NULL,
        user_email text NOT NULL,
        field text NOT NULL,
        old_value jsonb,
        new_value jsonb,
        CONSTRAINT uns_setting_changes_pkey PRIMARY KEY (id)
      );
      CREATE INDEX uns_setting_changes_at ON uns_setting_changes (at, id);
      -- What each process says of itself every few seconds: nothing that a restart of PostgreSQL has to keep.
      CREATE UNLOGGED TABLE uns_processes (
        id uuid PRIMARY KEY,
        host text NOT NULL,
        pid int NOT NULL,
        roles text[] NOT NULL,
        started_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        broker jsonb NOT NULL,
        organizations jsonb NOT NULL
      );
    `);
    await protectForSystem(runner, 'uns_settings');
    await protectForSystem(runner, 'uns_setting_changes');
    await protectForSystem(runner, 'uns_processes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uns_processes; DROP TABLE uns_setting_changes; DROP TABLE uns_settings');
  }
}
