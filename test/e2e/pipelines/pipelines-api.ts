import type { ApiClient } from '#testing';

/** Something to work with: a trigger, a condition on what it gives, and a node that names the condition's. */
export const SOUND = {
  nodes: [
    { id: 'start', name: 'Start', type: 'trigger.manual', parameters: { outputData: { value: 5 } } },
    { id: 'check', name: 'Check', type: 'flow.condition', parameters: { conditions: ['$node["Start"].value > 3'] } },
    {
      id: 'set',
      name: 'Set',
      type: 'transform.set',
      parameters: { fields: [{ name: 'text', value: 'It is {{ $node["Start"].value }}' }] },
    },
  ],
  edges: [
    { id: 'a', source: 'start', target: 'check' },
    { id: 'b', source: 'check', sourcePort: 'true', target: 'set' },
  ],
};

let count = 0;

export const newName = (): string => `Pipeline ${++count}`;

/** A new pipeline as it was answered. */
export async function newPipeline(api: ApiClient, content: object = SOUND) {
  const answer = await api.post('/engine/pipelines', { name: newName(), ...content });
  if (answer.status !== 201) throw new Error(`a new pipeline was answered ${answer.status}: ${answer.text}`);
  return answer.body.data;
}

export const webhook = (path: string, parameters: object = {}) => ({
  nodes: [{ id: 'hook', name: 'Hook', type: 'trigger.webhook', parameters: { path, ...parameters } }],
});
