import { Injectable } from '@nestjs/common';
import { newId, Page, type Member } from '#kernel';
import { OrganizationSettings } from '#organizations';
import type { SeenVersion } from '#platform/database';
import type { Dependents, GuardQuery } from '#platform/dependencies';
import { parseSort } from '#platform/http';
import {
  toPipelineEntry,
  toPipelineView,
  type PipelineChange,
  type PipelineEntry,
  type PipelineInput,
  type PipelinesQuery,
  type PipelineValidation,
  type PipelineView,
} from './dto/pipeline.dto';
import { PipelineChecker } from './pipeline-checker';
import { changedDefinition, newDefinition, type OrganizationDefaults } from './pipeline-content';
import { PipelineEditor, type Draft, type Edit } from './pipeline-editor';
import { PipelineSecrets } from './pipeline-secrets';
import { definitionOf, type Pipeline } from './pipeline.entity';
import { PipelinesRepository } from './pipelines.repository';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

/** Pipelines as a whole. */
@Injectable()
export class PipelinesService {
  constructor(
    private readonly pipelines: PipelinesRepository,
    private readonly editor: PipelineEditor,
    private readonly checker: PipelineChecker,
    private readonly secrets: PipelineSecrets,
    private readonly settings: OrganizationSettings,
  ) {}

  async list({ organizationId }: Member, query: PipelinesQuery): Promise<Page<PipelineEntry>> {
    const filter = { ...query, labels: labelsOf(query.label) };
    const order = parseSort(query.sort, SORTABLE, 'name');
    const { data, meta } = await this.pipelines.search(organizationId, filter, order);
    return new Page(data.map(toPipelineEntry), meta);
  }

  async get({ organizationId }: Member, id: string): Promise<PipelineView> {
    return this.view(await this.pipelines.get(organizationId, id));
  }

  async nameAvailable({ organizationId }: Member, name: string): Promise<{ available: boolean }> {
    return { available: !(await this.pipelines.isNameTaken(organizationId, name)) };
  }

  /** @throws DomainError as `PipelineEditor.create`. */
  async create(member: Member, input: PipelineInput): Promise<PipelineView> {
    const definition = newDefinition(input, await this.defaultsOf(member));
    return this.view(await this.editor.create(member, newId(), { definition, enabled: input.enabled ?? false }));
  }

  /** What the input leaves out is the default again; only whether it is enabled stays. @throws as `PipelineEditor.changeGuarded` */
  async replace(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    input: PipelineInput,
    query: GuardQuery,
  ): Promise<PipelineView | Dependents> {
    const definition = newDefinition(input, await this.defaultsOf(member));
    const edit = ({ enabled }: Draft) => ({ definition, enabled: input.enabled ?? enabled });
    return this.told(await this.editor.changeGuarded(member, id, ifMatch, 'updated', edit, query));
  }

  /** @throws as `PipelineEditor.changeGuarded` */
  async update(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    change: PipelineChange,
    query: GuardQuery,
  ): Promise<PipelineView | Dependents> {
    const edit = ({ definition, enabled }: Draft) => ({
      definition: changedDefinition(definition, change),
      enabled: change.enabled ?? enabled,
    });
    return this.told(await this.editor.changeGuarded(member, id, ifMatch, 'updated', edit, query));
  }

  /** @throws as `PipelineEditor.delete` */
  delete(member: Member, id: string, ifMatch: SeenVersion, query: GuardQuery): Promise<Dependents | undefined> {
    return this.editor.delete(member, id, ifMatch, query);
  }

  /** The same under another name, with the same node ids; not enabled, since its webhook paths are taken. */
  async clone(member: Member, id: string, name: string): Promise<PipelineView> {
    const original = await this.pipelines.get(member.organizationId, id);
    const nodes = this.secrets.opened(id, original.nodes);
    const definition = { ...definitionOf(original), nodes, name };
    const summary = `cloned from ${original.name}`;
    return this.view(await this.editor.create(member, newId(), { definition, enabled: false }, 'clone', summary));
  }

  /** Nothing happens to one that is enabled already. @throws as `PipelineEditor.change` */
  async enable(member: Member, id: string, ifMatch: SeenVersion): Promise<PipelineView> {
    return this.view(await this.editor.change(member, id, ifMatch, 'enabled', switchedTo(true)));
  }

  /** Nothing happens to one that is disabled already. @throws as `PipelineEditor.changeGuarded` */
  async disable(member: Member, id: string, ifMatch: SeenVersion, query: GuardQuery) {
    return this.told(await this.editor.changeGuarded(member, id, ifMatch, 'disabled', switchedTo(false), query));
  }

  /** Everything that keeps it from being enabled. */
  async validate({ organizationId }: Member, id: string): Promise<PipelineValidation> {
    const { nodes, edges } = await this.pipelines.get(organizationId, id);
    const problems = await this.checker.problems(organizationId, { nodes: this.secrets.opened(id, nodes), edges });
    return { valid: problems.length === 0, problems };
  }

  private async defaultsOf({ organizationId }: Member): Promise<OrganizationDefaults> {
    const { executions } = await this.settings.of(organizationId);
    return { historyDetail: executions.historyDetail, timeoutSeconds: executions.timeoutSeconds };
  }

  private told(result: Pipeline | Dependents): PipelineView | Dependents {
    return 'dependents' in result ? result : this.view(result);
  }

  private view(pipeline: Pipeline): PipelineView {
    return toPipelineView({ ...pipeline, nodes: this.secrets.masked(pipeline.nodes) });
  }
}

const switchedTo =
  (enabled: boolean): Edit =>
  (before) =>
    before.enabled === enabled ? undefined : { ...before, enabled };

const labelsOf = (filters: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    filters.map((filter) => [filter.slice(0, filter.indexOf(':')), filter.slice(filter.indexOf(':') + 1)]),
  );
