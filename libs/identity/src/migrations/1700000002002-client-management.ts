import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients: who changed them, two secrets at a time, built-in ones. Signing keys: when each begins to sign. */
export class ClientManagement1700000002002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oauth_clients
        ADD COLUMN previous_secret_hash bytea,
        ADD COLUMN previous_secret_expires_at timestamptz,
        ADD COLUMN built_in bool NOT NULL DEFAULT false,
        ADD COLUMN created_by uuid,
        ADD COLUMN updated_by uuid,
        ADD CONSTRAINT oauth_clients_created_by_fkey
          FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
        ADD CONSTRAINT oauth_clients_updated_by_fkey
          FOREIGN KEY (updated_by) REFERENCES users (id) ON DELETE SET NULL;

      ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz;
      UPDATE signing_keys SET signs_from = created_at;
      ALTER TABLE signing_keys ALTER COLUMN signs_from SET NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE signing_keys DROP COLUMN signs_from;
      ALTER TABLE oauth_clients
        DROP COLUMN previous_secret_hash,
        DROP COLUMN previous_secret_expires_at,
        DROP COLUMN built_in,
        DROP COLUMN created_by,
        DROP COLUMN updated_by;
    `);
  }
}
