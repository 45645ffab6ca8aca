import { comparePipelines, summarize } from './pipeline-changes';
import { defaultSettings } from './pipeline-content';
import type { DefinedNode, PipelineDefinition } from './pipeline-definition';

const node = (id: string, change: Partial<DefinedNode> = {}): DefinedNode => ({
  id,
  name: id,
  type: 'transform.set',
  parameters: {},
  settings: {},
  position: { x: 0, y: 0 },
  disabled: false,
  ...change,
});

const pipeline = (change: Partial<PipelineDefinition>): PipelineDefinition => ({
  name: 'Name',
  description: null,
  labels: {},
  ...defaultSettings({ historyDetail: 'standard', timeoutSeconds: 300 }),
  nodes: [],
  edges: [],
  ...change,
});

const edge = { id: 'e', source: 'a', sourcePort: 'out', target: 'b', targetPort: 'in' };

describe('between two versions', () => {
  it.each<[string, Partial<PipelineDefinition>, Partial<PipelineDefinition>]>([
    ['nothing changed', {}, {}],
    ['nothing changed', { nodes: [node('a'), node('b')] }, { nodes: [node('b'), node('a')] }],
    ['1 node added', {}, { nodes: [node('a')] }],
    ['2 nodes added, 1 changed', { nodes: [node('a')] }, { nodes: [node('a', { name: 'x' }), node('b'), node('c')] }],
    ['1 node removed, 1 edge removed', { nodes: [node('a')], edges: [edge] }, {}],
    ['1 edge changed', { edges: [edge] }, { edges: [{ ...edge, target: 'c' }] }],
    ['renamed, description changed', {}, { name: 'Other', description: 'd' }],
    ['priority, retry changed', {}, { retry: { attempts: 2, delayMs: 5, backoff: 'fixed' }, priority: 'low' }],
  ])('%s', (summary, from, to) => {
    expect(summarize(comparePipelines(pipeline(from), pipeline(to)))).toBe(summary);
  });

  it('fields are told by their innermost places', () => {
    const from = node('a', { parameters: { list: [1, { x: 1 }, 3], gone: null, kind: [] } });
    const to = node('a', { parameters: { list: [1, { x: 2 }], come: { y: 1 }, kind: {} } });
    const { nodes } = comparePipelines(pipeline({ nodes: [from] }), pipeline({ nodes: [to] }));
    expect(nodes.changed).toEqual([
      {
        id: 'a',
        name: 'a',
        changes: [
          { field: 'parameters.list[1].x', from: 1, to: 2 },
          { field: 'parameters.list[2]', from: 3 },
          { field: 'parameters.gone', from: null },
          { field: 'parameters.kind', from: [], to: {} },
          { field: 'parameters.come', to: { y: 1 } },
        ],
      },
    ]);
  });
});
