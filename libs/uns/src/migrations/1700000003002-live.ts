import { protectByOrganization } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Live streams (stream/), and the latest value of topics of which not every value is kept (ingest/latest-values.ts). */
export class Live1700000003002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE uns_watches (
        organization_id uuid NOT NULL,
        filter text COLLATE "C" NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT uns_watches_pkey PRIMARY KEY (organization_id, filter),
        CONSTRAINT uns_watches_organization_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE SEQUENCE uns_lane;
      CREATE UNLOGGED TABLE uns_feed (
        organization_id uuid NOT NULL,
        lane bigint NOT NULL,
        seq bigint NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        topic text NOT NULL,
        record json NOT NULL,
        CONSTRAINT uns_feed_pkey PRIMARY KEY (organization_id, lane, seq)
      );
      CREATE TABLE uns_latest (
        organization_id uuid NOT NULL,
        topic_id uuid NOT NULL,
        id uuid NOT NULL,
        "timestamp" timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        quality int2 NOT NULL,
        source text,
        number float8,
        value json,
        reason text,
        kept_at timestamptz,
        kept_number float8,
        kept_value json,
        CONSTRAINT uns_latest_pkey PRIMARY KEY (topic_id)
      );
    `);
    await protectByOrganization(runner, 'uns_watches');
    await protectByOrganization(runner, 'uns_feed');
    await protectByOrganization(runner, 'uns_latest');
    const [{ database }] = (await runner.query('SELECT current_database() AS database')) as [{ database: string }];
    await runner.query(`GRANT USAGE ON SEQUENCE uns_lane TO "${database}_app", "${database}_system"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE uns_latest; DROP TABLE uns_feed; DROP SEQUENCE uns_lane; DROP TABLE uns_watches');
  }
}
