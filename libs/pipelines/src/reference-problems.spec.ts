import { PipelineGraph } from './graph';
import { referenceProblems } from './reference-problems';

const graph = new PipelineGraph(
  ['a', 'b', 'c'].map((id) => ({ id, name: id.toUpperCase(), type: 't', parameters: {}, disabled: false })),
  [
    { id: '1', source: 'a', sourcePort: 'out', target: 'b', targetPort: 'in' },
    { id: '2', source: 'b', sourcePort: 'out', target: 'c', targetPort: 'in' },
  ],
);

describe('a node that is named', () => {
  it.each([
    ['c', 'A', []],
    ['c', 'B', []],
    ['b', 'C', ['C does not run before']],
    ['b', 'B', ['B does not run before']],
    ['a', 'B', ['B does not run before']],
    ['c', 'a', ['No node is named a']],
  ])('in %s: %s', (nodeId, name, messages) => {
    const problems = referenceProblems(graph, [{ nodeId, parameter: 'p', name }]);
    expect(problems.map(({ message }) => message)).toEqual(messages);
  });
});
