/* The pipelines that are measured, as bodies of POST /engine/pipelines. */

interface Node {
  name: string;
  type: string;
  parameters?: object;
}

/** Nodes in a row; a condition leads on by `true`. */
function pipelineOf(name: string, nodes: readonly Node[]): object {
  const idOf = (node: Node): string => node.name.toLowerCase();
  return {
    name,
    historyDetail: 'standard',
    nodes: nodes.map((node) => ({ id: idOf(node), parameters: {}, ...node })),
    edges: nodes.slice(1).map((node, index) => ({
      id: `e${index}`,
      source: idOf(nodes[index]!),
      sourcePort: nodes[index]!.type === 'flow.condition' ? 'true' : 'out',
      target: idOf(node),
      targetPort: 'in',
    })),
  };
}

const HOT: Node = { name: 'Hot', type: 'flow.condition', parameters: { conditions: ['$trigger.payload.value > 30'] } };

const copyOf = (name: string, value: string): Node => ({
  name,
  type: 'transform.set',
  parameters: { fields: [{ name: 'celsius', value, type: 'number' }] },
});

export const WEBHOOK_PATH = 'bench';

export const PIPELINES = {
  /** The aim's own: a webhook, a condition and a node that computes. */
  webhook: pipelineOf('Webhook', [
    { name: 'Start', type: 'trigger.webhook', parameters: { path: WEBHOOK_PATH } },
    HOT,
    copyOf('Set', '{{ $trigger.payload.value }}'),
  ]),
  two: pipelineOf('Two nodes', [
    { name: 'Start', type: 'trigger.manual' },
    HOT,
    copyOf('Set', '{{ $trigger.payload.value }}'),
  ]),
  three: pipelineOf('Three nodes', [
    { name: 'Start', type: 'trigger.manual' },
    copyOf('First', '{{ $trigger.payload.value }}'),
    copyOf('Second', '{{ $input[0].celsius + 1 }}'),
    copyOf('Third', '{{ $input[0].celsius * 2 }}'),
  ]),
  loop: pipelineOf('Loop', [
    { name: 'Start', type: 'trigger.manual' },
    { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: '$trigger.payload.items' } },
    { name: 'Square', type: 'code.javascript', parameters: { code: '$item * $item + $index' } },
    { name: 'End', type: 'flow.endforeach' },
  ]),
} as const;

export type PipelineName = keyof typeof PIPELINES;
