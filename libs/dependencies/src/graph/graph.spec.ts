import type { ReferenceKind } from '#platform/dependencies';
import { DependencyGraph } from './dependency-graph';
import { impactOf } from './impact';
import { pathsTo, referenceOf, relatedTo } from './reach';
import { subgraph, wholeGraph } from './subgraph';

type Line = [source: string, kind: ReferenceKind, target: string];

const split = (key: string): [string, string] => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];

/** A graph of entities whose ids are their names; topics are paths. */
function graphOf(lines: Line[], others: string[] = []): DependencyGraph {
  const sources = [...new Set([...lines.map(([source]) => source), ...others])];
  const entities = sources.map((key) => [...split(key), split(key)[1], split(key)[1]] as const);
  const references = lines.map(
    ([source, kind, target]) => [...split(source), kind, ...split(target), [`${kind} ${target}`]] as const,
  );
  return new DependencyGraph({ revision: 1, entities, references }, (type) => type === 'topic');
}

const related = (graph: DependencyGraph, root: string, direction: 'dependents' | 'dependencies', depth = 20) =>
  relatedTo([graph.nodes.get(root)!], direction, depth).map(({ node, distance }) => `${distance} ${node.key}`);

describe('a graph', () => {
  it('has nodes for paths and filters that others name, and what these select', () => {
    const graph = graphOf([
      ['pipeline:a', 'uses', 'topic:plant/x/y'],
      ['pipeline:b', 'matches', 'topic:plant/+/y'],
      ['pipeline:c', 'matches', 'topic:plant/x/y'],
      ['pipeline:d', 'matches', 'topic:other/#'],
    ]);
    const { nodes, edges, unresolved } = wholeGraph(graph);
    expect(nodes.map(({ key, pattern }) => [key, pattern])).toEqual([
      ['pipeline:a', false],
      ['pipeline:b', false],
      ['pipeline:c', false],
      ['pipeline:d', false],
      ['topic:other/#', true],
      ['topic:plant/+/y', true],
      ['topic:plant/x/y', false],
    ]);
    expect(edges.map(({ source, kind, target }) => `${source.key} ${kind} ${target.key}`).sort()).toEqual([
      'pipeline:a uses topic:plant/x/y',
      'pipeline:b matches topic:plant/+/y',
      'pipeline:c matches topic:plant/x/y',
      'pipeline:d matches topic:other/#',
      'topic:plant/+/y matches topic:plant/x/y',
    ]);
    expect(unresolved).toEqual([]);
  });

  it('has no edges to ids that do not exist', () => {
    const { nodes, edges, unresolved } = wholeGraph(graphOf([['pipeline:a', 'uses', 'model:gone']]));
    expect([nodes.length, edges.length]).toEqual([1, 0]);
    expect(unresolved).toMatchObject([{ source: { key: 'pipeline:a' }, target: { key: 'model:gone' } }]);
  });

  it('joins a thousand filters with ten thousand topics at once', () => {
    const lines = [
      ...Array.from({ length: 10_000 }, (_, n): Line => ['pipeline:a', 'uses', `topic:plant/${n % 1_000}/tag/${n}`]),
      ...Array.from({ length: 1_000 }, (_, n): Line => ['pipeline:b', 'matches', `topic:plant/${n}/+/#`]),
    ];
    const graph = graphOf(lines);
    expect(graph.truncated).toBe(false);
    expect(graph.size).toBe(11_002 + 11_000 + 10_000);
  });

  it('leaves out selections where there are too many, and says so', () => {
    const lines = [
      ...Array.from({ length: 5_000 }, (_, n): Line => ['pipeline:a', 'uses', `topic:a/b/c/d/e/${n}`]),
      ...Array.from({ length: 64 }, (_, n): Line => {
        const levels = ['a', 'b', 'c', 'd', 'e'].map((level, bit) => ((n >> bit) & 1 ? '+' : level));
        return ['pipeline:b', 'matches', `topic:${levels.join('/')}/${n < 32 ? '#' : '+'}`];
      }),
    ];
    expect(graphOf(lines).truncated).toBe(true);
  });

  it('tells what selects a path that nobody names', () => {
    const graph = graphOf([['dashboard:a', 'matches', 'topic:plant/#']]);
    const lone = graph.lone('topic', 'plant/x');
    expect(relatedTo([lone], 'dependents', 20).map(({ node }) => node.key)).toEqual(['dashboard:a']);
    const { nodes, edges } = subgraph(graph, [lone], 'both', 20);
    expect([nodes.length, edges.length]).toEqual([3, 2]);
    expect(wholeGraph(graph).nodes).toHaveLength(2);
  });
});

describe('what is related', () => {
  const CIRCLE: Line[] = [
    ['pipeline:a', 'uses', 'pipeline:b'],
    ['pipeline:b', 'uses', 'pipeline:c'],
    ['pipeline:c', 'uses', 'pipeline:a'],
    ['pipeline:c', 'uses', 'model:m'],
  ];

  it('is told once in circles, by the shortest distance', () => {
    const graph = graphOf(CIRCLE, ['model:m']);
    expect(related(graph, 'model:m', 'dependents')).toEqual(['1 pipeline:c', '2 pipeline:b', '3 pipeline:a']);
    expect(related(graph, 'pipeline:a', 'dependencies')).toEqual(['1 pipeline:b', '2 pipeline:c', '3 model:m']);
    expect(related(graph, 'pipeline:a', 'dependencies', 1)).toEqual(['1 pipeline:b']);
  });

  it('is no further for a filter on the way', () => {
    const graph = graphOf([
      ['pipeline:a', 'matches', 'topic:plant/#'],
      ['pipeline:b', 'uses', 'topic:plant/x'],
      ['pipeline:c', 'uses', 'pipeline:a'],
    ]);
    expect(related(graph, 'topic:plant/x', 'dependents')).toEqual(['1 pipeline:a', '1 pipeline:b', '2 pipeline:c']);
    expect(related(graph, 'pipeline:a', 'dependencies', 1)).toEqual(['1 topic:plant/x']);
  });

  it('names the reference that leads there, the strongest where there are several', () => {
    const graph = graphOf([
      ['pipeline:a', 'matches', 'topic:plant/x'],
      ['pipeline:a', 'uses', 'topic:plant/x'],
      ['pipeline:b', 'matches', 'topic:plant/+'],
    ]);
    const kinds = (root: string, direction: 'dependents' | 'dependencies') =>
      relatedTo([graph.nodes.get(root)!], direction, 20).map((reached) => referenceOf(reached, direction).via);
    expect(kinds('topic:plant/x', 'dependents')).toEqual([['uses topic:plant/x'], ['matches topic:plant/+']]);
    expect(kinds('pipeline:b', 'dependencies')).toEqual([['matches topic:plant/+']]);
  });

  it('is come to by shortest ways, all of them up to a number', () => {
    const lines = ['b', 'c', 'd', 'e'].flatMap((name): Line[] => [
      ['pipeline:a', 'uses', `pipeline:${name}`],
      [`pipeline:${name}`, 'uses', 'model:m'],
    ]);
    const graph = graphOf(
      [...lines, ['pipeline:a', 'uses', 'pipeline:f'], ['pipeline:f', 'uses', 'pipeline:b']],
      ['model:m'],
    );
    const a = relatedTo([graph.nodes.get('model:m')!], 'dependents', 20).find(({ node }) => node.key === 'pipeline:a')!;
    expect(pathsTo(a, 3)).toEqual(['b', 'c', 'd'].map((name) => ['model:m', `pipeline:${name}`, 'pipeline:a']));
    expect(pathsTo(a, 9)).toHaveLength(4);
  });

  it('keeps to what lies around a root', () => {
    const graph = graphOf(
      [...CIRCLE, ['pipeline:x', 'uses', 'model:m'], ['pipeline:x', 'uses', 'model:n']],
      ['model:m', 'model:n'],
    );
    const keys = (...seen: Parameters<typeof subgraph>) => subgraph(...seen).nodes.map(({ key }) => key);
    const m = graph.nodes.get('model:m')!;
    expect(keys(graph, [m], 'both', 1)).toEqual(['model:m', 'pipeline:c', 'pipeline:x']);
    expect(keys(graph, [m], 'dependencies', 20)).toEqual(['model:m']);
    expect(subgraph(graph, [m], 'dependents', 20).edges).toHaveLength(5);
  });
});

describe('the impact', () => {
  const graph = graphOf(
    [
      ['function:f', 'part', 'connection:c'],
      ['pipeline:a', 'uses', 'function:f'],
      ['pipeline:b', 'uses', 'pipeline:a'],
      ['pipeline:a', 'uses', 'topic:out'],
      ['dashboard:d', 'uses', 'topic:out'],
      ['dashboard:e', 'uses', 'topic:out/a'],
      ['pipeline:s', 'matches', 'topic:#'],
    ],
    ['connection:c'],
  );
  const impact = (key: string, action: 'delete' | 'disable' | 'change', ...below: string[]) => {
    const entities = [key, ...below].map((node) => graph.nodes.get(node)!);
    return impactOf(entities, action).map(({ node, effect }) => `${effect} ${node.key}`);
  };

  it('of a deletion are those that use it or a part of it, and what depends on them', () => {
    expect(impact('connection:c', 'delete')).toEqual(['breaks pipeline:a', 'affected pipeline:b']);
    expect(impact('connection:c', 'disable')).toEqual(['breaks pipeline:a', 'affected pipeline:b']);
    expect(impact('function:f', 'delete')).toEqual(['breaks pipeline:a', 'affected pipeline:b']);
  });

  it('does not break who selects it by a filter', () => {
    expect(impact('topic:out', 'delete')).toEqual([
      'breaks dashboard:d',
      'breaks pipeline:a',
      'affected pipeline:s',
      'affected pipeline:b',
    ]);
  });

  it('is also that of what lies below it', () => {
    expect(impact('topic:out', 'delete', 'topic:out/a')).toEqual([
      'breaks dashboard:d',
      'breaks dashboard:e',
      'breaks pipeline:a',
      'affected pipeline:s',
      'affected pipeline:b',
    ]);
  });

  it('of a change breaks nothing', () => {
    expect(impact('connection:c', 'change')).toEqual([
      'affected function:f',
      'affected pipeline:a',
      'affected pipeline:b',
    ]);
  });
});
