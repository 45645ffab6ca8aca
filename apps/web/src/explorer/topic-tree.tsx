import { useEffect, useState } from 'preact/hooks';
import type { TreeNode } from '../api/types';
import { useHub } from '../app/context';
import { Button } from '../ui/button';
import { Icon } from '../ui/icons';
import { Empty, Failure } from '../ui/states';

interface TopicTreeProps {
  selected: string;
  onSelect: (topic: string) => void;
}

const PAGE = 200;

/** The namespace, a level at a time as it is opened. */
export function TopicTree({ selected, onSelect }: TopicTreeProps) {
  return (
    <div class="tree" onKeyDown={moveByArrows}>
      <Branch prefix="" depth={0} selected={selected} onSelect={onSelect} />
    </div>
  );
}

interface BranchProps extends TopicTreeProps {
  /** Nothing for the roots. */
  prefix: string;
  depth: number;
}

interface Level {
  nodes: TreeNode[];
  cursor?: string | null;
  error?: unknown;
  loading: boolean;
}

function Branch({ prefix, depth, selected, onSelect }: BranchProps) {
  const { client } = useHub();
  const [level, setLevel] = useState<Level>({ nodes: [], loading: true });
  const read = (cursor?: string): void => {
    setLevel((before) => ({ ...before, loading: true, error: undefined }));
    client.read<TreeNode[]>('/uns/topics/tree', { prefix, limit: PAGE, cursor }).then(
      ({ data, meta }) =>
        setLevel((before) => ({
          nodes: cursor === undefined ? data : [...before.nodes, ...data],
          cursor: meta.nextCursor,
          loading: false,
        })),
      (error: unknown) => setLevel((before) => ({ ...before, error, loading: false })),
    );
  };
  useEffect(read, [prefix]);

  if (level.error !== undefined) return <Failure error={level.error} onRetry={() => read()} />;
  if (!level.loading && level.nodes.length === 0) {
    return depth === 0 ? (
      <Empty icon="tree" title="No topics yet">
        <p class="soft">The first value that is published makes its topic.</p>
      </Empty>
    ) : null;
  }
  return (
    <ul>
      {level.nodes.map((node) => (
        <Node key={node.id} node={node} depth={depth} selected={selected} onSelect={onSelect} />
      ))}
      {level.loading && <li class="tree-loading soft">Loading…</li>}
      {level.cursor && !level.loading && (
        <li>
          <Button kind="quiet" onClick={() => read(level.cursor!)}>
            Show more
          </Button>
        </li>
      )}
    </ul>
  );
}

function Node({ node, depth, selected, onSelect }: TopicTreeProps & { node: TreeNode; depth: number }) {
  const holdsSelected = selected.startsWith(`${node.topic}/`);
  const [open, setOpen] = useState(holdsSelected);
  useEffect(() => {
    if (holdsSelected) setOpen(true);
  }, [holdsSelected]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowRight' && node.children > 0) setOpen(true);
    if (event.key === 'ArrowLeft') setOpen(false);
  };
  return (
    <li>
      <div class="tree-row" style={{ '--depth': depth }}>
        {node.children > 0 ? (
          <button
            type="button"
            class="tree-toggle"
            tabIndex={-1}
            aria-expanded={open}
            aria-label={`Below ${node.name}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" />
          </button>
        ) : (
          <span class="tree-toggle" />
        )}
        <button
          type="button"
          class="tree-name"
          aria-current={node.topic === selected}
          aria-expanded={node.children > 0 ? open : undefined}
          title={node.description ?? node.topic}
          onKeyDown={onKeyDown}
          onClick={() => {
            onSelect(node.topic);
            setOpen(true);
          }}
        >
          {depth === 0 ? topName(node) : node.name}
        </button>
        {node.children > 0 && <span class="tree-count soft">{node.children}</span>}
      </div>
      {open && node.children > 0 && (
        <Branch prefix={node.topic} depth={depth + 1} selected={selected} onSelect={onSelect} />
      )}
    </li>
  );
}

/** Who is confined to branches sees them at the top: the levels above tell which they are. */
const topName = ({ topic }: TreeNode): string => topic.split('/').slice(1).join(' / ');

/** Up and down among the names that are shown. */
function moveByArrows(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const names = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('.tree-name')];
  const at = names.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  names[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
