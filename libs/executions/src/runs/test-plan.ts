import type { DiscoveryService } from '@nestjs/core';
import { NodeTypeRegistry, type DefinedNode, type NodeDefinition, type PipelineDefinition } from '#pipelines';
import { planRun, type RunPlan } from './run-plan';

/** Types of nodes that do nothing by themselves, by the first word of the id of a node: `each-2` begins a loop. */
const KINDS: Record<string, Partial<NodeDefinition>> = {
  start: { type: 'test.start', trigger: true, inputs: [] },
  if: { type: 'test.if', outputs: ['true', 'false'] },
  each: { type: 'test.each', loop: 'begin' },
  end: { type: 'test.end', loop: 'end' },
  effect: { type: 'test.effect', pure: false },
};
const WORK: NodeDefinition = {
  type: 'test.work',
  category: 'code',
  title: 'Work',
  description: '',
  documentation: '',
  inputs: ['in'],
  outputs: ['out'],
  parameters: {
    type: 'object',
    properties: { stopOnError: { type: 'boolean' }, value: {} },
    additionalProperties: false,
  },
  example: { parameters: {} },
  pure: true,
};

const definitions = [WORK, ...Object.values(KINDS).map((kind): NodeDefinition => ({ ...WORK, ...kind }))];

const registry = new NodeTypeRegistry({
  getProviders: () => definitions.map((definition) => ({ instance: { definition } })),
} as unknown as DiscoveryService);
registry.onModuleInit();

const typeOf = (id: string): string => KINDS[id.split('-')[0]!]?.type ?? WORK.type;

/** A plan of ways such as `start > if`, `if.true > a`; nodes are made as they are named, and may differ by `changes`. */
export function planOf(ways: readonly string[], changes: Record<string, Partial<DefinedNode>> = {}): RunPlan {
  const edges = ways.map((way) => {
    const [source, target] = way.split(' > ').map((end) => end.split('.')) as [string[], string[]];
    const [from, to] = [source[0]!, target[0]!];
    return { id: way, source: from, sourcePort: source[1] ?? 'out', target: to, targetPort: 'in' };
  });
  const ids = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const nodes = [...ids].map((id): DefinedNode => ({
    id,
    name: id,
    type: typeOf(id),
    parameters: {},
    settings: {},
    position: { x: 0, y: 0 },
    disabled: false,
    ...changes[id],
  }));
  const settings = { retry: { attempts: 1, delayMs: 0, backoff: 'fixed' }, onError: 'stop' };
  return planRun({ name: 'Test', ...settings, nodes, edges } as unknown as PipelineDefinition, registry);
}
