import type { MigrationInterface, QueryRunner } from 'typeorm';
import { makeAppendOnly, protectByOrganization } from '#platform/database';

/** Whatever may be asked for alone: each gives its entries by time, so that a page is read and nothing sorted. */
const INDEXED = ['action', 'area', 'user_id', 'entity_type', 'entity_id', 'result'];

export class Audit1700000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        organization_id uuid,
        action text COLLATE "C" NOT NULL,
        area text COLLATE "C" GENERATED ALWAYS AS (split_part(action, '.', 1)) STORED,
        result text COLLATE "C" NOT NULL,
        reason text,
        count int NOT NULL,
        user_id uuid,
        user_email text,
        credential_kind text,
        credential_id text,
        client_id text,
        entity_type text COLLATE "C",
        entity_id text COLLATE "C",
        entity_name text,
        changes jsonb,
        details jsonb,
        address text,
        request_id text,
        CONSTRAINT audit_entries_pkey PRIMARY KEY (at, id),
        CONSTRAINT audit_entries_result_check CHECK (result IN ('done', 'refused')),
        CONSTRAINT audit_entries_count_check CHECK (count > 0)
      ) PARTITION BY RANGE (at);
      CREATE TABLE audit_entries_default PARTITION OF audit_entries DEFAULT;
      CREATE INDEX audit_entries_time ON audit_entries (organization_id, at, id);
    `);
    for (const column of INDEXED) {
      await runner.query(
        `CREATE INDEX audit_entries_${column} ON audit_entries (organization_id, ${column}, at, id)
         WHERE ${column} IS NOT NULL`,
      );
    }
    await protectByOrganization(runner, 'audit_entries');
    await makeAppendOnly(runner, 'audit_entries', 'at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entries');
  }
}
