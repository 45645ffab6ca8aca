import { Injectable } from '@nestjs/common';
import { conflict, DomainError, newId, notFound, type Member } from '#kernel';
import { FairSandbox } from '#platform/sandbox';
import { NodeTypeRegistry, ParameterError, PipelineDefinitions, type PipelineDefinition } from '#pipelines';
import type { ClaimedRun } from '../runs/claimed-run';
import { planRun } from '../runs/run-plan';
import { testedPart, type TestedPart } from './needed-nodes';
import { NodeTest } from './node-test';
import type { NodeTestInput, NodeTestView } from './node-test.dto';
import { TestServices } from './test-services';

/** Tests of one organization at the same time, in one process. */
const MOST_AT_ONCE = 10;

/** Runs single nodes, so that their builders see what they do. Nothing of it is stored. */
@Injectable()
export class NodeTestService {
  private readonly running = new Map<string, number>();

  constructor(
    private readonly definitions: PipelineDefinitions,
    private readonly types: NodeTypeRegistry,
    private readonly sandbox: FairSandbox,
  ) {}

  /**
   * The node as it is saved, with what it needs; at most 60 s.
   * @throws DomainError `not_found`; `conflict` for parameters that cannot be read; `too_many_requests`.
   */
  async test({ organizationId }: Member, pipelineId: string, nodeId: string, input: NodeTestInput) {
    const { version, definition } = await this.definitions.current(organizationId, pipelineId);
    const changed = withParameters(definition, nodeId, input);
    const part = readable(() => testedPart(changed, nodeId, input.upstream ?? {}, this.types));
    const plan = readable(() => planRun(part.definition, this.types));
    const run = runOf({ organizationId, pipelineId, pipelineVersion: version }, part, input);
    const services = new TestServices(organizationId, this.sandbox);
    const test = new NodeTest(run, plan, nodeId, part.given, services);
    return this.inTurn(organizationId, () => test.execute(plan.nodes.get(part.trigger.id)!));
  }

  private async inTurn(organizationId: string, work: () => Promise<NodeTestView>): Promise<NodeTestView> {
    const running = this.running.get(organizationId) ?? 0;
    if (running >= MOST_AT_ONCE) {
      throw new DomainError('too_many_requests', 'Too many tests are running', undefined, 5);
    }
    this.running.set(organizationId, running + 1);
    try {
      return await work();
    } finally {
      const left = this.running.get(organizationId)! - 1;
      if (left > 0) this.running.set(organizationId, left);
      else this.running.delete(organizationId);
    }
  }
}

/** @throws DomainError `not_found` */
function withParameters(definition: PipelineDefinition, nodeId: string, { parameters = {} }: NodeTestInput) {
  if (!definition.nodes.some(({ id }) => id === nodeId)) throw notFound('Node');
  const nodes = definition.nodes.map((node) =>
    node.id === nodeId ? { ...node, parameters: { ...node.parameters, ...parameters } } : node,
  );
  return { ...definition, nodes };
}

/** @throws DomainError `conflict` for parameters that cannot be read. */
function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ParameterError) throw conflict(error.message);
    throw error;
  }
}

type Place = Pick<ClaimedRun, 'organizationId' | 'pipelineId' | 'pipelineVersion'>;

function runOf(place: Place, { trigger, given }: TestedPart, input: NodeTestInput): ClaimedRun {
  const now = new Date();
  const id = newId();
  const payload = trigger.parameters['outputData'] ?? null;
  return {
    ...place,
    id,
    fence: 1,
    trigger: 'manual',
    triggerNodeId: trigger.id,
    chainDepth: 0,
    historyDetail: 'minimal',
    parentId: null,
    awaited: false,
    cancel: false,
    startedAt: now,
    momentId: id,
    momentAt: now,
    input: input.trigger ?? given.get(trigger.id) ?? { payload },
    checkpoints: new Map(),
  };
}
