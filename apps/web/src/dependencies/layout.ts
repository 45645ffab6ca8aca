import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from '../api/graph-types';
import { blockPlaces } from './blocks';
import { connectedParts, type Part } from './connected-parts';
import { extentOf, lineKey, NODE_HEIGHT, NODE_WIDTH, type Bends, type Place, type Places } from './places';

const GAP_X = 52;
const GAP_Y = 20;
/** Between what has nothing to do with each other. */
const GAP_PARTS = 56;
/** How much wider than high the whole should be. */
const ASPECT = 1.5;
/** As many as are laid out within half a second. */
const MOST_IN_RANKS = 150;
/** Fewer are a strip at worst that is soon gone along. */
const FEW = 20;
/** Times the width: what is higher cannot be looked at as a whole. */
const HIGHEST = 3;

export interface Layout {
  places: Places;
  bends: Bends;
}

/** Points of a line to the next rank, which needs no bend to pass what is between. */
const NEXT_RANK = 3;

const NO_BENDS: Bends = new Map();

/**
 * Where nodes stand, by their middle: those that depend on nothing at the right. What hangs together is laid out by
 * itself, largest first; what hangs together with nothing stands below in rows.
 */
export function layOut(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Layout {
  const parts = connectedParts(nodes, edges).map((part) => {
    const layout = rankedLayout(part) ?? { places: blockPlaces(part, ASPECT), bends: NO_BENDS };
    return { ...layout, ...extentOf(layout.places) };
  });
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP_PARTS) * (height + GAP_PARTS), 0);
  const widest = Math.max(...parts.map(({ width }) => width), Math.sqrt(area * ASPECT));
  const places = new Map<string, Place>();
  const bends = new Map<string, readonly Place[]>();
  let [left, top, rowHeight] = [0, 0, 0];
  for (const { width, height, ...part } of parts) {
    if (left > 0 && left + width > widest) [left, top, rowHeight] = [0, top + rowHeight, 0];
    const [right, down] = [left, top];
    const move = ({ x, y }: Place): Place => ({ x: x + right, y: y + down });
    for (const [key, place] of part.places) places.set(key, move(place));
    for (const [key, line] of part.bends) bends.set(key, line.map(move));
    const gap = part.places.size > 1 ? GAP_PARTS : GAP_Y;
    left += width + gap;
    rowHeight = Math.max(rowHeight, height + gap);
  }
  return { places, bends };
}

/** By ranks, from left to right; nothing where they are too many for it, or would be a strip. */
function rankedLayout({ nodes, edges }: Part): Layout | undefined {
  if (nodes.length > MOST_IN_RANKS) return undefined;
  const graph = new Graph();
  // The way to find ranks that takes half a second at most; the best one takes two.
  graph.setGraph({ rankdir: 'LR', nodesep: GAP_Y, ranksep: GAP_X, ranker: 'tight-tree' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of nodes) graph.setNode(key, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { source, target } of edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  const places = new Map(
    nodes.map(({ key }) => {
      const { x, y } = graph.node(key) as Place;
      return [key, { x, y }];
    }),
  );
  const { width, height } = extentOf(places);
  if (nodes.length > FEW && height > HIGHEST * width) return undefined;
  const bends = new Map(
    graph.edges().map(({ v, w }) => {
      const { points } = graph.edge(v, w) as { points: Place[] };
      return [lineKey({ source: v, target: w }), points.length > NEXT_RANK ? points.slice(1, -1) : []];
    }),
  );
  return { places, bends };
}
