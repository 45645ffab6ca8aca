import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Connections1700000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connections (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        protocol text NOT NULL,
        config jsonb NOT NULL,
        secrets bytea,
        labels jsonb NOT NULL DEFAULT '{}',
        enabled boolean NOT NULL DEFAULT true,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT connections_pkey PRIMARY KEY (id),
        CONSTRAINT connections_organization_key UNIQUE (organization_id, id)
      );
      CREATE UNIQUE INDEX connections_name_key ON connections (organization_id, lower(name));

      CREATE TABLE connection_functions (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        name text NOT NULL,
        type text NOT NULL,
        config jsonb NOT NULL,
        parameters jsonb NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT connection_functions_pkey PRIMARY KEY (id),
        CONSTRAINT connection_functions_organization_key UNIQUE (organization_id, id),
        CONSTRAINT connection_functions_connection_fkey FOREIGN KEY (organization_id, connection_id)
          REFERENCES connections (organization_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX connection_functions_name_key
        ON connection_functions (organization_id, connection_id, lower(name));
    `);
    await protectByOrganization(runner, 'connections');
    await protectByOrganization(runner, 'connection_functions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connection_functions; DROP TABLE connections');
  }
}
