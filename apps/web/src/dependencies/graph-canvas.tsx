import { useEffect, useRef, useState } from 'preact/hooks';
import type { GraphEdge, GraphNode } from '../api/graph-types';
import { onThemeChange } from '../app/theme';
import { IconButton } from '../ui/button';
import { Failure } from '../ui/states';
import type * as Tools from './drawing';
import { count } from './words';

interface Made {
  drawing: Tools.Drawing;
  tools: typeof Tools;
}

interface GraphCanvasProps {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  root: string;
  /** Those that stand out; all of them where nothing is searched. */
  found: ReadonlySet<string> | undefined;
  onSelect: (key: string) => void;
}

/** The graph as a picture to move and zoom. What it says is also told by the lists beside it, for those who do not see it. */
export function GraphCanvas({ nodes, edges, root, found, onSelect }: GraphCanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const [made, setMade] = useState<Made>();
  const [error, setError] = useState<unknown>();
  const current = useRef({ nodes, root, onSelect });
  current.current = { nodes, root, onSelect };

  useEffect(() => {
    let drawing: Tools.Drawing | undefined;
    let gone = false;
    import('./drawing').then((tools) => {
      if (gone) return;
      drawing = tools.createDrawing(container.current!, (key) => current.current.onSelect(key));
      setMade({ drawing, tools });
    }, setError);
    return () => {
      gone = true;
      drawing?.destroy();
    };
  }, []);

  useEffect(() => {
    if (!made) return;
    const { drawing, tools } = made;
    return onThemeChange(() => {
      tools.recolor(
        drawing,
        current.current.nodes.map(({ type }) => type),
      );
      if (document.documentElement.hasAttribute('data-printing')) tools.drawNow(drawing, current.current.root);
    });
  }, [made]);

  useEffect(() => made?.tools.draw(made.drawing, { nodes, edges, root }), [made, nodes, edges, root]);
  useEffect(() => made?.tools.highlight(made.drawing, found), [made, nodes, edges, found]);

  if (error !== undefined) return <Failure error={error} onRetry={() => location.reload()} />;
  const label = `Drawing of ${count(nodes.length, 'entity', 'entities')} and ${count(edges.length, 'reference')}; the lists beside it say the same, entity by entity`;
  return (
    <div class="graph-frame">
      <div class="graph-canvas" ref={container} role="img" aria-label={label} />
      {made && (
        <div class="graph-zoom">
          <IconButton icon="add" label="Nearer" onClick={() => made.tools.zoomBy(made.drawing, 1.3)} />
          <IconButton icon="minus" label="Further" onClick={() => made.tools.zoomBy(made.drawing, 1 / 1.3)} />
          <IconButton icon="expand" label="Show all" onClick={() => made.tools.showAll(made.drawing)} />
        </div>
      )}
    </div>
  );
}
