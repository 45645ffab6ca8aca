import type { GraphProblem, NodeShape, PipelineGraph, PipelineNode } from './pipeline-graph';

/** A for-each: where it begins and ends, and the nodes that run for every item. */
export interface Loop {
  beginId: string;
  endId: string;
  /** Without begin and end; those of loops inside are among them. */
  body: ReadonlySet<string>;
}

type ShapeOf = (node: PipelineNode) => NodeShape | undefined;

/**
 * Finds the end of every loop: the first one on the ways out of its beginning that no inner loop claims. All ways that
 * reach an end have to reach that one, and nothing from outside may lead into the body.
 */
export function findLoops(graph: PipelineGraph, shapeOf: ShapeOf): { loops: Loop[]; problems: GraphProblem[] } {
  const kindOf = (id: string) => shapeOf(graph.byId.get(id)!)?.loop;
  const loops: Loop[] = [];
  const problems: GraphProblem[] = [];
  const begins = graph.inOrder().filter(({ id }) => kindOf(id) === 'begin');
  // The innermost first, so that an outer loop can step over those inside.
  for (const { id } of begins.toReversed()) {
    const { body, ends } = bodyOf(graph, id, kindOf, loops);
    const [endId] = ends;
    if (endId === undefined)
      problems.push({ nodeId: id, message: 'The loop has no end: no way leads to an end of it' });
    else if (ends.size > 1) problems.push({ nodeId: id, message: 'The loop has more than one end' });
    else loops.push({ beginId: id, endId, body });
  }
  return { loops, problems: [...problems, ...strayEnds(graph, kindOf, loops), ...intrusions(graph, loops)] };
}

function bodyOf(
  graph: PipelineGraph,
  beginId: string,
  kindOf: (id: string) => NodeShape['loop'],
  inner: readonly Loop[],
): { body: Set<string>; ends: Set<string> } {
  const body = new Set<string>();
  const ends = new Set<string>();
  const open = graph.outgoing(beginId).map(({ target }) => target);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (body.has(id) || ends.has(id)) continue;
    if (kindOf(id) === 'end' && !inner.some(({ endId, beginId: begin }) => endId === id && body.has(begin))) {
      ends.add(id);
      continue;
    }
    body.add(id);
    const loop = inner.find((candidate) => candidate.beginId === id);
    if (loop) {
      for (const member of loop.body) body.add(member);
      open.push(loop.endId);
    } else {
      open.push(...graph.outgoing(id).map(({ target }) => target));
    }
  }
  return { body, ends };
}

function strayEnds(
  graph: PipelineGraph,
  kindOf: (id: string) => NodeShape['loop'],
  loops: readonly Loop[],
): GraphProblem[] {
  const ends = graph.nodes.filter(({ id }) => kindOf(id) === 'end');
  return ends.flatMap(({ id }) => {
    const owners = loops.filter(({ endId }) => endId === id);
    if (owners.length === 0) return [{ nodeId: id, message: 'It ends no loop' }];
    return owners.length > 1 ? [{ nodeId: id, message: 'It ends more than one loop' }] : [];
  });
}

/** Edges across the border of a loop: into it from elsewhere, or out of it by another way than its end. */
function intrusions(graph: PipelineGraph, loops: readonly Loop[]): GraphProblem[] {
  return loops.flatMap(({ beginId, endId, body }) =>
    graph.edges
      .filter(({ source, target }) => {
        const inside = body.has(target) || target === endId;
        return inside && source !== beginId && !body.has(source);
      })
      .map(({ id }) => ({
        edgeId: id,
        message: 'It leads into a loop from outside; use $node to read what ran before the loop',
      })),
  );
}
