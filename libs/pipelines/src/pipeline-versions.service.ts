import { Injectable } from '@nestjs/common';
import { notFound, Page, type Member } from '#kernel';
import type { SeenVersion } from '#platform/database';
import type { PageQuery } from '#platform/http';
import {
  toVersionEntry,
  toVersionView,
  type CompareQuery,
  type PipelineComparison,
  type PipelineVersionEntry,
  type PipelineVersionView,
} from './dto/pipeline-version.dto';
import { toPipelineView, type PipelineView } from './dto/pipeline.dto';
import { comparePipelines } from './pipeline-changes';
import type { PipelineDefinition } from './pipeline-definition';
import { PipelineEditor } from './pipeline-editor';
import { PipelineSecrets } from './pipeline-secrets';
import { PipelinesRepository } from './pipelines.repository';

/** What pipelines were, and how they become it again. */
@Injectable()
export class PipelineVersionsService {
  constructor(
    private readonly pipelines: PipelinesRepository,
    private readonly editor: PipelineEditor,
    private readonly secrets: PipelineSecrets,
  ) {}

  async list({ organizationId }: Member, id: string, query: PageQuery): Promise<Page<PipelineVersionEntry>> {
    const { version: current } = await this.pipelines.get(organizationId, id);
    const { data, meta } = await this.pipelines.versions(organizationId, id, query);
    return new Page(
      data.map((version) => toVersionEntry(version, current)),
      meta,
    );
  }

  async get({ organizationId }: Member, id: string, version: string): Promise<PipelineVersionView> {
    const { version: current } = await this.pipelines.get(organizationId, id);
    const found = await this.pipelines.version(organizationId, id, numberOf(version));
    return toVersionView({ ...found, definition: this.masked(found.definition) }, current);
  }

  /** Secrets are not compared. */
  async compare({ organizationId }: Member, id: string, { from, to }: CompareQuery): Promise<PipelineComparison> {
    await this.pipelines.get(organizationId, id);
    const before = await this.pipelines.version(organizationId, id, from);
    const after = await this.pipelines.version(organizationId, id, to);
    return comparePipelines(this.masked(before.definition), this.masked(after.definition));
  }

  /**
   * The pipeline becomes what it was, as a new version. It stays enabled, or not, as it is.
   * @throws as `PipelineEditor.change`; DomainError `not_found` for a version there is not.
   */
  async revert(member: Member, id: string, version: string, ifMatch: SeenVersion): Promise<PipelineView> {
    const reverted = await this.editor.change(member, id, ifMatch, 'reverted', async ({ enabled }) => {
      const { definition } = await this.pipelines.version(member.organizationId, id, numberOf(version));
      return { definition: { ...definition, nodes: this.secrets.opened(id, definition.nodes) }, enabled };
    });
    return toPipelineView({ ...reverted, nodes: this.secrets.masked(reverted.nodes) });
  }

  private masked(definition: PipelineDefinition): PipelineDefinition {
    return { ...definition, nodes: this.secrets.masked(definition.nodes) };
  }
}

/** A version of a path; what is no number is none that there is. */
function numberOf(version: string): number {
  if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound('Version');
  return Number(version);
}
