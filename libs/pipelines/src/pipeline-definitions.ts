import { Injectable } from '@nestjs/common';
import { isId, notFound } from '#kernel';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';
import { LRUCache } from 'lru-cache';
import type { PipelineDefinition } from './pipeline-definition';
import { PipelineSecrets } from './pipeline-secrets';
import { Pipeline } from './pipeline.entity';
import { PipelinesRepository } from './pipelines.repository';

/** Of one process; measured as the length of their JSON. */
const MOST_CACHED = 2_000;
const MOST_CACHED_CHARACTERS = 32 * 1024 * 1024;
const MOST_STATES = 10_000;

export interface PipelineState {
  /** Of the newest version. */
  version: number;
  enabled: boolean;
}

interface Asked {
  organizationId: string;
  pipelineId: string;
  version: number;
}

/** Pipelines for those who run them. Secrets are in clear. */
@Injectable()
export class PipelineDefinitions {
  private readonly states = new BriefCache<PipelineState>(MOST_STATES);
  // Versions never change, so that they are kept for as long as there is room.
  private readonly versions = new LRUCache<string, { definition: PipelineDefinition; length: number }, Asked>({
    max: MOST_CACHED,
    maxSize: MOST_CACHED_CHARACTERS,
    sizeCalculation: ({ length }) => length,
    fetchMethod: (_key, _stale, { context }) => this.read(context),
  });

  constructor(
    private readonly database: Database,
    private readonly pipelines: PipelinesRepository,
    private readonly secrets: PipelineSecrets,
  ) {}

  /** The same object every time, as long as it is kept; not to be changed. @throws DomainError `not_found` */
  async load(organizationId: string, pipelineId: string, version: number): Promise<PipelineDefinition> {
    const key = `${organizationId}/${pipelineId}/${version}`;
    const context = { organizationId, pipelineId, version };
    const found = await this.versions.forceFetch(key, { context });
    return found.definition;
  }

  /** The pipeline of now. @throws DomainError `not_found` */
  async current(organizationId: string, pipelineId: string) {
    const { version, enabled } = await this.stateOf(organizationId, pipelineId);
    const definition = await this.load(organizationId, pipelineId, version);
    return { id: pipelineId, version, enabled, definition };
  }

  /** What it is, or was at most 250 ms ago: for those who ask with every event. @throws DomainError `not_found` */
  currentOf(organizationId: string, pipelineId: string): Promise<PipelineState> {
    return this.states.get(`${organizationId}/${pipelineId}`, () => this.stateOf(organizationId, pipelineId));
  }

  /** It was changed in this process: `currentOf` looks again. */
  forget(organizationId: string, pipelineId: string): void {
    this.states.forget(`${organizationId}/${pipelineId}`);
  }

  private async stateOf(organizationId: string, pipelineId: string): Promise<PipelineState> {
    if (!isId(pipelineId)) throw notFound('Pipeline');
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOne(Pipeline, {
        select: { version: true, enabled: true },
        where: { id: pipelineId, organizationId },
      }),
    );
    if (!found) throw notFound('Pipeline');
    return { version: found.version, enabled: found.enabled };
  }

  private async read({ organizationId, pipelineId, version }: Asked) {
    const { definition } = await this.pipelines.version(organizationId, pipelineId, version);
    const nodes = this.secrets.opened(pipelineId, definition.nodes);
    return { definition: { ...definition, nodes }, length: JSON.stringify(definition).length };
  }
}
