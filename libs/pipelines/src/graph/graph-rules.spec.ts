import { graphProblems, MOST_NODES } from './graph-rules';
import { findLoops } from './loops';
import { PipelineGraph, type NodeShape, type PipelineEdge, type PipelineNode } from './pipeline-graph';

const SHAPES: Record<string, NodeShape> = {
  trigger: { trigger: true, inputs: [], outputs: () => ['out'] },
  step: { trigger: false, inputs: ['in'], outputs: () => ['out'] },
  condition: { trigger: false, inputs: ['in'], outputs: () => ['true', 'false'] },
  switch: { trigger: false, inputs: ['in'], outputs: ({ cases }) => [...(cases as string[]), 'default'] },
  merge: { trigger: false, inputs: ['in'], outputs: () => ['out'], leastInputs: 2 },
  foreach: { trigger: false, inputs: ['in'], outputs: () => ['out'], loop: 'begin' },
  endforeach: { trigger: false, inputs: ['in'], outputs: () => ['out'], loop: 'end' },
};
const shapeOf = ({ type }: PipelineNode) => SHAPES[type];

/** `T:trigger`, its id being its name. */
const nodes = (text: string, parameters: PipelineNode['parameters'] = {}): PipelineNode[] =>
  text.split(' ').map((part) => {
    const [id, type = 'step'] = part.split(':') as [string, string?];
    return { id, name: id, type, parameters, disabled: false };
  });

/** `A>B`, or from a port `A.true>B`. */
const edges = (text: string): PipelineEdge[] =>
  text.split(' ').map((part) => {
    const [from, target] = part.split('>') as [string, string];
    const [source, sourcePort = 'out'] = from.split('.') as [string, string?];
    return { id: part, source, sourcePort, target, targetPort: 'in' };
  });

const found = (nodeText: string, edgeText: string, parameters?: PipelineNode['parameters']) =>
  graphProblems(nodes(nodeText, parameters), edgeText ? edges(edgeText) : [], shapeOf).map(
    ({ nodeId, edgeId, message }) => `${nodeId ?? edgeId ?? ''}: ${message}`,
  );

describe('graphProblems', () => {
  it.each([
    ['a chain', 'T:trigger A B', 'T>A A>B'],
    ['a diamond', 'T:trigger C:condition A B M:merge', 'T>C C.true>A C.false>B A>M B>M'],
    ['two triggers', 'T:trigger U:trigger A', 'T>A U>A'],
    ['a trigger alone', 'T:trigger', ''],
    ['a loop', 'T:trigger F:foreach A E:endforeach B', 'T>F F>A A>E E>B'],
    ['an empty loop', 'T:trigger F:foreach E:endforeach', 'T>F F>E'],
    ['a loop with a side branch', 'T:trigger F:foreach A B E:endforeach', 'T>F F>A F>B A>E'],
    ['a loop in a loop', 'T:trigger F:foreach G:foreach A D:endforeach E:endforeach', 'T>F F>G G>A A>D D>E'],
    ['loops one after another', 'T:trigger F:foreach D:endforeach G:foreach E:endforeach', 'T>F F>D D>G G>E'],
  ])('finds nothing wrong with %s', (_, nodeText, edgeText) => {
    expect(found(nodeText, edgeText)).toEqual([]);
  });

  it('finds nothing wrong with nothing', () => {
    expect(graphProblems([], [], shapeOf)).toEqual([]);
  });

  it.each([
    ['no trigger', 'A B', 'A>B', [': No trigger starts it']],
    ['a node that nothing leads to', 'T:trigger A B', 'T>A', ['B: No trigger leads to it']],
    ['a name twice', 'T:trigger A A', 'T>A', ['A: Node id A is used twice', 'A: Name A is given to two nodes']],
    ['an unknown type', 'T:trigger A:magic', 'T>A', ['A: Node type magic is not known']],
    ['an edge from nowhere', 'T:trigger A', 'T>A X>A', ['X>A: Its source X is no node']],
    ['an edge to nowhere', 'T:trigger', 'T>X', ['T>X: Its target X is no node']],
    ['an edge to itself', 'T:trigger A', 'T>A A>A', ['A>A: It leads back to its own node']],
    ['an edge twice', 'T:trigger A', 'T>A T>A', ['T>A: Edge id T>A is used twice']],
    ['an unknown port', 'T:trigger C:condition A', 'T>C C.maybe>A', ['C.maybe>A: C has no output maybe']],
    ['an edge into a trigger', 'T:trigger A', 'T>A A>T', ['A>T: T starts runs; nothing leads into it']],
    ['a cycle', 'T:trigger A B C', 'T>A A>B B>A B>C', ['A: It is part of a cycle', 'B: It is part of a cycle']],
    ['a merge of one', 'T:trigger M:merge', 'T>M', ['M: At least 2 edges have to lead into it']],
    [
      'a loop without end',
      'T:trigger F:foreach A',
      'T>F F>A',
      ['F: The loop has no end: no way leads to an end of it'],
    ],
    ['an end without loop', 'T:trigger E:endforeach', 'T>E', ['E: It ends no loop']],
    [
      'a loop with two ends',
      'T:trigger F:foreach D:endforeach E:endforeach',
      'T>F F>D F>E',
      ['F: The loop has more than one end', 'D: It ends no loop', 'E: It ends no loop'],
    ],
    [
      'a way into a loop',
      'T:trigger X F:foreach A E:endforeach',
      'T>F T>X F>A A>E X>A',
      ['X>A: It leads into a loop from outside; use $node to read what ran before the loop'],
    ],
    [
      'one end for two loops',
      'T:trigger F:foreach G:foreach E:endforeach',
      'T>F F>G G>E',
      ['F: The loop has no end: no way leads to an end of it'],
    ],
  ])('finds %s', (_, nodeText, edgeText, problems) => {
    expect(found(nodeText, edgeText)).toEqual(problems);
  });

  it('knows ports that depend on parameters', () => {
    const cases = { cases: ['hot', 'cold'] };
    expect(found('T:trigger S:switch A', 'T>S S.hot>A S.default>A', cases)).toEqual([]);
    expect(found('T:trigger S:switch A', 'T>S S.warm>A', cases)).toEqual(['S.warm>A: S has no output warm']);
  });

  it('is bounded', () => {
    const many = Array.from({ length: MOST_NODES + 1 }, (_, index) => `N${index}`).join(' ');
    expect(found(many, '')).toEqual([': A pipeline has at most 1000 nodes']);
  });

  it('takes a chain of the most nodes', () => {
    const names = Array.from({ length: MOST_NODES }, (_, index) => (index === 0 ? 'N0:trigger' : `N${index}`));
    const chain = Array.from({ length: MOST_NODES - 1 }, (_, index) => `N${index}>N${index + 1}`);
    expect(found(names.join(' '), chain.join(' '))).toEqual([]);
  });
});

describe('findLoops', () => {
  it('knows what runs for every item', () => {
    const graph = new PipelineGraph(
      nodes('T:trigger F:foreach A G:foreach B D:endforeach C E:endforeach Z'),
      edges('T>F F>A A>G G>B B>D D>C C>E E>Z'),
    );
    const loops = findLoops(graph, shapeOf).loops.map(({ beginId, endId, body }) => [
      beginId,
      endId,
      [...body].toSorted(),
    ]);
    expect(loops).toEqual([
      ['G', 'D', ['B']],
      ['F', 'E', ['A', 'B', 'C', 'D', 'G']],
    ]);
  });
});

describe('PipelineGraph', () => {
  const graph = new PipelineGraph(nodes('T:trigger A B C'), edges('T>A T>B A>C B>C'));

  it('orders nodes after those that lead to them', () => {
    expect(graph.inOrder().map(({ id }) => id)).toEqual(['T', 'A', 'B', 'C']);
  });

  it('knows what comes before and after', () => {
    expect([...graph.leadingTo('C')].toSorted()).toEqual(['A', 'B', 'T']);
    expect([...graph.reachedFrom(['A'])]).toEqual(['C']);
  });
});
