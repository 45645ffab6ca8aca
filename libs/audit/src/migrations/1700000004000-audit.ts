import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Audit1700000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        organization_id uuid,
        action text NOT NULL,
        result text NOT NULL,
        reason text,
        user_id uuid,
        user_email text,
        credential_kind text,
        credential_id text,
        client_id text,
        entity_type text,
        entity_id text,
        entity_name text,
        changes jsonb,
        details jsonb,
        address text,
        request_id text,
        CONSTRAINT audit_entries_pkey PRIMARY KEY (id),
        CONSTRAINT audit_entries_result_check CHECK (result IN ('done', 'refused'))
      )
    `);
    await protectByOrganization(runner, 'audit_entries');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entries');
  }
}
