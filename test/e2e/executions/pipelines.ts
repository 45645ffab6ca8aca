import { newId } from '#kernel';
import type { Answer, ApiClient } from '#testing';

/** A node of a test: its id is its name in lower case, without blanks. */
export interface TestNode {
  name: string;
  type: string;
  parameters?: object;
  settings?: object;
  disabled?: boolean;
}

export const idOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** `A > B`, `A.true > B`, `A > B.in`. */
export function edgeOf(text: string) {
  const [source, target] = text.split('>').map((end) => end.trim().split('.')) as [string[], string[]];
  return {
    id: idOf(text),
    source: idOf(source[0]!),
    sourcePort: source[1] ?? 'out',
    target: idOf(target[0]!),
    targetPort: target[1] ?? 'in',
  };
}

/** The body of a pipeline: nodes in a row where no edges are given. */
export function pipelineOf(nodes: readonly TestNode[], edges?: readonly string[], settings: object = {}) {
  const row = nodes.slice(1).map(({ name }, index) => `${nodes[index]!.name} > ${name}`);
  return {
    name: `Pipeline ${newId()}`,
    historyDetail: 'full',
    ...settings,
    nodes: nodes.map((node) => ({ id: idOf(node.name), parameters: {}, ...node })),
    edges: (edges ?? row).map(edgeOf),
  };
}

export const MANUAL: TestNode = { name: 'Start', type: 'trigger.manual' };

/** In a loop that goes on whatever becomes of its items: a run of it is at work for minutes. */
export const endlessly = (node: TestNode): TestNode[] => [
  MANUAL,
  { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: 'Array(1000).fill(0)', stopOnError: false } },
  node,
  { name: 'End', type: 'flow.endforeach' },
];

/** Makes it, and enables it. */
export async function create(api: ApiClient, pipeline: object): Promise<string> {
  const made = await api.post('/engine/pipelines', pipeline);
  if (made.status !== 201) throw new Error(`the pipeline was answered ${made.status}: ${made.text}`);
  const { id } = made.body.data;
  const enabled = await api.post(`/engine/pipelines/${id}/enable`);
  if (enabled.status !== 200) throw new Error(`enabling was answered ${enabled.status}: ${enabled.text}`);
  return id as string;
}

/** Runs it and gives the finished execution. A busy machine may take its time. */
export async function run(api: ApiClient, id: string, payload?: unknown) {
  const answer: Answer = await api.post(
    `/engine/pipelines/${id}/execute?wait=60`,
    payload === undefined ? {} : { payload },
  );
  if (answer.status !== 200) throw new Error(`the run was answered ${answer.status}: ${answer.text}`);
  return answer.body.data;
}
