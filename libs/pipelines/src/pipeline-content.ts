import { newId } from '#kernel';
import type { EdgeInput, NodeInput } from './dto/node.dto';
import type { PipelineChange, PipelineInput } from './dto/pipeline.dto';
import type { PipelineEdge } from './graph';
import type { DefinedNode, PipelineDefinition, PipelineSettings } from './pipeline-definition';

/** A definition's JSON, in bytes: as much as a body may hold. */
export const LARGEST_DEFINITION = 2 * 1024 * 1024;

export const sizeProblem = (definition: PipelineDefinition): string | undefined =>
  Buffer.byteLength(JSON.stringify(definition)) > LARGEST_DEFINITION ? 'A pipeline must be at most 2 MiB' : undefined;

/** What organizations decide for their new pipelines. */
export type OrganizationDefaults = Pick<PipelineSettings, 'historyDetail' | 'timeoutSeconds'>;

/** Of a new pipeline, and of a replaced one that says nothing else. */
export const defaultSettings = ({ historyDetail, timeoutSeconds }: OrganizationDefaults): PipelineSettings => ({
  executionMode: 'parallel',
  priority: 'normal',
  historyDetail,
  overlap: 'parallel',
  timeoutSeconds,
  retry: { attempts: 1, delayMs: 1_000, backoff: 'fixed' },
  onError: 'stop',
  maxConcurrent: null,
  retentionDays: null,
});

export function newDefinition(input: PipelineInput, defaults: OrganizationDefaults): PipelineDefinition {
  const blank = { name: input.name, description: null, labels: {}, ...defaultSettings(defaults), nodes: [], edges: [] };
  return changedDefinition(blank, input);
}

/** The definition with everything that the change names. */
export function changedDefinition(before: PipelineDefinition, change: PipelineChange): PipelineDefinition {
  const { nodes, edges, ...own } = plain(change);
  // A pipeline has it beside its definition.
  delete own.enabled;
  return {
    ...before,
    ...own,
    ...(nodes && { nodes: nodes.map(toNode) }),
    ...(edges && { edges: edges.map(toEdge) }),
  };
}

export function toNode(input: NodeInput): DefinedNode {
  const { id = newId(), name, type, parameters = {}, settings = {}, position = { x: 0, y: 0 } } = plain(input);
  return { id, name, type, parameters, settings, position, disabled: input.disabled ?? false };
}

export function toEdge(input: EdgeInput): PipelineEdge {
  const { id = newId(), source, sourcePort = 'out', target, targetPort = 'in' } = input;
  return { id, source, sourcePort, target, targetPort };
}

/** Input classes as plain objects: what is undefined in them is no member of a document. */
export const plain = <T extends object>(input: T): T => JSON.parse(JSON.stringify(input)) as T;
