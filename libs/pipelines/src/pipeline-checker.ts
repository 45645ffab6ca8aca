import { Injectable } from '@nestjs/common';
import { DomainError, type FieldProblem } from '#kernel';
import { graphFaults, graphProblems, PipelineGraph } from './graph';
import { NodeTypeRegistry } from './node-types';
import { mentionsOf, parameterProblems, unreadable } from './parameters';
import type { DefinedNode, PipelineDefinition } from './pipeline-definition';
import { referenceProblems } from './reference-problems';

export interface PipelineProblem {
  nodeId?: string;
  edgeId?: string;
  /** Place in the node's parameters: `conditions[0]`. */
  parameter?: string;
  message: string;
}

type Checked = Pick<PipelineDefinition, 'nodes' | 'edges'>;

/** Problems that are told of one pipeline. */
export const MOST_PROBLEMS = 1_000;

/** What is wrong with pipelines, by the rules of graphs and what their nodes' types say. */
@Injectable()
export class PipelineChecker {
  constructor(private readonly types: NodeTypeRegistry) {}

  /** What can never be right, whatever is still to come: such a pipeline is not saved. */
  faults({ nodes, edges }: Checked): PipelineProblem[] {
    const unread = nodes.flatMap((node) => {
      const definition = this.types.find(node.type)?.definition;
      return definition ? unreadable(definition, node.parameters).map((problem) => of(node, problem)) : [];
    });
    return [...graphFaults(nodes, edges, this.types.shapeOf), ...unread].slice(0, MOST_PROBLEMS);
  }

  /** Everything that keeps it from running, what is merely missing included: such a pipeline is not enabled. */
  async problems(organizationId: string, checked: Checked): Promise<PipelineProblem[]> {
    const { problems, sound } = this.judge(checked);
    for (const node of sound) {
      const found = (await this.types.find(node.type)!.checkReferences?.(node.parameters, organizationId)) ?? [];
      problems.push(...atNode(node, found));
    }
    return problems.slice(0, MOST_PROBLEMS);
  }

  /** The same, as far as the pipeline alone tells. */
  ownProblems(checked: Checked): PipelineProblem[] {
    return this.judge(checked).problems.slice(0, MOST_PROBLEMS);
  }

  /** With the nodes whose parameters have nothing wrong with them, of which it is worth looking what they refer to. */
  private judge({ nodes, edges }: Checked): { problems: PipelineProblem[]; sound: DefinedNode[] } {
    const faults = this.faults({ nodes, edges });
    if (faults.length > 0) return { problems: faults, sound: [] };
    if (nodes.length === 0) return { problems: [{ message: 'No trigger starts it' }], sound: [] };
    const judged = nodes.map((node) => ({ node, problems: this.parameterProblems(node) }));
    return {
      problems: [
        ...graphProblems(nodes, edges, this.types.shapeOf),
        ...referenceProblems(new PipelineGraph(nodes, edges), nodes.flatMap(this.referencesOf)),
        ...judged.flatMap(({ problems }) => problems),
      ],
      sound: judged.filter(({ problems }) => problems.length === 0).map(({ node }) => node),
    };
  }

  private readonly referencesOf = (node: DefinedNode) =>
    mentionsOf(this.types.find(node.type)!.definition, node.parameters).map((mention) => of(node, mention));

  /** Whatever is in them, types are asked about parameters alone that have the right shape. */
  private parameterProblems(node: DefinedNode): PipelineProblem[] {
    const type = this.types.find(node.type)!;
    const unfit = parameterProblems(type.definition, node.parameters).map((problem) => of(node, problem));
    return unfit.length > 0 ? unfit : atNode(node, type.check?.(node.parameters) ?? []);
  }
}

const atNode = (node: DefinedNode, problems: readonly FieldProblem[]): PipelineProblem[] =>
  problems.map(({ field, message }) => of(node, { parameter: field, message }));

const of = <T>({ id }: DefinedNode, problem: T): T & { nodeId: string } => ({ nodeId: id, ...problem });

/** The refusal of a pipeline: the first problem in words, and all of them by their places. */
export function refusal({ nodes, edges }: Checked, problems: readonly PipelineProblem[]): DomainError {
  const [first] = problems;
  const details = placed({ nodes, edges }, problems);
  const node = nodes.find(({ id }) => id === first?.nodeId);
  const subject = node ? `${node.name}: ` : first?.edgeId === undefined ? '' : `Edge ${first.edgeId}: `;
  return new DomainError('bad_request', `${subject}${first?.message ?? ''}`, details);
}

/** Problems by their places in the whole. */
export const placed = ({ nodes, edges }: Checked, problems: readonly PipelineProblem[]) =>
  problems.map((problem) => ({ field: fieldOf(nodes, edges, problem), ...problem }));

/** `nodes[2].parameters.conditions[0]` */
function fieldOf(
  nodes: Checked['nodes'],
  edges: Checked['edges'],
  { nodeId, edgeId, parameter }: PipelineProblem,
): string {
  // Of two with the same id the later one is at fault.
  if (edgeId !== undefined) return `edges[${edges.findLastIndex(({ id }) => id === edgeId)}]`;
  if (nodeId === undefined) return 'nodes';
  const node = `nodes[${nodes.findLastIndex(({ id }) => id === nodeId)}]`;
  if (parameter === undefined) return node;
  return parameter === '' ? `${node}.parameters` : `${node}.parameters.${parameter}`;
}
