import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '../row-security';

export class Platform1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        organization_id uuid NOT NULL,
        caller text NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status int,
        location text,
        body json,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (organization_id, caller, key)
      );
      CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
    `);
    await protectByOrganization(runner, 'idempotency_keys');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
