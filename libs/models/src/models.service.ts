import { Injectable } from '@nestjs/common';
import { conflict, invalid, newId, notFound, Page, type JsonValue, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { BriefCache } from '#platform/cache';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type Dependents, type GuardQuery } from '#platform/dependencies';
import { checkInput, parseSort, type ListQuery, type PageQuery } from '#platform/http';
import type { JsonSchema } from '#platform/json-schema';
import { LRUCache } from 'lru-cache';
import {
  toVersionEntry,
  toVersionView,
  type CompareQuery,
  type ModelComparison,
  type ModelVersionEntry,
  type ModelVersionView,
} from './dto/model-version.dto';
import { ModelInput, toModelView, type ModelImport, type ModelView, type ValidationView } from './dto/model.dto';
import { compareModels, summarize, type ModelContent } from './model-changes';
import { contentOf } from './model-content';
import { contributionOf } from './model-contributor';
import { fieldsOfSchema } from './model-import';
import { ModelRelations } from './model-relations.service';
import { modelSchema } from './model-schema';
import { ModelValidator } from './model-validator';
import type { ChangeType } from './model-version.entity';
import type { Model } from './model.entity';
import { ModelsRepository } from './models.repository';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

/** Of models that are in use at the same time; each takes some hundred kilobytes. */
const MOST_VALIDATORS = 200;

/** Models, and each of them as it was. */
@Injectable()
export class ModelsService {
  private readonly current = new BriefCache<ModelValidator>(MOST_VALIDATORS);
  private readonly validators = new LRUCache<string, { stamp: string; validator: ModelValidator }>({
    max: MOST_VALIDATORS,
  });

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly relations: ModelRelations,
    private readonly audit: AuditTrail,
    private readonly dependencies: DependencyIndex,
  ) {}

  async list({ organizationId }: Member, query: ListQuery): Promise<Page<ModelView>> {
    const { data, meta } = await this.models.search(organizationId, query, parseSort(query.sort, SORTABLE, 'name'));
    return new Page(data.map(toModelView), meta);
  }

  async get({ organizationId }: Member, id: string): Promise<ModelView> {
    return toModelView(await this.models.get(organizationId, id));
  }

  async nameAvailable({ organizationId }: Member, name: string): Promise<{ available: boolean }> {
    return { available: !(await this.models.isNameTaken(organizationId, name)) };
  }

  /** @throws DomainError `bad_request` with every problem; `conflict` for a name that is taken. */
  async create({ organizationId, userId }: Member, input: ModelInput, id = newId()): Promise<ModelView> {
    const content = soundContent(input);
    return this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        await this.models.lock(organizationId);
        const values = { id, ...content, createdBy: userId, updatedBy: userId };
        const model = await this.models.insert(organizationId, values as object);
        await this.relations.settle(organizationId, model);
        await this.models.keepVersion(model, { changeType: 'created', summary: 'created' });
        await this.record('create', model);
        await this.dependencies.keep(organizationId, [contributionOf(model)]);
        return toModelView(model);
      }),
    );
  }

  /** @throws DomainError as `create`, with every place of the schema that a model cannot say. */
  async import(member: Member, { name, description, schema }: ModelImport): Promise<ModelView> {
    const { fields, problems } = fieldsOfSchema(schema);
    const [first, ...others] = problems;
    if (first) throw invalid(first, ...others);
    return this.create(member, await checkInput(ModelInput, { name, description: description ?? null, fields }));
  }

  /** @throws DomainError as `create`; `precondition_failed`. */
  replace(member: Member, id: string, ifMatch: SeenVersion, input: ModelInput): Promise<ModelView> {
    return this.change(member, id, ifMatch, 'updated', () => Promise.resolve(soundContent(input)));
  }

  /** The model becomes what it was, as a new version. @throws DomainError `not_found`; `precondition_failed`. */
  revert(member: Member, id: string, version: string, ifMatch: SeenVersion): Promise<ModelView> {
    const read = () => this.models.version(member.organizationId, id, numberOf(version));
    return this.change(member, id, ifMatch, 'reverted', read);
  }

  /**
   * @throws DomainError `not_found`; `precondition_failed`; `conflict` while others depend on it, as
   * `DependencyIndex.guard`.
   */
  delete({ organizationId }: Member, id: string, ifMatch: SeenVersion, query: GuardQuery): Promise<Dependents | void> {
    return this.database.inOrganization(organizationId, async () => {
      await this.models.lock(organizationId);
      const model = await this.models.get(organizationId, id);
      requireVersion(model, ifMatch);
      const guarded = { type: 'model', key: id, label: 'Model' };
      return this.dependencies.guard(organizationId, guarded, query, () => this.take(model));
    });
  }

  /** Whoever depends on it. @throws DomainError `not_found`; `precondition_failed` */
  async remove({ organizationId }: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    await this.database.inOrganization(organizationId, async () => {
      await this.models.lock(organizationId);
      const model = await this.models.get(organizationId, id);
      requireVersion(model, ifMatch);
      await this.take(model);
    });
  }

  /** @throws DomainError `not_found`; `conflict` where it names a model that is gone. */
  async jsonSchema({ organizationId }: Member, id: string): Promise<JsonSchema> {
    const model = await this.models.get(organizationId, id);
    return modelSchema(model.name, await this.relations.resolved(organizationId, model));
  }

  /**
   * One version of the model as JSON Schema, for those who keep to it; models that it names are as they are now.
   * @param version the one of now where none is given.
   * @throws DomainError `not_found` for a model or version that does not exist; `conflict` where it names a model that is
   * gone.
   */
  async schemaOf(
    organizationId: string,
    id: string,
    version?: number,
  ): Promise<{ version: number; schema: JsonSchema }> {
    const model = await this.models.get(organizationId, id);
    const content =
      version === undefined || version === model.version
        ? model
        : await this.models.version(organizationId, id, version);
    const fields = await this.relations.resolved(organizationId, { ...content, id });
    return { version: content.version, schema: modelSchema(content.name, fields) };
  }

  /**
   * The model as it is now, or was at most a quarter of a second ago, to check many values by. Kept for the next caller.
   * @throws DomainError `not_found`; `conflict` where it names a model that is gone.
   */
  validator(organizationId: string, id: string): Promise<ModelValidator> {
    const place = `${organizationId}/${id}`;
    return this.current.get(place, async () => {
      const stamp = await this.models.stamp(organizationId, id);
      const known = this.validators.get(place);
      if (known?.stamp === stamp) return known.validator;
      const validator = await this.makeValidator(organizationId, id);
      this.validators.set(place, { stamp, validator });
      return validator;
    });
  }

  /** Every problem of the value, by its place. */
  async validate({ organizationId }: Member, id: string, value: JsonValue): Promise<ValidationView> {
    const problems = (await this.makeValidator(organizationId, id)).problems(value);
    return { valid: problems.length === 0, problems };
  }

  async versions({ organizationId }: Member, id: string, query: PageQuery): Promise<Page<ModelVersionEntry>> {
    const { version: current } = await this.models.get(organizationId, id);
    const { data, meta } = await this.models.versions(organizationId, id, query);
    return new Page(
      data.map((version) => toVersionEntry(version, current)),
      meta,
    );
  }

  async version({ organizationId }: Member, id: string, version: string): Promise<ModelVersionView> {
    const { version: current } = await this.models.get(organizationId, id);
    return toVersionView(await this.models.version(organizationId, id, numberOf(version)), current);
  }

  async compare({ organizationId }: Member, id: string, { from, to }: CompareQuery): Promise<ModelComparison> {
    await this.models.get(organizationId, id);
    const [before, after] = [
      await this.models.version(organizationId, id, from),
      await this.models.version(organizationId, id, to),
    ];
    return compareModels(before, after);
  }

  private async makeValidator(organizationId: string, id: string): Promise<ModelValidator> {
    const model = await this.models.get(organizationId, id);
    return new ModelValidator({ ...model, fields: await this.relations.resolved(organizationId, model) });
  }

  private change(
    { organizationId, userId }: Member,
    id: string,
    ifMatch: SeenVersion,
    changeType: ChangeType,
    read: () => Promise<ModelContent>,
  ): Promise<ModelView> {
    return this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        await this.models.lock(organizationId);
        const before = await this.models.get(organizationId, id);
        requireVersion(before, ifMatch);
        const { name, description, fields } = await read();
        const change = { name, description, fields, updatedBy: userId };
        const after = await this.models.update(organizationId, id, before.version, change as object);
        await this.relations.settle(organizationId, after);
        const summary = summarize(compareModels(before, after));
        await this.models.keepVersion(after, { changeType, summary });
        await this.record(changeType === 'reverted' ? 'revert' : 'update', after, summary);
        await this.dependencies.keep(organizationId, [contributionOf(after)]);
        return toModelView(after);
      }),
    );
  }

  private async take(model: Model): Promise<void> {
    await this.models.delete(model.organizationId, model.id);
    await this.record('delete', model);
    await this.dependencies.remove(model.organizationId, [{ type: 'model', key: model.id }]);
  }

  private record(verb: string, { id, organizationId, name, version }: Model, summary?: string): Promise<void> {
    const details = { version, ...(summary !== undefined && { summary }) };
    return this.audit.record({ action: `model.${verb}`, organizationId, entity: { type: 'model', id, name }, details });
  }

  private async naming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error, 'models_name_key')) throw conflict('Name is taken by another model');
      throw error;
    }
  }
}

/** @throws DomainError `bad_request` with every problem of the fields. */
function soundContent(input: ModelInput): ModelContent {
  const { content, problems } = contentOf(input);
  const [first, ...others] = problems;
  if (first) throw invalid(first, ...others);
  return content;
}

/** A version of a path; what is no number is none that there is. */
function numberOf(version: string): number {
  if (!/^[1-9]\d{0,8}$/.test(version)) throw notFound('Version');
  return Number(version);
}
