import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Graph, GraphEntity, GraphNode } from '../api/graph-types';
import { entityType, placeOf } from './entity-types';
import { ImpactSection } from './impact-section';
import { RelatedSection } from './related-section';
import { UnresolvedList } from './unresolved-list';
import type { View } from './view-address';
import { namesOf } from './words';

interface EntityDetailsProps {
  node: GraphNode;
  graph: Graph;
  view: View;
  hrefOf: (key: string) => string;
}

/** What there is to know of one entity: the drawing in words, and what it would mean to change it. */
export function EntityDetails({ node, graph, view, hrefOf }: EntityDetailsProps) {
  const [told, setTold] = useState(new Map<string, string>());
  const onLoaded = useCallback(
    (entities: readonly GraphEntity[]) => setTold((before) => new Map([...before, ...namesOf(entities)])),
    [],
  );
  const names = useMemo(() => new Map([...told, ...namesOf(graph.nodes)]), [told, graph]);
  const place = placeOf(node);
  const unresolved = graph.unresolved.filter(({ source }) => source === node.key);
  const common = { entity: node.key, names, hrefOf, onLoaded };
  return (
    <>
      <div class="box entity-head">
        <p>{aboutOf(node)}</p>
        {place && <a href={place.href}>{place.label}</a>}
        {node.id !== null && (
          <p class="soft">
            <code>{node.id}</code>
          </p>
        )}
      </div>
      <UnresolvedList unresolved={unresolved} names={names} hrefOf={hrefOf} />
      {node.exists && !node.pattern && <ImpactSection {...common} type={node.type} />}
      <RelatedSection {...common} direction="dependents" depth={view.depth} />
      <RelatedSection {...common} direction="dependencies" depth={view.depth} />
    </>
  );
}

function aboutOf({ type, exists, pattern }: GraphNode): string {
  if (pattern) return 'A filter: whatever it selects may come and go.';
  return exists ? entityType(type).name : 'A path that others name. There is nothing there yet.';
}
