import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectForSystem } from '#platform/database';

const TABLES = [
  'users',
  'sessions',
  'access_tokens',
  'oauth_clients',
  'oidc_payloads',
  'issued_tokens',
  'signing_keys',
];

export class Identity1700000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid NOT NULL,
        email text NOT NULL,
        password_hash text NOT NULL,
        first_name text NOT NULL,
        last_name text NOT NULL,
        system_admin bool NOT NULL DEFAULT false,
        status text NOT NULL DEFAULT 'active',
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz,
        last_login_at timestamptz,
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_email_check CHECK (email = lower(email)),
        CONSTRAINT users_status_check CHECK (status IN ('active', 'inactive', 'locked'))
      );
      CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;

      CREATE TABLE sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        token_hash bytea NOT NULL,
        user_agent text,
        address text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT sessions_pkey PRIMARY KEY (id),
        CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
        CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_user ON sessions (user_id);

      CREATE TABLE access_tokens (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        name text NOT NULL,
        token_hash bytea NOT NULL,
        scopes text[] NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT access_tokens_pkey PRIMARY KEY (id),
        CONSTRAINT access_tokens_token_hash_key UNIQUE (token_hash),
        CONSTRAINT access_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX access_tokens_user ON access_tokens (user_id, created_at);

      CREATE TABLE oauth_clients (
        id uuid NOT NULL,
        client_id text NOT NULL,
        secret_hash bytea,
        name text NOT NULL,
        description text,
        type text NOT NULL,
        grant_types text[] NOT NULL,
        redirect_uris text[] NOT NULL,
        scopes text[] NOT NULL,
        access_token_ttl_seconds int NOT NULL,
        refresh_token_ttl_seconds int NOT NULL,
        service_user_id uuid,
        organization_ids uuid[],
        enabled bool NOT NULL DEFAULT true,
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT oauth_clients_pkey PRIMARY KEY (id),
        CONSTRAINT oauth_clients_client_id_key UNIQUE (client_id),
        CONSTRAINT oauth_clients_type_check CHECK (type IN ('public', 'confidential')),
        CONSTRAINT oauth_clients_service_user_fkey FOREIGN KEY (service_user_id) REFERENCES users (id)
      );
      CREATE INDEX oauth_clients_service_user ON oauth_clients (service_user_id);

      CREATE TABLE oidc_payloads (
        model text NOT NULL,
        id_hash bytea NOT NULL,
        sealed bytea NOT NULL,
        grant_id text,
        uid text,
        expires_at timestamptz,
        consumed_at timestamptz,
        CONSTRAINT oidc_payloads_pkey PRIMARY KEY (model, id_hash)
      );
      CREATE INDEX oidc_payloads_grant ON oidc_payloads (grant_id);
      CREATE INDEX oidc_payloads_uid ON oidc_payloads (uid);
      CREATE INDEX oidc_payloads_expires_at ON oidc_payloads (expires_at);

      CREATE TABLE issued_tokens (
        jti text NOT NULL,
        client_id uuid NOT NULL,
        user_id uuid NOT NULL,
        grant_id text,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT issued_tokens_pkey PRIMARY KEY (jti),
        CONSTRAINT issued_tokens_client_fkey FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE,
        CONSTRAINT issued_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX issued_tokens_client ON issued_tokens (client_id);
      CREATE INDEX issued_tokens_user ON issued_tokens (user_id);
      CREATE INDEX issued_tokens_grant ON issued_tokens (grant_id);
      CREATE INDEX issued_tokens_expires_at ON issued_tokens (expires_at);

      CREATE TABLE signing_keys (
        kid text NOT NULL,
        public_jwk jsonb NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT signing_keys_pkey PRIMARY KEY (kid)
      );
    `);
    for (const table of TABLES) await protectForSystem(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.toReversed().join(', ')}`);
  }
}
