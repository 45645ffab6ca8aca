import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectForSystem } from '#platform/database';

/** Documents of the OAuth2 server know their user, so that all of a user's can be ended; consents are remembered. */
export class OAuth1700000002001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oidc_payloads ADD COLUMN account_id text;
      CREATE INDEX oidc_payloads_account ON oidc_payloads (account_id);

      CREATE TABLE oauth_consents (
        user_id uuid NOT NULL,
        client_id uuid NOT NULL,
        scopes text[] NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT oauth_consents_pkey PRIMARY KEY (user_id, client_id),
        CONSTRAINT oauth_consents_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT oauth_consents_client_fkey FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE
      );
      CREATE INDEX oauth_consents_client ON oauth_consents (client_id);
    `);
    await protectForSystem(runner, 'oauth_consents');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oauth_consents; ALTER TABLE oidc_payloads DROP COLUMN account_id;');
  }
}
