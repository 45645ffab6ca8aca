import type { GraphEdge, GraphNode } from '../api/graph-types';
import type { Part } from './connected-parts';
import { byType } from './entity-types';
import { NODE_HEIGHT, NODE_WIDTH, type Place, type Places } from './places';

const STEP_X = NODE_WIDTH + 28;
const STEP_Y = NODE_HEIGHT + 20;
/** Between the blocks of two types. */
const GAP_BLOCKS = 120;
/** After so many rounds hardly anything moves any more. */
const ROUNDS = 6;

/**
 * Many nodes: a block of columns for each type, from left to right as the legend has them. In a block stands side by side
 * what refers to the same, or is referred to by the same.
 */
export function blockPlaces({ nodes, edges }: Part, aspect: number): Places {
  const rows = Math.max(1, Math.ceil(Math.sqrt((nodes.length * STEP_X) / STEP_Y / aspect)));
  const types = [...new Set(nodes.map(({ type }) => type))].sort(byType);
  const blocks = types.map((type) => nodes.filter((node) => node.type === type));
  const neighbours = neighboursOf(edges);
  /** How far down each stands in its block, 0 to 1. */
  const heights = new Map<string, number>();
  for (const block of blocks) rank(block, heights);
  for (let round = 0; round < ROUNDS; round++) {
    for (const block of blocks) {
      const wished = new Map(block.map(({ key }) => [key, mean(neighbours.get(key), heights) ?? heights.get(key)!]));
      block.sort((a, b) => wished.get(a.key)! - wished.get(b.key)!);
      rank(block, heights);
    }
  }
  return placesOf(blocks, rows);
}

/** Row by row, so that what was sorted stands at the height that it was sorted by. */
function placesOf(blocks: readonly GraphNode[][], rows: number): Places {
  const places = new Map<string, Place>();
  let left = NODE_WIDTH / 2;
  for (const block of blocks) {
    const columns = Math.ceil(block.length / rows);
    block.forEach(({ key }, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      places.set(key, { x: left + column * STEP_X, y: NODE_HEIGHT / 2 + row * STEP_Y });
    });
    left += columns * STEP_X + GAP_BLOCKS;
  }
  return places;
}

function rank(block: readonly GraphNode[], heights: Map<string, number>): void {
  block.forEach(({ key }, at) => heights.set(key, (at + 0.5) / block.length));
}

function neighboursOf(edges: readonly GraphEdge[]): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    const known = neighbours.get(from);
    if (known) known.push(to);
    else neighbours.set(from, [to]);
  };
  for (const { source, target } of edges) {
    add(source, target);
    add(target, source);
  }
  return neighbours;
}

const mean = (keys: readonly string[] | undefined, heights: ReadonlyMap<string, number>): number | undefined =>
  keys && keys.reduce((sum, key) => sum + heights.get(key)!, 0) / keys.length;
