import type { Graph } from '../api/graph-types';
import { useHub } from '../app/context';
import { Empty, Failure, Loading } from '../ui/states';
import { useLoad } from '../ui/use-load';
import { EntityList } from './entity-list';
import { search } from './words';

interface FoundEntitiesProps {
  asked: string;
  /** All of it, where that is there already. */
  graph: Graph | undefined;
  hrefOf: (key: string) => string;
  onOpen: (key: string) => void;
}

/** What a search finds in the whole organization, whatever is drawn. */
export function FoundEntities({ asked, graph, hrefOf, onOpen }: FoundEntitiesProps) {
  const { client } = useHub();
  const { data, error, reload } = useLoad(
    async (signal) => graph ?? client.get<Graph>('/dependencies/graph', undefined, signal),
    [graph?.revision],
  );
  if (error !== undefined && !data) return <Failure error={error} onRetry={reload} />;
  if (!data) return <Loading what="entities" />;
  const found = search(data.nodes, asked);
  if (found.length === 0) {
    return (
      <Empty title={`Nothing is called “${asked}”`}>
        <p class="soft">Names, paths and types are searched.</p>
      </Empty>
    );
  }
  const follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest('a[href]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(new URL((link as HTMLAnchorElement).href).searchParams.get('root')!);
  };
  return (
    <div class="box" onClick={follow}>
      <EntityList nodes={found} edges={data.edges} hrefOf={hrefOf} />
    </div>
  );
}
