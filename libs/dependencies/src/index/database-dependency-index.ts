import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import {
  DependencyIndex,
  keyText,
  type Contribution,
  type Dependent,
  type EntityKey,
  type Guarded,
} from '#platform/dependencies';
import type { EntityManager } from 'typeorm';
import { Contributors } from './contributors';
import { busiestFirst, rowsOf } from './index-rows';

/** Told of one refusal. */
const MOST_DEPENDENTS = 100;

/** The graph of each organization, in tables. An organization's is computed when it is first asked for or changed. */
@Injectable()
export class DatabaseDependencyIndex extends DependencyIndex {
  /** Organizations of which this process knows that their graph is kept. */
  private readonly kept = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly contributors: Contributors,
  ) {
    super();
  }

  keep(organizationId: string, contributions: readonly Contribution[]): Promise<void> {
    return this.changing(organizationId, (manager) => write(manager, organizationId, contributions));
  }

  remove(organizationId: string, entities: readonly EntityKey[]): Promise<void> {
    return this.changing(organizationId, (manager) =>
      manager.query(REMOVE, [organizationId, entities.map(({ type }) => type), entities.map(({ key }) => key)]),
    );
  }

  /** Work that tells the index much. */
  gathering<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    return this.database.inOrganization(organizationId, work);
  }

  async dependents(organizationId: string, { type, key, branch = false }: Guarded): Promise<Dependent[]> {
    const found = await this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureKept(manager, organizationId);
      // Whoever is about to refer to it waits for the end of this transaction: see LOCK_TARGETS.
      await manager.query(LOCK, [organizationId, type, key]);
      return manager.query<(Omit<Dependent, 'weight'> & { key: string })[]>(DEPENDENTS, [
        organizationId,
        type,
        key,
        branch,
        MOST_DEPENDENTS,
      ]);
    });
    if (found.length === 0) return [];
    const weights = await this.contributors.weights(organizationId, found);
    const dependents = found.map(({ key, ...dependent }): Dependent => {
      const weight = weights.get(keyText({ type: dependent.type, key }));
      return { ...dependent, ...(weight && { weight }) };
    });
    return dependents.sort(busiestFirst);
  }

  /** How often the organization's graph has changed; by that, whoever remembers it knows whether it is still the same. */
  async revision(organizationId: string): Promise<string> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureKept(manager, organizationId);
      const [row] = await manager.query<[{ revision: string }]>(
        'SELECT revision FROM dependency_graphs WHERE organization_id = $1',
        [organizationId],
      );
      return row.revision;
    });
  }

  private changing(organizationId: string, change: (manager: EntityManager) => Promise<unknown>): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureKept(manager, organizationId);
      await change(manager);
      await manager.query(COUNT_UP, [organizationId]);
    });
  }

  private async ensureKept(manager: EntityManager, organizationId: string): Promise<void> {
    if (this.kept.has(organizationId)) return;
    const [first] = await manager.query<unknown[]>(BEGIN, [organizationId]);
    // Not remembered before the next time: this transaction may yet be rolled back.
    if (first) await write(manager, organizationId, await this.contributors.all(organizationId));
    else this.kept.add(organizationId);
  }
}

async function write(manager: EntityManager, organizationId: string, contributions: readonly Contribution[]) {
  const { entities, references } = rowsOf(contributions);
  await manager.query(KEEP_ENTITIES, [organizationId, ...entities]);
  await manager.query(FORGET_REFERENCES, [organizationId, ...entities.slice(0, 2)]);
  await manager.query(KEEP_REFERENCES, [organizationId, ...references]);
  await manager.query(LOCK_TARGETS, [organizationId, ...references.slice(3, 5)]);
}

/** Waits for another transaction that is computing the same graph. */
const BEGIN = 'INSERT INTO dependency_graphs (organization_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1';

const COUNT_UP = 'UPDATE dependency_graphs SET revision = revision + 1 WHERE organization_id = $1';

const KEEP_ENTITIES = `
  INSERT INTO dependency_entities (organization_id, type, key, id, name)
  SELECT $1, * FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[])
  ON CONFLICT (organization_id, type, key) DO UPDATE SET id = excluded.id, name = excluded.name`;

const FORGET_REFERENCES = `
  DELETE FROM dependency_references r USING unnest($2::text[], $3::text[]) AS t (type, key)
  WHERE r.organization_id = $1 AND r.source_type = t.type AND r.source_key = t.key`;

const KEEP_REFERENCES = `
  INSERT INTO dependency_references
    (organization_id, source_type, source_key, kind, target_type, target_key, via)
  SELECT $1, source_type, source_key, kind, target_type, target_key, ARRAY(SELECT jsonb_array_elements_text(via))
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
    AS t (source_type, source_key, kind, target_type, target_key, via)`;

/** Whoever is about to remove one of them waits, and finds the reference; see LOCK. */
const LOCK_TARGETS = `
  SELECT 1 FROM dependency_entities e
  WHERE organization_id = $1 AND (type, key) IN (SELECT * FROM unnest($2::text[], $3::text[]))
  ORDER BY type, key FOR KEY SHARE`;

const LOCK = 'SELECT 1 FROM dependency_entities WHERE (organization_id, type, key) = ($1, $2, $3) FOR UPDATE';

const REMOVE = `
  DELETE FROM dependency_entities e USING unnest($2::text[], $3::text[]) AS t (type, key)
  WHERE e.organization_id = $1 AND e.type = t.type AND e.key = t.key`;

const DEPENDENTS = `
  WITH gone AS (
    SELECT $2::text AS type, $3::text AS key
    UNION
    SELECT source_type, source_key FROM dependency_references
    WHERE organization_id = $1 AND target_type = $2 AND target_key = $3 AND kind = 'part'
  ), named AS (
    SELECT r.source_type, r.source_key, r.via FROM dependency_references r JOIN gone
      ON r.target_type = gone.type AND r.target_key = gone.key
    WHERE r.organization_id = $1 AND r.kind = 'uses'
    UNION ALL
    SELECT source_type, source_key, via FROM dependency_references
    WHERE $4 AND organization_id = $1 AND target_type = $2 AND kind = 'uses'
      -- '0' is the character after '/'.
      AND target_key > $3 || '/' AND target_key < $3 || '0'
  )
  SELECT e.type, e.key, e.id, e.name, (array_agg(DISTINCT place))[:10] AS via
  FROM named CROSS JOIN unnest(named.via) AS place
  JOIN dependency_entities e ON e.organization_id = $1 AND e.type = source_type AND e.key = source_key
  WHERE (e.type, e.key) NOT IN (SELECT * FROM gone)
    AND NOT ($4 AND e.type = $2 AND e.key > $3 || '/' AND e.key < $3 || '0')
  GROUP BY e.type, e.key, e.id, e.name ORDER BY e.type, e.name, e.key LIMIT $5`;
