import { DiscoveryService } from '@nestjs/core';
import { newId, type Member } from '#kernel';
import {
  ContributesDependencies,
  IsPortable,
  keyText,
  type Contribution,
  type DependencyContributor,
  type Portable,
} from '#platform/dependencies';
import type { TestApp } from '#testing';

/** Everything that is marked so. */
export const providersOf = (app: TestApp, metadataKey: string): unknown[] => {
  const discovery = app.nest.get(DiscoveryService, { strict: false });
  return [...new Set(discovery.getProviders({ metadataKey }).map(({ instance }): unknown => instance))];
};

export function portableOf(app: TestApp, type: string): Portable {
  const found = (providersOf(app, IsPortable.KEY) as Portable[]).find((portable) => portable.type === type);
  if (!found) throw new Error(`nothing makes ${type} portable`);
  return found;
}

/** Edges as text, by nodes: `function:… -part-> connection:…`. */
export type Graph = Record<string, string[]>;

/** What the graph says of entities of the types. */
export async function keptGraph(app: TestApp, organizationId: string, types: readonly string[]): Promise<Graph> {
  const rows = await app.database.asSystem((manager) =>
    manager.query<{ node: string; edges: string[] }[]>(
      `SELECT e.type || ':' || e.key || ' ' || e.name AS node, array_remove(array_agg(
         r.kind || ' ' || r.target_type || ':' || r.target_key || ' at ' || array_to_string(r.via, ', ')
         ORDER BY r.target_type, r.target_key), NULL) AS edges
       FROM dependency_entities e LEFT JOIN dependency_references r
         ON r.organization_id = e.organization_id AND r.source_type = e.type AND r.source_key = e.key
       WHERE e.organization_id = $1 AND e.type = ANY ($2) GROUP BY e.type, e.key, e.name`,
      [organizationId, types],
    ),
  );
  return Object.fromEntries(rows.map(({ node, edges }) => [node, edges.toSorted()]));
}

/** What it would say if it were computed now. */
export async function computedGraph(app: TestApp, organizationId: string, types: readonly string[]): Promise<Graph> {
  const contributors = providersOf(app, ContributesDependencies.KEY) as DependencyContributor[];
  const asked = contributors.filter((contributor) => contributor.types.some((type) => types.includes(type)));
  const all = (await Promise.all(asked.map((contributor) => contributor.all(organizationId)))).flat();
  return Object.fromEntries(all.map((contribution) => [nodeOf(contribution), edgesOf(contribution)]));
}

const nodeOf = ({ entity }: Contribution): string => `${keyText(entity)} ${entity.name}`;

function edgesOf({ references }: Contribution): string[] {
  const places = new Map<string, string[]>();
  for (const reference of references) {
    const edge = `${reference.kind} ${keyText(reference)}`;
    places.set(edge, [...(places.get(edge) ?? []), reference.via]);
  }
  return [...places].map(([edge, via]) => `${edge} at ${via.join(', ')}`).sort();
}

/** Somebody who may do everything in the organization. */
export const memberOf = (organizationId: string): Member => ({
  userId: newId(),
  email: 'somebody@example.com',
  systemAdmin: true,
  credential: { kind: 'session', id: newId() },
  granted: ['*'],
  organizationId,
  role: 'admin',
  scopes: ['*'],
});
