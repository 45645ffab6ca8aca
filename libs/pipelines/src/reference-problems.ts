import type { PipelineGraph } from './graph';

/** A node that an expression of another one names. */
export interface Reference {
  nodeId: string;
  /** Where, in the parameters. */
  parameter: string;
  /** The name it names. */
  name: string;
}

/** Expressions that name a node there is not, or one that cannot have run before: it has nothing to give them. */
export function referenceProblems(graph: PipelineGraph, references: readonly Reference[]) {
  const idOf = new Map(graph.nodes.map(({ id, name }) => [name, id]));
  const before = new Map<string, Set<string>>();
  return references.flatMap(({ nodeId, parameter, name }) => {
    const id = idOf.get(name);
    const problem = (message: string) => [{ nodeId, parameter, message }];
    if (id === undefined) return problem(`No node is named ${name}`);
    const leading = before.get(nodeId) ?? graph.leadingTo(nodeId);
    before.set(nodeId, leading);
    return leading.has(id) ? [] : problem(`${name} does not run before`);
  });
}
