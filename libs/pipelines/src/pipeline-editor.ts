import { Injectable } from '@nestjs/common';
import { conflict, DomainError, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type Dependents, type EntityKey, type GuardQuery } from '#platform/dependencies';
import { PipelineChecker, refusal } from './pipeline-checker';
import { comparePipelines, summarize } from './pipeline-changes';
import { sizeProblem } from './pipeline-content';
import type { PipelineDefinition } from './pipeline-definition';
import { PipelineDefinitions } from './pipeline-definitions';
import { PipelineDependencies } from './pipeline-dependencies';
import { PipelineSecrets } from './pipeline-secrets';
import { PipelineTriggers } from './pipeline-triggers';
import type { ChangeType } from './pipeline-version.entity';
import { columnsOf, definitionOf, type Pipeline } from './pipeline.entity';
import { PipelinesRepository } from './pipelines.repository';

/** A pipeline while it is edited. Secrets are in clear. */
export interface Draft {
  definition: PipelineDefinition;
  enabled: boolean;
}

export type Edit = (before: Draft) => Draft | undefined | Promise<Draft | undefined>;

const VERBS: Record<ChangeType, string> = {
  created: 'create',
  updated: 'update',
  enabled: 'enable',
  disabled: 'disable',
  reverted: 'revert',
};

/**
 * The one way by which pipelines are changed: checked, with a version, the table of triggers and the graph of dependencies
 * kept true, and written down in the trail; all of it or nothing. Pipelines are given back with secrets in clear.
 */
@Injectable()
export class PipelineEditor {
  constructor(
    private readonly database: Database,
    private readonly pipelines: PipelinesRepository,
    private readonly checker: PipelineChecker,
    private readonly triggers: PipelineTriggers,
    private readonly secrets: PipelineSecrets,
    private readonly audit: AuditTrail,
    private readonly definitions: PipelineDefinitions,
    private readonly dependencies: PipelineDependencies,
    private readonly index: DependencyIndex,
  ) {}

  /**
   * @throws DomainError `bad_request` with every fault, and every problem where it is to be enabled; `conflict` for a name
   * or webhook path that is taken; `payload_too_large`.
   */
  create(member: Member, id: string, draft: Draft, verb = 'create', summary = 'created'): Promise<Pipeline> {
    const { organizationId, userId } = member;
    return this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        const targets = await this.check(organizationId, id, draft);
        const authors = { createdBy: userId, updatedBy: userId };
        const row = { id, ...this.rowOf(id, draft), ...authors };
        const made = await this.pipelines.insert(organizationId, row as object);
        return this.keep(made, draft, targets, { changeType: 'created', summary }, verb);
      }),
    );
  }

  /**
   * Changes of one pipeline wait for one another. An edit that gives nothing changes nothing.
   * @throws DomainError as `create`; `not_found`; `precondition_failed`.
   */
  change(member: Member, id: string, ifMatch: SeenVersion, changeType: ChangeType, edit: Edit): Promise<Pipeline> {
    return this.locked(member, id, ifMatch, async (row) => {
      const before = this.draftOf(row);
      return this.save(member, row, before, await edit(before), changeType);
    });
  }

  /**
   * As `change`, for edits that may disable the pipeline: others that use it stand against that.
   * @returns who they are, where they were asked for with `dryRun`, or it was done with `force`.
   * @throws DomainError as `change`; `conflict` with `details.dependents`.
   */
  changeGuarded(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    changeType: ChangeType,
    edit: Edit,
    query: GuardQuery,
  ): Promise<Pipeline | Dependents> {
    return this.locked(member, id, ifMatch, async (row): Promise<Pipeline | Dependents> => {
      const before = this.draftOf(row);
      const after = await edit(before);
      const save = () => this.save(member, row, before, after, changeType);
      if (before.enabled && after?.enabled === false) return this.guarded(row, query, save);
      // With force, whoever disables one is told in the same way whether there was anything to do or not.
      const isAsked = query.dryRun === true || (query.force === true && !after);
      return isAsked ? { dependents: [] } : save();
    });
  }

  /**
   * Others that use it stand against it.
   * @returns who they are, where they were asked for with `dryRun`, or it was done with `force`.
   * @throws DomainError `not_found`; `precondition_failed`; `conflict` with `details.dependents`.
   */
  delete(member: Member, id: string, ifMatch: SeenVersion, query: GuardQuery): Promise<Dependents | undefined> {
    return this.locked(member, id, ifMatch, (row) => this.guarded(row, query, () => this.erase(row)));
  }

  /** Whoever uses it. @throws DomainError `not_found`; `precondition_failed` */
  remove(member: Member, id: string, ifMatch: SeenVersion): Promise<undefined> {
    return this.locked(member, id, ifMatch, (row) => this.erase(row));
  }

  /** In the caller's transaction, in which each of them that is still there is changed or removed then. */
  async releaseWebhooks(organizationId: string, ids: readonly string[]): Promise<void> {
    // Rows of pipelines first, as everybody else.
    await this.pipelines.hold(organizationId, ids);
    await this.triggers.release(organizationId, ids);
  }

  private async locked<T>(
    { organizationId }: Member,
    id: string,
    ifMatch: SeenVersion,
    work: (row: Pipeline) => Promise<T>,
  ): Promise<T> {
    const result = await this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        const row = await this.pipelines.getLocked(organizationId, id);
        requireVersion(row, ifMatch);
        return work(row);
      }),
    );
    // Whoever changes a pipeline and runs it at once, here, runs what it is now.
    this.definitions.forget(organizationId, id);
    return result;
  }

  private async guarded<T>(
    { id, organizationId, enabled }: Pipeline,
    query: GuardQuery,
    work: () => Promise<T>,
  ): Promise<T | Dependents> {
    if (enabled) await this.triggers.lock(organizationId);
    return this.index.guard(organizationId, { type: 'pipeline', key: id, label: 'Pipeline' }, query, work);
  }

  private async save(
    { organizationId, userId }: Member,
    row: Pipeline,
    before: Draft,
    edited: Draft | undefined,
    changeType: ChangeType,
  ): Promise<Pipeline> {
    if (!edited) return { ...row, nodes: [...before.definition.nodes] };
    const { definition, enabled } = edited;
    const nodes = this.secrets.unmasked(definition.nodes, before.definition.nodes);
    const draft = { definition: { ...definition, nodes }, enabled };
    const targets = await this.check(organizationId, row.id, draft);
    const columns = { ...this.rowOf(row.id, draft), updatedBy: userId };
    const updated = await this.pipelines.update(organizationId, row.id, row.version, columns as object);
    const version = { changeType, summary: summaryOf(before, draft) };
    return this.keep(updated, draft, targets, version, VERBS[changeType]);
  }

  private async erase(row: Pipeline): Promise<undefined> {
    const { id, organizationId } = row;
    await this.triggers.keepTrue({ ...row, enabled: false });
    await this.pipelines.delete(organizationId, id);
    await this.record('delete', row);
    await this.index.remove(organizationId, [{ type: 'pipeline', key: id }]);
  }

  private draftOf(row: Pipeline): Draft {
    const definition = definitionOf(row);
    return {
      definition: { ...definition, nodes: this.secrets.opened(row.id, definition.nodes) },
      enabled: row.enabled,
    };
  }

  private rowOf(id: string, { definition, enabled }: Draft) {
    return { ...columnsOf({ ...definition, nodes: this.secrets.sealed(id, definition.nodes) }), enabled };
  }

  /** Answers what it refers to that is there. */
  private async check(organizationId: string, id: string, { definition, enabled }: Draft): Promise<EntityKey[]> {
    const { nodes } = definition;
    const faults = [
      ...this.checker.faults(definition),
      ...this.secrets.wrongIn(nodes),
      ...this.secrets.unknownIn(nodes),
    ];
    if (faults.length > 0) throw refusal(definition, faults);
    const tooLarge = sizeProblem(definition);
    if (tooLarge !== undefined) throw new DomainError('payload_too_large', tooLarge);
    const { references } = this.dependencies.of({ ...definition, id });
    const targets = await this.index.present(organizationId, references);
    const problems = enabled ? await this.checker.problems(organizationId, definition) : [];
    if (problems.length > 0) throw refusal(definition, problems);
    return targets;
  }

  private async keep(
    row: Pipeline,
    { definition: { nodes } }: Draft,
    targets: readonly EntityKey[],
    version: { changeType: ChangeType; summary: string },
    verb: string,
  ): Promise<Pipeline> {
    const pipeline = { ...row, nodes: [...nodes] };
    await this.pipelines.keepVersion(row, version);
    await this.triggers.keepTrue(pipeline);
    await this.record(verb, row, version.summary);
    await this.index.keep(row.organizationId, [this.dependencies.of(pipeline)], targets);
    return pipeline;
  }

  private record(verb: string, { id, organizationId, name, version }: Pipeline, summary?: string): Promise<void> {
    const details = { version, ...(summary !== undefined && { summary }) };
    const entity = { type: 'pipeline', id, name };
    return this.audit.record({ action: `pipeline.${verb}`, organizationId, entity, details });
  }

  private async naming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error, 'pipelines_name_key')) throw conflict('Name is taken by another pipeline');
      throw error;
    }
  }
}

function summaryOf(before: Draft, after: Draft): string {
  const switched = before.enabled === after.enabled ? [] : [after.enabled ? 'enabled' : 'disabled'];
  const changes = summarize(comparePipelines(before.definition, after.definition));
  return changes === 'nothing changed' && switched.length > 0 ? switched[0]! : [changes, ...switched].join(', ');
}
