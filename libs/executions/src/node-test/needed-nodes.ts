import {
  compileParameters,
  findLoops,
  PipelineGraph,
  type DefinedNode,
  type JsonObject,
  type Loop,
  type NodeTypeRegistry,
  type PipelineDefinition,
  type PipelineEdge,
} from '#pipelines';

/** A part of a pipeline in which a test runs. */
export interface TestedPart {
  definition: PipelineDefinition;
  trigger: DefinedNode;
  /** Nodes whose outputs were given, by their ids. */
  given: ReadonlyMap<string, JsonObject[string]>;
}

/** Nothing is ever emitted there: such an edge only says what comes first. */
const ORDER_ALONE = '(order)';

/** In the place of a node whose output is given; never run. */
const STAND_IN = { type: 'code.javascript', parameters: { code: 'null' } };

/**
 * The tested node with what it needs: all that leads to it or is named in its expressions, as far as its output is not
 * given. Of the loops it is in, what lies before it; its first item is enough. A node that nothing leads to is given what
 * the trigger gives.
 */
export function testedPart(
  definition: PipelineDefinition,
  nodeId: string,
  upstream: JsonObject,
  types: NodeTypeRegistry,
): TestedPart {
  const graph = new PipelineGraph(definition.nodes, definition.edges);
  const { loops } = findLoops(graph, types.shapeOf);
  const trigger = triggerOf(graph, nodeId, types);
  const given = givenBefore(graph, nodeId, upstream);
  const walk = new Walk(graph, loops, types, given, trigger);
  walk.need(nodeId);
  for (const { endId } of walk.around(nodeId)) walk.keep(endId);
  const all = definition.nodes.includes(trigger) ? definition.nodes : [trigger, ...definition.nodes];
  const nodes = all.filter(({ id }) => walk.needed.has(id)).map((node) => once(walk.standIn(node)));
  const part = { ...definition, nodes, edges: [...walk.edges(definition.edges), ...loopEnds(walk, nodeId)] };
  return { definition: { ...part, retry: { ...definition.retry, attempts: 1 } }, trigger, given };
}

/** What was asked for is a look at what happens, not endurance. */
function once(node: DefinedNode): DefinedNode {
  const settings = { ...node.settings };
  delete settings.retryOnFail;
  return { ...node, settings };
}

/** In a pipeline that has none yet. */
const NO_TRIGGER: DefinedNode = {
  id: '(trigger)',
  name: '(trigger)',
  type: 'trigger.manual',
  parameters: {},
  settings: {},
  position: { x: 0, y: 0 },
  disabled: false,
};

/** The trigger that a run would begin with, among those that lead to the node, or else of all. */
function triggerOf(graph: PipelineGraph<DefinedNode>, nodeId: string, types: NodeTypeRegistry) {
  const before = graph.leadingTo(nodeId).add(nodeId);
  const triggers = graph.nodes.filter(({ type, disabled }) => !disabled && types.find(type)?.definition.trigger);
  const leading = triggers.filter(({ id }) => before.has(id));
  return leading.find(({ type }) => type === 'trigger.manual') ?? leading[0] ?? triggers[0] ?? NO_TRIGGER;
}

function givenBefore(graph: PipelineGraph<DefinedNode>, nodeId: string, upstream: JsonObject) {
  const before = graph.leadingTo(nodeId);
  const nodes = graph.nodes.filter(({ id, name }) => before.has(id) && Object.hasOwn(upstream, name));
  return new Map(nodes.map(({ id, name }) => [id, upstream[name]!]));
}

/** The ways out of the loops that the node is in: without them there would be no loops. */
function loopEnds(walk: Walk, nodeId: string): PipelineEdge[] {
  const ends = walk.around(nodeId).map(({ endId }) => endId);
  return ends.map((end, index) => edge(ends[index - 1] ?? nodeId, end, ORDER_ALONE));
}

const edge = (source: string, target: string, sourcePort = 'out'): PipelineEdge => ({
  id: `${source}>${target}`,
  source,
  sourcePort,
  target,
  targetPort: 'in',
});

/** Goes back from the tested node to what it needs. */
class Walk {
  readonly needed = new Set<string>();
  private readonly added: PipelineEdge[] = [];

  constructor(
    private readonly graph: PipelineGraph<DefinedNode>,
    private readonly loops: readonly Loop[],
    private readonly types: NodeTypeRegistry,
    private readonly given: ReadonlyMap<string, unknown>,
    private readonly trigger: DefinedNode,
  ) {
    this.needed.add(trigger.id);
  }

  need(id: string): void {
    if (this.needed.has(id)) return;
    this.needed.add(id);
    const [loop] = this.around(id);
    if (loop) this.need(loop.beginId);
    if (this.given.has(id)) {
      this.added.push(edge(loop?.beginId ?? this.trigger.id, id));
      if (this.isLoop(id, 'begin')) this.keep(this.loops.find(({ beginId }) => beginId === id)!.endId);
      return;
    }
    const sources = this.graph.incoming(id).map(({ source }) => source);
    for (const source of sources) if (!this.isOtherTrigger(source)) this.need(source);
    if (sources.every((source) => this.isOtherTrigger(source))) this.added.push(edge(this.trigger.id, id));
    for (const mentioned of this.mentionedBy(id)) {
      this.need(mentioned);
      if (!this.loops.some(({ body }) => body.has(mentioned) && !body.has(id))) {
        this.added.push(edge(mentioned, id, ORDER_ALONE));
      }
    }
  }

  /** The node is there, without what leads to it. */
  keep(id: string): void {
    this.needed.add(id);
  }

  /** Loops that the node is in, the innermost first. */
  around(id: string): Loop[] {
    return this.loops.filter(({ body }) => body.has(id)).sort((a, b) => a.body.size - b.body.size);
  }

  /** Of what is given, the beginning of a loop alone stays what it is: its items are run. */
  standIn(node: DefinedNode): DefinedNode {
    return this.given.has(node.id) && !this.isLoop(node.id, 'begin') ? { ...node, ...STAND_IN } : node;
  }

  edges(all: readonly PipelineEdge[]): PipelineEdge[] {
    const among = all.filter(({ source, target }) => this.needed.has(source) && this.needed.has(target));
    return [...among, ...this.added];
  }

  private mentionedBy(id: string): string[] {
    const { type, parameters } = this.graph.byId.get(id)!;
    const definition = this.types.find(type)?.definition;
    if (!definition) return [];
    const before = this.graph.leadingTo(id);
    const { expressions } = compileParameters(definition, parameters);
    const anyNode = expressions.some((expression) => expression.anyNode);
    const names = new Set(expressions.flatMap(({ nodes }) => nodes.map(({ name }) => name)));
    const named = this.graph.nodes.filter((node) => before.has(node.id) && (anyNode || names.has(node.name)));
    return named.map((node) => node.id).filter((mentioned) => !this.isOtherTrigger(mentioned));
  }

  private isLoop(id: string, kind: 'begin' | 'end'): boolean {
    return this.definitionOf(id)?.loop === kind;
  }

  private isOtherTrigger(id: string): boolean {
    return id !== this.trigger.id && this.definitionOf(id)?.trigger === true;
  }

  private definitionOf(id: string) {
    const node = this.graph.byId.get(id) ?? this.trigger;
    return this.types.find(node.type)?.definition;
  }
}
