import type { GraphEdge, GraphNode } from '../api/graph-types';
import { layOut } from './layout';
import { extentOf, NODE_HEIGHT, NODE_WIDTH, type Places } from './places';

const node = (key: string, type = 'model'): GraphNode => ({
  key,
  type,
  id: key,
  name: key,
  exists: true,
  pattern: false,
});
const edge = (source: string, target: string): GraphEdge => ({ source, target, kind: 'uses', via: [] });

function overlapping(places: Places): string[] {
  const all = [...places];
  return all.flatMap(([key, a], at) =>
    all
      .slice(at + 1)
      .filter(([, b]) => Math.abs(a.x - b.x) < NODE_WIDTH && Math.abs(a.y - b.y) < NODE_HEIGHT)
      .map(([other]) => `${key} ${other}`),
  );
}

describe('places of nodes', () => {
  it('are left of those that they depend on', () => {
    const { places } = layOut(
      ['c', 'a', 'b'].map((key) => node(key)),
      [edge('a', 'b'), edge('b', 'c')],
    );
    expect(['a', 'b', 'c'].map((key) => places.get(key)!.x)).toEqual(
      [...places.values()].map(({ x }) => x).sort((a, b) => a - b),
    );
  });

  it('are there for circles, and for what refers to itself', () => {
    const { places } = layOut(
      ['a', 'b'].map((key) => node(key)),
      [edge('a', 'b'), edge('b', 'a'), edge('a', 'a')],
    );
    expect(overlapping(places)).toEqual([]);
  });

  it('leave room for lines that pass others', () => {
    const keys = ['a', 'b', 'c'];
    const lines = [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')];
    const { places, bends } = layOut(
      keys.map((key) => node(key)),
      lines,
    );
    const passing = bends.get('a c')!.find(({ x }) => Math.abs(x - places.get('b')!.x) < NODE_WIDTH / 2)!;
    expect(Math.abs(passing.y - places.get('b')!.y)).toBeGreaterThan(NODE_HEIGHT / 2);
    expect(bends.get('a b')).toEqual([]);
  });

  it('are rows for what hangs together with nothing', () => {
    const { places } = layOut(
      Array.from({ length: 40 }, (_, n) => node(`n${n}`)),
      [],
    );
    const { width, height } = extentOf(places);
    expect(overlapping(places)).toEqual([]);
    expect(width / height).toBeGreaterThan(0.7);
    expect(width / height).toBeLessThan(3);
  });

  it('are blocks where ranks would be a strip', () => {
    const all = Array.from({ length: 100 }, (_, n) => node(`n${n}`, n === 0 ? 'connection' : 'function'));
    const { width, height } = extentOf(
      layOut(
        all,
        all.slice(1).map(({ key }) => edge(key, 'n0')),
      ).places,
    );
    expect(height).toBeLessThan(2 * width);
  });

  it('are blocks by types where they are more than ranks could be found for soon', () => {
    const types = ['dashboard', 'pipeline', 'connection', 'topic', 'model'];
    const nodes = Array.from({ length: 1_500 }, (_, n) => node(`n${n}`, types[n % 5]));
    const edges = nodes.slice(1).map(({ key }, n) => edge(key, `n${n >> 1}`));
    const { places } = layOut(nodes, edges);
    expect(overlapping(places)).toEqual([]);
    const columns = types.map((type) => nodes.filter((one) => one.type === type).map(({ key }) => places.get(key)!.x));
    columns.slice(1).forEach((xs, n) => expect(Math.min(...xs)).toBeGreaterThan(Math.max(...columns[n]!)));
  });
});
