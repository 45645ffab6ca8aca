import { protectByOrganization, protectForSystem } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lets every process store by the rules of now: see epochs.ts. */
export class Epochs1700000003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE uns_epochs (
        organization_id uuid NOT NULL,
        topics bigint NOT NULL DEFAULT 0,
        policies bigint NOT NULL DEFAULT 0,
        watched bigint NOT NULL DEFAULT 0,
        CONSTRAINT uns_epochs_pkey PRIMARY KEY (organization_id),
        CONSTRAINT uns_epochs_organization_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
      )`);
    await protectByOrganization(runner, 'uns_epochs');
    await runner.query(`
      CREATE TABLE uns_storage (
        id boolean NOT NULL DEFAULT true,
        generation bigint NOT NULL DEFAULT 0,
        active jsonb NOT NULL DEFAULT '{"kind":"main"}',
        next jsonb,
        progress jsonb,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT uns_storage_pkey PRIMARY KEY (id),
        CONSTRAINT uns_storage_one CHECK (id)
      );
      INSERT INTO uns_storage DEFAULT VALUES;
      CREATE FUNCTION uns_storage_generation() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path FROM CURRENT AS 'SELECT generation FROM uns_storage'`);
    await protectForSystem(runner, 'uns_storage');
    // A volatile function: its query sees what was committed while it waited for the lock (PostgreSQL manual, 36.7).
    await runner.query(`
      CREATE FUNCTION uns_require_epochs(organizations uuid[], epochs bigint[], storage bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(7243004);
        PERFORM pg_advisory_xact_lock_shared(7243003, uuid_hash(id)) FROM unnest(organizations) AS t (id);
        IF storage <> uns_storage_generation() OR EXISTS (
          SELECT FROM unnest(organizations, epochs) AS seen (id, epoch)
          LEFT JOIN uns_epochs ON organization_id = id
          WHERE epoch <> coalesce(topics + policies + watched, 0)
        ) THEN
          RAISE EXCEPTION 'the rules of the namespace have changed' USING ERRCODE = 'MH001';
        END IF;
        RETURN true;
      END $$`);
    await runner.query(`
      ALTER TABLE uns_topics ADD COLUMN config jsonb;
      ALTER TABLE uns_records ADD COLUMN reason text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE uns_records DROP COLUMN reason;
      ALTER TABLE uns_topics DROP COLUMN config;
      DROP FUNCTION uns_require_epochs;
      DROP FUNCTION uns_storage_generation;
      DROP TABLE uns_storage;
      DROP TABLE uns_epochs`);
  }
}
