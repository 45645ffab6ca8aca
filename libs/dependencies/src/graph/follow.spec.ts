import { keyText, type ReferenceKind } from '#platform/dependencies';
import * as fc from 'fast-check';
import type { EntityRow, GraphRows, ReferenceRow } from '../index/index-rows';
import { DependencyGraph } from './dependency-graph';
import { GraphJson } from './graph-json';
import { GraphTexts } from './graph-texts';
import { relatedTo } from './reach';
import { wholeGraph } from './subgraph';

type Key = readonly [type: string, key: string];
type Reference = readonly [kind: ReferenceKind, type: string, key: string];
interface Change {
  entity: Key;
  /** Undefined where it goes. */
  now?: { name: string; references: readonly Reference[] } | undefined;
}

const PATHS = ['a', 'a/b', 'a/c', 'b/b', 'b'];
const FILTERS = ['#', 'a/#', '+/b', 'a/+'];

const entity: fc.Arbitrary<Key> = fc.oneof(
  fc.tuple(fc.constantFrom('model', 'pipeline', 'connection'), fc.constantFrom('1', '2', '3')),
  fc.tuple(fc.constant('topic'), fc.constantFrom(...PATHS)),
);

const reference: fc.Arbitrary<Reference> = fc.oneof(
  entity.map(([type, key]): Reference => ['uses', type, key]),
  entity.map(([type, key]): Reference => ['part', type, key]),
  fc.constantFrom(...FILTERS, ...PATHS).map((filter): Reference => ['matches', 'topic', filter]),
);

const change: fc.Arbitrary<Change> = fc.record({
  entity,
  now: fc.option(
    fc.record({
      name: fc.constantFrom('A', 'B', 'C'),
      references: fc.uniqueArray(reference, { maxLength: 5, selector: (one) => one.join() }),
    }),
    { nil: undefined },
  ),
});

/** An organization's configuration, as the index would keep it. */
class Configuration {
  private readonly entities = new Map<string, { row: EntityRow; references: ReferenceRow[] }>();

  put({ entity: [type, key], now }: Change): void {
    const text = keyText({ type, key });
    if (!now) this.entities.delete(text);
    else {
      const references = now.references.map(([kind, to, target]): ReferenceRow => [
        type,
        key,
        kind,
        to,
        target,
        [`${kind} in ${now.name}`],
      ]);
      this.entities.set(text, { row: [type, key, key, now.name], references });
    }
  }

  /** @param only of these entities */
  rows(revision: number, only?: readonly Key[]): GraphRows {
    const keys = only ? new Set(only.map(([type, key]) => keyText({ type, key }))) : undefined;
    const found = [...this.entities].filter(([text]) => keys?.has(text) ?? true).map(([, one]) => one);
    return {
      revision,
      entities: found.map(({ row }) => row),
      references: found.flatMap(({ references }) => references),
    };
  }
}

interface Answer {
  data: { revision: number };
}

const isPath = (type: string): boolean => type === 'topic';

/** All that it tells, in the order in which it tells it. */
function told(graph: DependencyGraph, json = new GraphJson()): object {
  const related = [...graph.nodes.values()].map(({ key }) => {
    const node = graph.nodes.get(key)!;
    return [key, ...(['dependents', 'dependencies'] as const).map((way) => relatedTo([node], way, 20).map(nameOf))];
  });
  const { data } = JSON.parse(json.write(wholeGraph(graph), new Map()).toString()) as { data: object };
  const lone = relatedTo([graph.lone('topic', 'c/b')], 'dependents', 20).map(nameOf);
  return { data, lone, size: graph.size, related: related.sort() };
}

const nameOf = ({ node, distance }: ReturnType<typeof relatedTo>[number]): string => `${distance} ${node.key}`;

describe('a graph that follows changes', () => {
  it('is the one that would be read anew', () => {
    const lives = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lives, (life) => {
        const configuration = new Configuration();
        const graph = new DependencyGraph(configuration.rows(1), isPath);
        const json = new GraphJson();
        for (const [n, changes] of life.entries()) {
          for (const each of changes) configuration.put(each);
          const changed = [...new Map(changes.map((each) => [each.entity.join(), each.entity])).values()];
          graph.follow({ ...configuration.rows(n + 2, changed), changed });
          expect(told(graph, json)).toEqual(told(new DependencyGraph(configuration.rows(n + 2), isPath)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not go back to what was before', () => {
    const configuration = new Configuration();
    configuration.put({ entity: ['model', '1'], now: { name: 'A', references: [] } });
    const graph = new DependencyGraph(configuration.rows(5), isPath);
    for (const revision of [4, 5]) graph.follow({ revision, changed: [['model', '1']], entities: [], references: [] });
    expect([graph.revision, graph.nodes.size]).toEqual([5, 1]);
  });

  it('is told as of its revision, also where nothing is different', () => {
    const texts = new GraphTexts();
    const ids = new Map<string, string>();
    const graph = new DependencyGraph(new Configuration().rows(1), isPath);
    const revisions = [1, 2].map((revision) => {
      graph.follow({ revision, changed: [['model', '1']], entities: [], references: [] });
      return (JSON.parse(texts.of('here', graph, wholeGraph(graph), ids).json().toString()) as Answer).data.revision;
    });
    expect(revisions).toEqual([1, 2]);
  });

  it('remembers what it says of all that has stayed', () => {
    const json = new GraphJson();
    const configuration = new Configuration();
    configuration.put({ entity: ['model', '1'], now: { name: 'A', references: [] } });
    configuration.put({ entity: ['pipeline', '1'], now: { name: 'A', references: [['uses', 'model', '1']] } });
    const graph = new DependencyGraph(configuration.rows(1), isPath);
    const before = json.write(wholeGraph(graph), new Map()).toString();
    configuration.put({ entity: ['model', '1'], now: { name: 'B', references: [] } });
    graph.follow({ ...configuration.rows(2, [['model', '1']]), changed: [['model', '1']] });
    expect(json.write(wholeGraph(graph), new Map()).toString()).toBe(
      before.replace('"revision":1', '"revision":2').replace('"name":"A"', '"name":"B"'),
    );
  });
});
