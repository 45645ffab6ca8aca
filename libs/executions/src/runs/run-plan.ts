import {
  compileParameters,
  findLoops,
  PipelineGraph,
  type CompiledParameters,
  type DefinedNode,
  type Loop,
  type NodeType,
  type NodeTypeRegistry,
  type PipelineDefinition,
  type PipelineEdge,
  type RetryRule,
} from '#pipelines';

/** A node with everything that its calls need, made once for a version of its pipeline. */
export interface PlannedNode {
  node: DefinedNode;
  type: NodeType;
  parameters: CompiledParameters;
  /** Names of the nodes whose outputs it may ask for; nothing where it may ask for any. */
  mentions: ReadonlySet<string> | undefined;
  incoming: readonly PipelineEdge[];
  outgoing: readonly PipelineEdge[];
  timeoutMs: number;
  retry: RetryRule;
  retryOnTimeout: boolean;
  continues: boolean;
  /** The loop that begins here. */
  loop: PlannedLoop | undefined;
}

export interface PlannedLoop {
  endId: string;
  stopOnError: boolean;
  /** What runs for each item: the end of the loop is among them. */
  scope: PlannedScope;
}

/** Nodes that run together: those of a pipeline outside of its loops, or those of one loop without those of inner ones. */
export interface PlannedScope {
  nodes: ReadonlyMap<string, PlannedNode>;
  /** Edges that lead into each node from within the scope, by which it is known when it may begin. */
  waitsFor: ReadonlyMap<string, number>;
}

export interface RunPlan {
  definition: PipelineDefinition;
  top: PlannedScope;
  nodes: ReadonlyMap<string, PlannedNode>;
  /** Those that start runs and are not disabled. */
  triggers: readonly PlannedNode[];
  /** A model may say of values in it that they are not to be written down. */
  mayHoldSecrets: boolean;
  /** Something in it is not pure. */
  keepsResults: boolean;
}

const SECOND = 1_000;
/** Of one try, where nothing is said. */
export const NODE_TIMEOUT_SECONDS = 60;

/** @throws Error for a type that is not there any more, ParameterError for what cannot be read. */
export function planRun(definition: PipelineDefinition, types: NodeTypeRegistry): RunPlan {
  const graph = new PipelineGraph(definition.nodes, definition.edges);
  const { loops } = findLoops(graph, types.shapeOf);
  const nodes = new Map(definition.nodes.map((node) => [node.id, planNode(node, definition, graph, types)]));
  const inner = new Map(definition.nodes.map(({ id }) => [id, innermost(id, loops)]));
  for (const loop of loops) {
    const members = definition.nodes.filter(({ id }) => inner.get(id) === loop);
    const stopOnError = nodes.get(loop.beginId)!.node.parameters['stopOnError'] !== false;
    nodes.get(loop.beginId)!.loop = {
      endId: loop.endId,
      stopOnError,
      scope: scopeOf(members, nodes, [loop.beginId], loops),
    };
  }
  const outside = definition.nodes.filter(({ id }) => inner.get(id) === undefined);
  const triggers = [...nodes.values()].filter(({ node, type }) => type.definition.trigger && !node.disabled);
  const mayHoldSecrets = definition.nodes.some(({ type }) => type === 'model.validate');
  const keepsResults = [...nodes.values()].some(({ type }) => !type.definition.pure);
  return { definition, nodes, triggers, mayHoldSecrets, keepsResults, top: scopeOf(outside, nodes, [], loops) };
}

function planNode(
  node: DefinedNode,
  definition: PipelineDefinition,
  graph: PipelineGraph<DefinedNode>,
  types: NodeTypeRegistry,
): PlannedNode {
  const type = types.find(node.type);
  if (!type) throw new Error(`Node type ${node.type} is not known here`);
  const parameters = compileParameters(type.definition, node.parameters);
  const { timeoutSeconds, retryOnFail, retryOnTimeout, onError } = node.settings;
  return {
    node,
    type,
    parameters,
    mentions: mentionsOf(type, parameters),
    incoming: graph.incoming(node.id),
    outgoing: graph.outgoing(node.id),
    timeoutMs: (timeoutSeconds ?? NODE_TIMEOUT_SECONDS) * SECOND,
    retry: retryOnFail ?? definition.retry,
    retryOnTimeout: retryOnTimeout ?? true,
    continues: (onError ?? definition.onError) === 'continue',
    loop: undefined,
  };
}

function mentionsOf({ definition }: NodeType, { expressions }: CompiledParameters): Set<string> | undefined {
  const defers = Object.values(definition.parameters.properties).some((schema) => schema['x-deferred'] === true);
  if (defers || expressions.some(({ anyNode }) => anyNode)) return undefined;
  return new Set(expressions.flatMap(({ nodes }) => nodes.map(({ name }) => name)));
}

/** Of the loops that a node runs in, the one that is in all others. */
function innermost(id: string, loops: readonly Loop[]): Loop | undefined {
  const around = loops.filter(({ body, endId }) => body.has(id) || endId === id);
  return around.sort((a, b) => a.body.size - b.body.size)[0];
}

function scopeOf(
  members: readonly DefinedNode[],
  nodes: ReadonlyMap<string, PlannedNode>,
  entries: readonly string[],
  loops: readonly Loop[],
): PlannedScope {
  const own = new Set([...members.map(({ id }) => id), ...entries]);
  // The end of a loop speaks for it outside: what it leads to waits for the whole loop.
  for (const { beginId, endId } of loops) if (own.has(beginId) && !entries.includes(beginId)) own.add(endId);
  const waitsFor = new Map(
    members.map(({ id }) => [id, nodes.get(id)!.incoming.filter(({ source }) => own.has(source)).length]),
  );
  return { nodes: new Map(members.map(({ id }) => [id, nodes.get(id)!])), waitsFor };
}
