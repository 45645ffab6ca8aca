import { useMemo } from 'preact/hooks';
import type { Graph } from '../api/graph-types';
import { navigate } from '../app/router';
import { Segmented } from '../ui/segmented';
import { Empty, Loading } from '../ui/states';
import { EntityDetails } from './entity-details';
import { EntityList } from './entity-list';
import { FoundEntities } from './found-entities';
import { GraphCanvas } from './graph-canvas';
import { Legend, LinesLegend } from './legend';
import { UnresolvedList } from './unresolved-list';
import { addressOf, DEPTHS, DIRECTIONS, type Direction, type View } from './view-address';
import { namesOf, search } from './words';

interface GraphViewProps {
  graph: Graph;
  /** Whether it is what the view asks for; another one is on its way otherwise. */
  fresh: boolean;
  view: View;
  /** What is searched. */
  asked: string;
  onOpen: (key: string) => void;
}

/** More than that nobody can make out, and browsers take long for. */
const MOST_DRAWN = 1_500;

const DIRECTION_WORDS: Record<Direction, string> = {
  both: 'Both',
  dependents: 'Dependents',
  dependencies: 'Dependencies',
};

/** The drawing, and beside it the same in words. */
export function GraphView({ graph, fresh, view, asked, onOpen }: GraphViewProps) {
  const { root, hidden } = view;
  const visible = useMemo(() => withoutTypes(graph, hidden, root), [graph, [...hidden].join(), root]);
  const found = useMemo(
    () => (asked === '' ? undefined : new Set(search(visible.nodes, asked).map(({ key }) => key))),
    [visible, asked],
  );
  const change = (next: Partial<View>): void => void navigate(addressOf({ ...view, ...next }));
  const hrefOf = (key: string): string => addressOf({ ...view, root: key });
  const toggle = (type: string): void => {
    const next = new Set(hidden);
    if (!next.delete(type)) next.add(type);
    navigate(addressOf({ ...view, hidden: next }), { replace: true });
  };
  const node = graph.nodes.find(({ key }) => key === root);
  if (root === '' && graph.nodes.length === 0) {
    return (
      <Empty icon="graph" title="Nothing here yet">
        <p class="soft">
          Connections, pipelines, models and dashboards will be drawn here, with what each of them depends on.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div class="graph-bar">
        <Legend nodes={graph.nodes} hidden={hidden} onToggle={toggle} />
        {root !== '' && (
          <div class="graph-choices">
            <Segmented
              label="Direction"
              value={view.direction}
              options={DIRECTIONS.map((value) => ({ value, label: DIRECTION_WORDS[value] }))}
              onChoose={(direction) => change({ direction: direction as Direction })}
            />
            <Segmented
              label="Steps"
              value={String(view.depth)}
              options={DEPTHS.map((depth) => ({ value: String(depth), label: String(depth) }))}
              onChoose={(depth) => change({ depth: Number(depth) })}
            />
          </div>
        )}
      </div>
      <div class="graph-grid">
        <div class="graph-main">
          {visible.nodes.length > MOST_DRAWN ? (
            <div class="graph-frame">
              <Empty icon="graph" title={`${visible.nodes.length.toLocaleString()} entities are too many to draw`}>
                <p class="soft">
                  Choose one from the list or search for it to see what is around it, or leave out types above.
                </p>
              </Empty>
            </div>
          ) : (
            <GraphCanvas nodes={visible.nodes} edges={visible.edges} root={root} found={found} onSelect={onOpen} />
          )}
          <LinesLegend />
          {graph.truncated && <p class="soft">Some topics that filters select are left out: there are too many.</p>}
        </div>
        <aside class="graph-side" aria-label={root === '' || asked !== '' ? 'Entities' : 'Details'}>
          {asked !== '' ? (
            <FoundEntities asked={asked} graph={root === '' ? graph : undefined} hrefOf={hrefOf} onOpen={onOpen} />
          ) : root === '' ? (
            <>
              <UnresolvedList unresolved={graph.unresolved} names={namesOf(graph.nodes)} hrefOf={hrefOf} />
              <div class="box">
                <EntityList nodes={visible.nodes} edges={visible.edges} hrefOf={hrefOf} />
              </div>
            </>
          ) : node && fresh ? (
            <EntityDetails key={root} node={node} graph={graph} view={view} hrefOf={hrefOf} />
          ) : (
            <Loading what="entity" />
          )}
        </aside>
      </div>
    </>
  );
}

/** What is asked about stays, whatever is left out. */
function withoutTypes(
  { nodes, edges }: Graph,
  hidden: ReadonlySet<string>,
  root: string,
): Pick<Graph, 'nodes' | 'edges'> {
  if (hidden.size === 0) return { nodes, edges };
  const left = nodes.filter(({ type, key }) => !hidden.has(type) || key === root);
  const keys = new Set(left.map(({ key }) => key));
  return { nodes: left, edges: edges.filter(({ source, target }) => keys.has(source) && keys.has(target)) };
}
