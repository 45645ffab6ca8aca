import { findLoops } from './loops';
import {
  PipelineGraph,
  type GraphProblem,
  type NodeShape,
  type PipelineEdge,
  type PipelineNode,
} from './pipeline-graph';

/** A pipeline that large is drawn by programs; more than that is several pipelines. */
export const MOST_NODES = 1_000;
export const MOST_EDGES = 5_000;

/** What a node emits that failed, and says `onError: continue`. */
export const ERROR_PORT = 'error';

export type ShapeOf = (node: PipelineNode) => NodeShape | undefined;

/** Everything that is wrong with how a pipeline is put together. Parameters are looked at elsewhere. */
export function graphProblems(
  nodes: readonly PipelineNode[],
  edges: readonly PipelineEdge[],
  shapeOf: ShapeOf,
): GraphProblem[] {
  const faults = graphFaults(nodes, edges, shapeOf);
  // What leads where can be followed only in a graph that is one.
  if (faults.length > 0) return faults;
  const graph = new PipelineGraph(nodes, edges);
  return [...inputProblems(graph, shapeOf), ...findLoops(graph, shapeOf).problems];
}

/** What is wrong whatever is still to come; everything else may just not be there yet. */
export function graphFaults(
  nodes: readonly PipelineNode[],
  edges: readonly PipelineEdge[],
  shapeOf: ShapeOf,
): GraphProblem[] {
  if (nodes.length > MOST_NODES) return [{ message: `A pipeline has at most ${MOST_NODES} nodes` }];
  if (edges.length > MOST_EDGES) return [{ message: `A pipeline has at most ${MOST_EDGES} edges` }];
  const graph = new PipelineGraph(nodes, edges);
  const broken = [...nodeProblems(nodes, shapeOf), ...edgeProblems(graph, shapeOf)];
  return broken.some(({ edgeId }) => edgeId !== undefined) ? broken : [...broken, ...cycleProblems(graph)];
}

function nodeProblems(nodes: readonly PipelineNode[], shapeOf: ShapeOf): GraphProblem[] {
  const ids = new Set<string>();
  const names = new Map<string, string>();
  return nodes.flatMap((node) => {
    const problems: string[] = [];
    if (ids.has(node.id)) problems.push(`Node id ${node.id} is used twice`);
    if (names.has(node.name)) problems.push(`Name ${node.name} is given to two nodes`);
    if (!shapeOf(node)) problems.push(`Node type ${node.type} is not known`);
    ids.add(node.id);
    names.set(node.name, node.id);
    return problems.map((message) => ({ nodeId: node.id, message }));
  });
}

function edgeProblems(graph: PipelineGraph, shapeOf: ShapeOf): GraphProblem[] {
  const seen = new Set<string>();
  const ids = new Set<string>();
  return graph.edges.flatMap((edge) => {
    const same = JSON.stringify([edge.source, edge.sourcePort, edge.target, edge.targetPort]);
    const problem = ids.has(edge.id)
      ? `Edge id ${edge.id} is used twice`
      : seen.has(same)
        ? 'It is the same as another edge'
        : endProblem(edge, graph, shapeOf);
    seen.add(same);
    ids.add(edge.id);
    return problem === undefined ? [] : [{ edgeId: edge.id, message: problem }];
  });
}

function endProblem(edge: PipelineEdge, graph: PipelineGraph, shapeOf: ShapeOf): string | undefined {
  const source = graph.byId.get(edge.source);
  const target = graph.byId.get(edge.target);
  if (!source) return `Its source ${edge.source} is no node`;
  if (!target) return `Its target ${edge.target} is no node`;
  if (source === target) return 'It leads back to its own node';
  const from = shapeOf(source);
  const into = shapeOf(target);
  if (from && !outputsOf(from, source).includes(edge.sourcePort)) {
    return `${source.name} has no output ${edge.sourcePort}`;
  }
  if (into?.trigger) return `${target.name} starts runs; nothing leads into it`;
  return into && !into.inputs.includes(edge.targetPort) ? `${target.name} has no input ${edge.targetPort}` : undefined;
}

/** Where a node can fail and the pipeline goes on without it, the error goes out by a port of its own. A loop has it at its end. */
function outputsOf({ trigger, loop, outputs }: NodeShape, { parameters }: PipelineNode): readonly string[] {
  return trigger || loop === 'begin' ? outputs(parameters) : [...outputs(parameters), ERROR_PORT];
}

function cycleProblems(graph: PipelineGraph): GraphProblem[] {
  const ordered = new Set(graph.inOrder().map(({ id }) => id));
  // What only hangs behind a cycle is none of it: a node of one is reached from itself.
  const round = graph.nodes.filter(({ id }) => !ordered.has(id) && graph.reachedFrom([id]).has(id));
  return round.map(({ id }) => ({ nodeId: id, message: 'It is part of a cycle' }));
}

function inputProblems(graph: PipelineGraph, shapeOf: ShapeOf): GraphProblem[] {
  const triggers = graph.nodes.filter((node) => shapeOf(node)?.trigger);
  if (graph.nodes.length > 0 && triggers.length === 0) return [{ message: 'No trigger starts it' }];
  const reached = graph.reachedFrom(triggers.map(({ id }) => id));
  return graph.nodes.flatMap((node) => {
    const shape = shapeOf(node);
    if (!shape || shape.trigger) return [];
    if (!reached.has(node.id)) return [{ nodeId: node.id, message: 'No trigger leads to it' }];
    const least = shape.leastInputs ?? 1;
    const count = graph.incoming(node.id).length;
    return count < least ? [{ nodeId: node.id, message: `At least ${least} edges have to lead into it` }] : [];
  });
}
