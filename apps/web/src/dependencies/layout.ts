import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from '../api/graph-types';
import { blockPlaces } from './blocks';
import { connectedParts } from './connected-parts';
import { extentOf, NODE_HEIGHT, NODE_WIDTH, type Places } from './places';

const GAP_X = 76;
const GAP_Y = 20;
/** Between what has nothing to do with each other. */
const GAP_PARTS = 56;
/** How much wider than high the whole should be. */
const ASPECT = 1.5;
/** As many as are laid out within half a second, and still fit on a screen beside each other. */
const MOST_IN_RANKS = 150;

/**
 * Where nodes stand, by their middle: those that depend on nothing at the right. What hangs together is laid out by
 * itself, largest first; what hangs together with nothing stands below in rows.
 */
export function layOut(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Places {
  const parts = connectedParts(nodes, edges).map((part) => {
    const ranked = part.nodes.length <= MOST_IN_RANKS;
    const places = ranked ? rankedPlaces(part.nodes, part.edges) : blockPlaces(part.nodes, part.edges, ASPECT);
    return { places, ...extentOf(places) };
  });
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP_PARTS) * (height + GAP_PARTS), 0);
  const widest = Math.max(...parts.map(({ width }) => width), Math.sqrt(area * ASPECT));
  const all = new Map<string, { x: number; y: number }>();
  let [left, top, rowHeight] = [0, 0, 0];
  for (const { places, width, height } of parts) {
    if (left > 0 && left + width > widest) [left, top, rowHeight] = [0, top + rowHeight, 0];
    for (const [key, { x, y }] of places) all.set(key, { x: x + left, y: y + top });
    const gap = places.size > 1 ? GAP_PARTS : GAP_Y;
    left += width + gap;
    rowHeight = Math.max(rowHeight, height + gap);
  }
  return all;
}

function rankedPlaces(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Places {
  const graph = new Graph();
  // Of the ways to find ranks the one that is fast enough; with the best, a hundred nodes take seconds.
  graph.setGraph({ rankdir: 'LR', nodesep: GAP_Y, ranksep: GAP_X, ranker: 'tight-tree' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of nodes) graph.setNode(key, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { source, target } of edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  return new Map(
    nodes.map(({ key }) => {
      const { x, y } = graph.node(key) as { x: number; y: number };
      return [key, { x, y }];
    }),
  );
}
