import { protectByOrganization, roleName } from '#platform/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tree, search and removal of topics. */
export class Topics1700000003010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await makeExtensions(runner);
    // Without FORCE the owner sees all rows, and can count them.
    await runner.query(`
      ALTER TABLE uns_topics
        ALTER COLUMN name TYPE text COLLATE "C",
        ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
        ADD COLUMN children int NOT NULL DEFAULT 0;
      ALTER TABLE uns_topics NO FORCE ROW LEVEL SECURITY;
      UPDATE uns_topics t SET children = counted.children FROM (
        SELECT organization_id, parent_path, count(*) AS children FROM uns_topics GROUP BY organization_id, parent_path
      ) counted
      WHERE t.organization_id = counted.organization_id AND t.path = counted.parent_path;
      ALTER TABLE uns_topics FORCE ROW LEVEL SECURITY;
      CREATE INDEX uns_topics_search ON uns_topics USING gin (organization_id, (name COLLATE "default") gin_trgm_ops);
      CREATE TABLE uns_removed_topics (
        organization_id uuid NOT NULL,
        topic_id uuid NOT NULL,
        CONSTRAINT uns_removed_topics_pkey PRIMARY KEY (organization_id, topic_id)
      )`);
    await protectByOrganization(runner, 'uns_removed_topics');
    await runner.query(SEARCH);
    await this.giveSearchAway(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { system } = await rolesOf(runner);
    // The extensions stay: nobody knows who else uses them.
    await runner.query(`
      GRANT ${system} TO CURRENT_USER;
      DROP FUNCTION uns_search_topics;
      REVOKE ${system} FROM CURRENT_USER;
      DROP TABLE uns_removed_topics;
      DROP INDEX uns_topics_search;
      ALTER TABLE uns_topics DROP COLUMN children, DROP COLUMN tags, ALTER COLUMN name TYPE text COLLATE "default"`);
  }

  /** To the system role, for whom no policy keeps the index from being used. */
  private async giveSearchAway(runner: QueryRunner): Promise<void> {
    const { app, system } = await rolesOf(runner);
    await runner.query(`
      REVOKE ALL ON FUNCTION uns_search_topics FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION uns_search_topics TO ${app};
      GRANT ${system} TO CURRENT_USER;
      GRANT CREATE ON SCHEMA public TO ${system};
      ALTER FUNCTION uns_search_topics OWNER TO ${system};
      REVOKE CREATE ON SCHEMA public FROM ${system};
      REVOKE ${system} FROM CURRENT_USER`);
  }
}

async function rolesOf(runner: QueryRunner): Promise<{ app: string; system: string }> {
  const [{ database }] = (await runner.query('SELECT current_database() AS database')) as [{ database: string }];
  return { app: `"${roleName(database, 'app')}"`, system: `"${roleName(database, 'system')}"` };
}

/** Both come with PostgreSQL, and are trusted: whoever may create in the database may make them. */
async function makeExtensions(runner: QueryRunner): Promise<void> {
  for (const name of ['pg_trgm', 'btree_gin']) {
    try {
      await runner.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
    } catch (error) {
      throw new Error(
        `DATABASE_URL: the extension ${name} is needed to search topics and cannot be made (${(error as Error).message}); ` +
          `install the server's contrib package, or run CREATE EXTENSION ${name} in the database as superuser`,
        { cause: error },
      );
    }
  }
}

const MATCHES = `organization_id = organization AND name COLLATE "default" ILIKE name_pattern AND path > after_path
        AND (parent_pattern IS NULL OR coalesce(parent_path, 'mHv1.0') COLLATE "default" ILIKE parent_pattern)
        AND (branches IS NULL OR path ~ ANY (branches))`;

/*
 * Under row-level security an index serves those conditions alone whose operators tell nothing of rows that are hidden, and
 * ILIKE is none of them. So this runs as the system role, which sees all rows, and builds the wall itself: topics of the
 * organization alone, and only where the transaction is one of that organization.
 *
 * Few matches are sorted. Of many, the first by path are mostly found among the first topics; where they are not, all are
 * sorted. Which it is, is counted: an estimate of names that begin with one letter is a guess.
 */
const SEARCH = `
  CREATE FUNCTION uns_search_topics(
    organization uuid, name_pattern text, parent_pattern text, branches text[], after_path text, most int
  ) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
    SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_bitmapscan = on AS $$
  DECLARE
    few CONSTANT int := 1000;
    early CONSTANT int := 5000;
    matches bigint;
    ids uuid[];
  BEGIN
    IF (organization = ANY (nullif(current_setting('app.orgs', true), '')::uuid[])) IS NOT TRUE THEN
      RETURN;
    END IF;
    SELECT count(*), array_agg(id ORDER BY path) INTO matches, ids FROM (
      SELECT id, path FROM uns_topics WHERE ${MATCHES} LIMIT few + 1
    ) found;
    IF matches > few THEN
      PERFORM set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'off', true);
      ids := ARRAY(
        SELECT id FROM (
          SELECT * FROM uns_topics WHERE organization_id = organization AND path > after_path ORDER BY path LIMIT early
        ) first_ones
        WHERE ${MATCHES} ORDER BY path LIMIT most
      );
      IF cardinality(ids) < most THEN
        PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'on', true);
        ids := ARRAY(SELECT id FROM uns_topics WHERE ${MATCHES} ORDER BY path LIMIT most);
      END IF;
    END IF;
    RETURN QUERY SELECT unnest(ids[1:most]);
  END $$`;
