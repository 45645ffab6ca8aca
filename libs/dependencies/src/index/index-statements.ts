/*
 * The statements of the index. `$1` is the organization in each.
 *
 * Locks: whoever refers to an entity holds its row for KEY SHARE until the commit, whoever takes one away holds it, and
 * the rows of its parts, FOR UPDATE from before asking who refers to it. What is named by its path often has no row, so
 * whoever refers to anything of such a type shares a lock of the whole type instead, which whoever takes one away has alone.
 *
 * They are written so that no plan takes time by the square of what it is given: of tables that have just been filled the
 * planner thinks that they are empty. `OFFSET 0` keeps a subquery one look-up for each row before it, arrays are hashed.
 */

/** Waits for another transaction that is computing the same graph. */
export const BEGIN = 'INSERT INTO dependency_graphs (organization_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1';

export const REVISION = 'SELECT revision FROM dependency_graphs WHERE organization_id = $1';

/**
 * Another revision, in which the entities ($2, $3) were made, changed or removed. The list of changes goes $4 revisions back;
 * with none it begins anew.
 */
export const COUNT_UP = `
  WITH counted AS (
    UPDATE dependency_graphs
    SET revision = revision + 1, changes_since = greatest(changes_since, revision + 1 - $4::bigint)
    WHERE organization_id = $1
    RETURNING revision, changes_since
  ), forgotten AS (
    DELETE FROM dependency_changes c USING counted
    WHERE c.organization_id = $1 AND c.revision <= counted.changes_since
  )
  INSERT INTO dependency_changes (organization_id, revision, type, key)
  SELECT $1, revision, t.type, t.key FROM counted, unnest($2::text[], $3::text[]) AS t (type, key)
  WHERE revision > changes_since`;

/** Makes rows what they are said to be, touching those alone that differ; tells whose did. */
export const KEEP = `
  WITH given AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[]) AS t (type, key, id, name)
  ), named AS (
    SELECT * FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::jsonb[])
      AS t (source_type, source_key, kind, target_type, target_key, via)
  ), entities AS (
    INSERT INTO dependency_entities AS e (organization_id, type, key, id, name)
    SELECT $1, type, key, id, name FROM given
    ON CONFLICT (organization_id, type, key) DO UPDATE SET id = excluded.id, name = excluded.name
    WHERE (e.id, e.name) IS DISTINCT FROM (excluded.id, excluded.name)
    RETURNING type, key
  ), old AS (
    SELECT ctid AS place, source_type, source_key, kind, target_type, target_key FROM dependency_references
    WHERE organization_id = $1 AND source_type = ANY ($2) AND source_key = ANY ($3)
      AND source_type || ':' || source_key = ANY ($12::text[])
  ), forgotten AS (
    DELETE FROM dependency_references WHERE organization_id = $1 AND ctid = ANY (ARRAY(
      SELECT place FROM old WHERE (source_type, source_key, kind, target_type, target_key) NOT IN (
        SELECT source_type, source_key, kind, target_type, target_key FROM named
      )
    ))
    RETURNING source_type, source_key
  ), kept AS (
    INSERT INTO dependency_references AS r
      (organization_id, source_type, source_key, kind, target_type, target_key, via)
    SELECT $1, source_type, source_key, kind, target_type, target_key, ARRAY(SELECT jsonb_array_elements_text(via))
    FROM named
    ON CONFLICT (organization_id, source_type, source_key, target_type, target_key, kind)
      DO UPDATE SET via = excluded.via WHERE r.via <> excluded.via
    RETURNING source_type, source_key
  )
  SELECT type, key FROM entities
  UNION SELECT source_type, source_key FROM forgotten
  UNION SELECT source_type, source_key FROM kept`;

/**
 * Those of them that are there, and stay until the end of the transaction. In the order in which they are given: two who
 * refer to the same entities in one order do not wait for each other.
 */
export const LOCK_TARGETS = `
  SELECT t.type, t.key FROM unnest($2::text[], $3::text[]) AS t (type, key) CROSS JOIN LATERAL (
    SELECT 1 FROM dependency_entities e
    WHERE organization_id = $1 AND e.type = t.type AND e.key = t.key OFFSET 0 FOR KEY SHARE
  ) AS e`;

export const PRESENT = `
  SELECT t.type, t.key FROM unnest($2::text[], $3::text[]) AS t (type, key) CROSS JOIN LATERAL (
    SELECT 1 FROM dependency_entities e
    WHERE organization_id = $1 AND e.type = t.type AND e.key = t.key OFFSET 0
  ) AS e`;

export const LOCK = 'SELECT 1 FROM dependency_entities WHERE (organization_id, type, key) = ($1, $2, $3) FOR UPDATE';

/** While its own row is locked nobody adds a part. */
export const LOCK_PARTS = `
  SELECT 1 FROM (
    SELECT source_type, source_key FROM dependency_references
    WHERE organization_id = $1 AND target_type = $2 AND target_key = $3 AND kind = 'part' ORDER BY 1, 2
  ) AS r CROSS JOIN LATERAL (
    SELECT 1 FROM dependency_entities
    WHERE organization_id = $1 AND type = source_type AND key = source_key OFFSET 0 FOR UPDATE
  ) AS e`;

/** Of everything that is named by path and of one type. */
export const SHARE_TYPE = `SELECT pg_advisory_xact_lock_shared(hashtextextended('dependencies:' || $1 || ':' || $2, 0))`;

export const LOCK_TYPE = `SELECT pg_advisory_xact_lock(hashtextextended('dependencies:' || $1 || ':' || $2, 0))`;

/** In the order in which they are given, which is that of those who refer to them. */
export const LOCK_REMOVED = `
  SELECT 1 FROM unnest($2::text[], $3::text[]) AS t (type, key) CROSS JOIN LATERAL (
    SELECT 1 FROM dependency_entities e
    WHERE organization_id = $1 AND e.type = t.type AND e.key = t.key OFFSET 0 FOR UPDATE
  ) AS e`;

export const REMOVE = `
  WITH removed AS (
    DELETE FROM dependency_entities e USING unnest($2::text[], $3::text[]) AS t (type, key)
    WHERE e.organization_id = $1 AND e.type = t.type AND e.key = t.key
    RETURNING e.type, e.key
  )
  SELECT type, key FROM removed`;

/** Keys of a type ($2) below one ($3) that are named, or are in the graph by themselves. */
export const BELOW = `
  SELECT target_key AS key FROM dependency_references
  WHERE organization_id = $1 AND target_type = $2 AND kind = 'uses'
    -- '0' is the character after '/'.
    AND target_key > $3 || '/' AND target_key < $3 || '0'
  UNION
  SELECT key FROM dependency_entities
  WHERE organization_id = $1 AND type = $2 AND key > $3 || '/' AND key < $3 || '0'`;

/** Who breaks without entities of a type ($2, $3) or their parts. At most $4. */
export const DEPENDENTS = `
  WITH given AS (
    SELECT $2::text AS type, key FROM unnest($3::text[]) AS key
  ), gone AS (
    SELECT type, key FROM given
    UNION
    SELECT r.* FROM given CROSS JOIN LATERAL (
      SELECT source_type, source_key FROM dependency_references
      WHERE organization_id = $1 AND target_type = given.type AND target_key = given.key AND kind = 'part' OFFSET 0
    ) AS r
  ), named AS (
    SELECT r.* FROM gone CROSS JOIN LATERAL (
      SELECT source_type AS type, source_key AS key, via FROM dependency_references
      WHERE organization_id = $1 AND target_type = gone.type AND target_key = gone.key AND kind = 'uses' OFFSET 0
    ) AS r
  ), dependents AS (
    SELECT type, key, (array_agg(DISTINCT place))[:10] AS via FROM named CROSS JOIN unnest(via) AS place
    WHERE (type, key) NOT IN (SELECT type, key FROM gone)
    GROUP BY type, key
  )
  SELECT e.type, e.key, e.id, e.name, d.via FROM dependents d CROSS JOIN LATERAL (
    SELECT type, key, id, name FROM dependency_entities e
    WHERE organization_id = $1 AND e.type = d.type AND e.key = d.key OFFSET 0
  ) AS e
  ORDER BY e.type, e.name, e.key LIMIT $4`;

/** Who refers to any of many ($2, $3), or is a part of one, and is none of the others ($4, $5). At most $6. */
export const DEPENDENTS_OF_ALL = `
  SELECT e.type, e.id, e.name, (array_agg(DISTINCT place))[:10] AS via
  FROM unnest($2::text[], $3::text[]) AS gone (type, key)
  JOIN dependency_references r ON r.organization_id = $1 AND r.target_type = gone.type AND r.target_key = gone.key
  JOIN dependency_entities e ON e.organization_id = $1 AND e.type = r.source_type AND e.key = r.source_key
  CROSS JOIN unnest(r.via) AS place
  WHERE r.kind <> 'matches' AND (e.type, e.key) NOT IN (SELECT * FROM unnest($4::text[], $5::text[]))
  GROUP BY e.type, e.id, e.name ORDER BY e.type, e.name LIMIT $6`;

/** The whole graph as of one moment, with its revision. */
export const GRAPH = `
  SELECT revision,
    (SELECT coalesce(json_agg(json_build_array(type, key, id, name) ORDER BY type, name, key), '[]')
     FROM dependency_entities WHERE organization_id = $1) AS entities,
    (SELECT coalesce(json_agg(json_build_array(source_type, source_key, kind, target_type, target_key, via)
       ORDER BY source_type, source_key, target_type, target_key, kind), '[]')
     FROM dependency_references WHERE organization_id = $1) AS "references"
  FROM dependency_graphs WHERE organization_id = $1`;

/** What is different since the revision $2, as of one moment. Nothing where that is too long ago, or more than $3 entities. */
export const CHANGES = `
  WITH changed AS MATERIALIZED (
    SELECT DISTINCT type, key FROM dependency_changes WHERE organization_id = $1 AND revision > $2
  )
  SELECT revision,
    (SELECT coalesce(json_agg(json_build_array(type, key)), '[]') FROM changed) AS changed,
    (SELECT coalesce(json_agg(json_build_array(e.type, e.key, e.id, e.name)), '[]')
     FROM changed c CROSS JOIN LATERAL (
       SELECT type, key, id, name FROM dependency_entities e
       WHERE organization_id = $1 AND e.type = c.type AND e.key = c.key OFFSET 0
     ) AS e) AS entities,
    (SELECT coalesce(json_agg(json_build_array(source_type, source_key, kind, target_type, target_key, via)
       ORDER BY source_type, source_key, target_type, target_key, kind), '[]')
     FROM changed c CROSS JOIN LATERAL (
       SELECT * FROM dependency_references
       WHERE organization_id = $1 AND source_type = c.type AND source_key = c.key OFFSET 0
     ) AS r) AS "references"
  FROM dependency_graphs
  WHERE organization_id = $1 AND $2 BETWEEN changes_since AND revision AND (SELECT count(*) FROM changed) <= $3`;
