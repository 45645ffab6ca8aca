import type { GraphEdge, GraphNode } from '../api/graph-types';
import { EntityLink } from './entity-link';
import { byType, entityType } from './entity-types';
import { MoreList } from './more-list';

interface EntityListProps {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  hrefOf: (key: string) => string;
}

/** Entities by their types, each with how many depend on it and on how many it depends. */
export function EntityList({ nodes, edges, hrefOf }: EntityListProps) {
  const dependents = tally(edges.map(({ target }) => target));
  const dependencies = tally(edges.map(({ source }) => source));
  const types = [...new Set(nodes.map(({ type }) => type))].sort(byType);
  return (
    <>
      {types.map((type) => (
        <section key={type} class="entities" aria-label={entityType(type).plural}>
          <h3>{entityType(type).plural}</h3>
          <MoreList items={nodes.filter((node) => node.type === type)}>
            {(node) => (
              <li key={node.key}>
                <EntityLink type={type} name={node.name} href={hrefOf(node.key)}>
                  <span class="soft entity-count">
                    {words(node, dependents.get(node.key) ?? 0, dependencies.get(node.key) ?? 0)}
                  </span>
                </EntityLink>
              </li>
            )}
          </MoreList>
        </section>
      ))}
    </>
  );
}

function words({ exists, pattern }: GraphNode, dependents: number, dependencies: number): string {
  const parts = [
    ...(pattern ? ['filter'] : exists ? [] : ['nothing there yet']),
    ...(dependents > 0 ? [`needed by ${dependents.toLocaleString()}`] : []),
    ...(dependencies > 0 ? [`needs ${dependencies.toLocaleString()}`] : []),
  ];
  return parts.join(', ') || 'alone';
}

function tally(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
