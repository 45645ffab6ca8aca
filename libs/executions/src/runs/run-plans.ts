import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { NodeTypeRegistry, PipelineDefinitions } from '#pipelines';
import { planRun, type RunPlan } from './run-plan';

const MOST_PLANS = 500;

/** Plans of versions that ran lately: a version never changes. */
@Injectable()
export class RunPlans {
  private readonly plans = new LRUCache<string, RunPlan>({ max: MOST_PLANS });

  constructor(
    private readonly definitions: PipelineDefinitions,
    private readonly types: NodeTypeRegistry,
  ) {}

  /** @throws DomainError `not_found` for a pipeline that was deleted; Error for one that cannot be run here. */
  async of(organizationId: string, pipelineId: string, version: number): Promise<RunPlan> {
    const key = `${organizationId} ${pipelineId} ${version}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = planRun(await this.definitions.load(organizationId, pipelineId, version), this.types);
    this.plans.set(key, plan);
    return plan;
  }
}
