import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectForSystem } from '#platform/database';

const TABLES = ['identity_providers', 'identity_provider_links', 'identity_provider_sign_ins'];

/** Sign-in through companies' own providers. */
export class IdentityProviders1700000002004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identity_providers (
        id uuid NOT NULL,
        name text NOT NULL,
        slug text NOT NULL,
        issuer text NOT NULL,
        client_id text NOT NULL,
        sealed_client_secret bytea NOT NULL,
        scopes text[] NOT NULL,
        domains text[] NOT NULL,
        create_users bool NOT NULL,
        enabled bool NOT NULL,
        role_claim text,
        role_mapping jsonb NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT identity_providers_pkey PRIMARY KEY (id),
        CONSTRAINT identity_providers_slug_key UNIQUE (slug)
      );

      CREATE TABLE identity_provider_links (
        provider_id uuid NOT NULL,
        subject text NOT NULL,
        user_id uuid NOT NULL,
        managed_organization_ids uuid[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT identity_provider_links_pkey PRIMARY KEY (provider_id, subject),
        CONSTRAINT identity_provider_links_user_key UNIQUE (provider_id, user_id),
        CONSTRAINT identity_provider_links_provider_fkey FOREIGN KEY (provider_id)
          REFERENCES identity_providers (id) ON DELETE CASCADE,
        CONSTRAINT identity_provider_links_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX identity_provider_links_user ON identity_provider_links (user_id);

      CREATE TABLE identity_provider_sign_ins (
        state_hash bytea NOT NULL,
        provider_id uuid NOT NULL,
        browser_hash bytea NOT NULL,
        interaction text NOT NULL,
        sealed bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT identity_provider_sign_ins_pkey PRIMARY KEY (state_hash),
        CONSTRAINT identity_provider_sign_ins_interaction_key UNIQUE (interaction),
        CONSTRAINT identity_provider_sign_ins_provider_fkey FOREIGN KEY (provider_id)
          REFERENCES identity_providers (id) ON DELETE CASCADE
      );
      CREATE INDEX identity_provider_sign_ins_provider ON identity_provider_sign_ins (provider_id);
      CREATE INDEX identity_provider_sign_ins_expires_at ON identity_provider_sign_ins (expires_at);
    `);
    for (const table of TABLES) await protectForSystem(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.toReversed().join(', ')}`);
  }
}
