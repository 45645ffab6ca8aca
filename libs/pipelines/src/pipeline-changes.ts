import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '#kernel';
import type { PipelineEdge } from './graph';
import type { DefinedNode, PipelineDefinition } from './pipeline-definition';

/** One field with what it was and what it is; a side that is left out had none. */
export interface FieldDifference {
  /** `parameters.conditions[0]` */
  field: string;
  from?: JsonValue;
  to?: JsonValue;
}

interface Named {
  id: string;
  name: string;
}

interface PartChanges<T, C extends { id: string }> {
  added: T[];
  removed: T[];
  changed: (C & { changes: FieldDifference[] })[];
}

/** Between two versions. Nodes and edges are the same by their ids. */
export interface PipelineChanges {
  /** Everything beside nodes and edges. */
  settings: FieldDifference[];
  nodes: PartChanges<Named & { type: string }, Named>;
  edges: PartChanges<PipelineEdge, { id: string }>;
}

export function comparePipelines(from: PipelineDefinition, to: PipelineDefinition): PipelineChanges {
  const { nodes: fromNodes, edges: fromEdges, ...before } = from;
  const { nodes: toNodes, edges: toEdges, ...after } = to;
  const nodes = compareParts(fromNodes, toNodes);
  const edges = compareParts(fromEdges, toEdges);
  return {
    settings: [...differences(before as never, after as never)],
    nodes: {
      added: nodes.added.map(toNamed),
      removed: nodes.removed.map(toNamed),
      changed: nodes.changed.map(({ part: { id, name }, changes }) => ({ id, name, changes })),
    },
    edges: {
      added: edges.added,
      removed: edges.removed,
      changed: edges.changed.map(({ part: { id }, changes }) => ({ id, changes })),
    },
  };
}

const toNamed = ({ id, name, type }: DefinedNode) => ({ id, name, type });

function compareParts<T extends { id: string }>(from: readonly T[], to: readonly T[]) {
  const before = new Map(from.map((part) => [part.id, part]));
  const after = new Set(to.map(({ id }) => id));
  return {
    added: to.filter(({ id }) => !before.has(id)),
    removed: from.filter(({ id }) => !after.has(id)),
    changed: to.flatMap((part) => {
      const old = before.get(part.id);
      const changes = old ? [...differences(old, part)] : [];
      return changes.length > 0 ? [{ part, changes }] : [];
    }),
  };
}

/** The innermost fields that differ. */
function* differences(from: JsonValue | undefined, to: JsonValue | undefined, field = ''): Generator<FieldDifference> {
  if (isDeepStrictEqual(from, to)) return;
  if (Array.isArray(from) && Array.isArray(to)) {
    const longer = from.length > to.length ? from : to;
    for (const index of longer.keys()) yield* differences(from[index], to[index], `${field}[${index}]`);
  } else if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      yield* differences(from[key], to[key], field ? `${field}.${key}` : key);
    }
  } else {
    yield { field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
}

const isObject = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `2 nodes added, 1 changed, 1 edge removed, renamed`. */
export function summarize({ settings, nodes, edges }: PipelineChanges): string {
  const fields = new Set(settings.map(({ field }) => field.split(/[.[]/)[0]!));
  const renamed = fields.delete('name');
  const described = fields.delete('description');
  const parts = [
    ...counted(nodes, 'node'),
    ...counted(edges, 'edge'),
    ...(renamed ? ['renamed'] : []),
    ...(described ? ['description changed'] : []),
    ...(fields.size > 0 ? [`${[...fields].sort().join(', ')} changed`] : []),
  ];
  return parts.join(', ') || 'nothing changed';
}

function counted({ added, removed, changed }: Record<'added' | 'removed' | 'changed', unknown[]>, noun: string) {
  const counts = [
    [added.length, 'added'],
    [removed.length, 'removed'],
    [changed.length, 'changed'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, verb], index) => {
      if (index > 0) return `${count} ${verb}`;
      return `${count} ${noun}${count === 1 ? '' : 's'} ${verb}`;
    });
}
