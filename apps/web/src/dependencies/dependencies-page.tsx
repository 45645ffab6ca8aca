import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { wordsFor } from '../api/api-error';
import type { Graph } from '../api/graph-types';
import { useHub } from '../app/context';
import { navigate, useAddress, useTitle } from '../app/router';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icons';
import { Empty, Failure, Loading } from '../ui/states';
import { useLoad, useRested } from '../ui/use-load';
import { CopyMenu } from './copy-menu';
import { Marker } from './entity-link';
import { GraphView } from './graph-view';
import { addressOf, viewOf, type View } from './view-address';
import { count, namesOf, titleOf } from './words';

/** `/dependencies?root=…`: who refers to whom, all of it or around one entity. */
export function DependenciesPage() {
  const { can } = useHub();
  const view = viewOf(useAddress().searchParams);
  if (can('dependencies:read')) return <Dependencies view={view} />;
  return (
    <Empty icon="graph" title="You may not look at dependencies here">
      <p class="soft">Ask an administrator of the organization for the right to read them.</p>
    </Empty>
  );
}

function Dependencies({ view }: { view: View }) {
  const { client } = useHub();
  const { root, direction, depth } = view;
  const [search, setSearch] = useState('');
  const asked = useRested(search.trim());
  const query = root === '' ? undefined : { root, direction, depth };
  const { data, error, reload } = useLoad(
    (signal) => client.get<Graph>('/dependencies/graph', query, signal),
    [root, direction, depth],
  );
  // What was drawn stays until the next is there.
  const last = useRef<Graph>(undefined);
  if (data) last.current = data;
  const graph = last.current;
  const name = useMemo(
    () => (root === '' ? 'Dependencies' : titleOf(root, namesOf(graph?.nodes ?? []))),
    [root, graph],
  );
  useTitle(name);

  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(root);
  useEffect(() => {
    // Whoever hears the page is told that it is about something else; the link that led here is gone.
    if (before.current !== root) title.current?.focus();
    before.current = root;
  }, [root]);

  const open = (key: string): void => {
    setSearch('');
    navigate(addressOf({ ...view, root: key }));
  };
  return (
    <div class="page dependencies">
      <header class="page-head">
        <div class="page-title">
          {root !== '' && (
            <nav class="crumbs" aria-label="Breadcrumb">
              <a href="/dependencies">All dependencies</a>
            </nav>
          )}
          <h1 ref={title} tabIndex={-1}>
            {root !== '' && <Marker type={root.slice(0, root.indexOf(':'))} />}
            {name}
          </h1>
          {graph && root === '' && graph.nodes.length > 0 && (
            <p class="soft">
              {count(graph.nodes.length, 'entity', 'entities')}, {count(graph.edges.length, 'reference')}
            </p>
          )}
        </div>
        <div class="tools">
          <label class="search">
            <Icon name="search" />
            <input
              type="search"
              aria-label="Search entities"
              placeholder="Search by name or type"
              value={search}
              onInput={(event) => setSearch((event.target as HTMLInputElement).value)}
            />
          </label>
          <CopyMenu query={query} />
          <IconButton icon="refresh" label="Refresh" onClick={reload} />
        </div>
      </header>
      {error !== undefined && data && (
        <p class="problem" role="alert">
          {wordsFor(error)}
        </p>
      )}
      {error !== undefined && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : graph ? (
        <GraphView graph={graph} fresh={data !== undefined} view={view} asked={asked} onOpen={open} />
      ) : (
        <Loading what="dependencies" />
      )}
    </div>
  );
}
