import type { GraphNode } from '../api/graph-types';
import { Marker } from './entity-link';
import { byType, entityType } from './entity-types';

interface LegendProps {
  nodes: readonly GraphNode[];
  hidden: ReadonlySet<string>;
  onToggle: (type: string) => void;
}

/** The types there are, with how many; each can be left out. */
export function Legend({ nodes, hidden, onToggle }: LegendProps) {
  const types = [...new Set([...nodes.map(({ type }) => type), ...hidden])].sort(byType);
  return (
    <ul class="type-legend" aria-label="Types">
      {types.map((type) => (
        <li key={type}>
          <button type="button" aria-pressed={!hidden.has(type)} onClick={() => onToggle(type)}>
            <Marker type={type} />
            {entityType(type).plural}
            <span class="soft">{nodes.filter((node) => node.type === type).length.toLocaleString()}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What lines and borders mean. */
export const LinesLegend = () => (
  <p class="lines-legend soft">
    <span>
      <Line end="M22 3l6 4-6 4z" /> depends on
    </span>
    <span>
      <Line end="M17 7l5.500-4 5.500 4-5.500 4z" /> is a part of
    </span>
    <span>
      <Line end="M22 3l6 4-6 4z" dashes="4 3" /> by a filter
    </span>
    <span>
      <svg class="marker" viewBox="0 0 24 14" aria-hidden="true">
        <path d="M7 1h10a6 6 0 0 1 0 12H7A6 6 0 0 1 7 1z" stroke-dasharray="3 2" fill="none" />
      </svg>{' '}
      nothing there yet
    </span>
    <span>
      <svg class="marker" viewBox="0 0 24 14" aria-hidden="true">
        <path d="M7 1h10a6 6 0 0 1 0 12H7A6 6 0 0 1 7 1zM8 4h8a3 3 0 0 1 0 6H8a3 3 0 0 1 0-6z" fill="none" />
      </svg>{' '}
      filter
    </span>
  </p>
);

const Line = ({ end, dashes }: { end: string; dashes?: string }) => (
  <svg class="line-sample" viewBox="0 0 30 14" aria-hidden="true">
    <path d="M1 7h21" stroke-dasharray={dashes} />
    <path d={end} fill="currentcolor" />
  </svg>
);
