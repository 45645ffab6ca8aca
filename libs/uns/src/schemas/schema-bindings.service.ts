import { Injectable } from '@nestjs/common';
import { conflict, hasScopeOn, invalid, Page, type Member, type Scope } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort, type ListQuery } from '#platform/http';
import { DependencyIndex, type EntityKey } from '#platform/dependencies';
import { bindingContribution, bindingKey, modelTargets } from '../dependencies/contributions';
import { bumpEpoch } from '../epochs';
import { requireTopicRight } from '../topics/topic-rights';
import { toBindingView, type CreateBinding, type SchemaBindingView, type UpdateBinding } from './dto/schema.dto';
import type { SchemaBinding } from './schema-binding.entity';
import { bindingFilterProblem, SchemaReader } from './schema-reader';
import { RULE_FIELDS, type SchemaRules } from './schema-rules';
import { SchemaBindingsRepository, type BindingHead } from './schemas.repository';

/** What people decide of a binding. */
export interface BindingValues extends SchemaRules {
  name: string;
  filter: string;
}

const SORTABLE = ['name', 'filter', 'createdAt', 'updatedAt'] as const;

/** Of one organization: each of them is looked at when a topic is first published to. */
export const MOST_BINDINGS = 1_000;

/** Schemas of many topics. A change holds for every value that comes after its answer, in all processes. */
@Injectable()
export class SchemaBindingsService {
  constructor(
    private readonly database: Database,
    private readonly bindings: SchemaBindingsRepository,
    private readonly reader: SchemaReader,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
  ) {}

  /** Those whose filter the caller's branches cover; the search is in name and filter. */
  async list(member: Member, { page, limit, search, sort }: ListQuery): Promise<Page<SchemaBindingView>> {
    const { organizationId, scopes } = member;
    const order = parseSort(sort, SORTABLE, 'name') as Record<string, 'ASC' | 'DESC'>;
    const text = search?.toLowerCase() ?? '';
    const all = (await this.bindings.heads(organizationId))
      .filter(({ filter }) => hasScopeOn(scopes, 'uns:read', filter))
      .filter(({ name, filter }) => `${name}\n${filter}`.toLowerCase().includes(text))
      .sort((a, b) => compare(a, b, order));
    const shown = all.slice((page - 1) * limit, page * limit).map(({ id }) => id);
    const found = await this.bindings.byIds(organizationId, shown);
    return new Page(found.map(toBindingView), { page, limit, total: all.length });
  }

  async get(member: Member, id: string): Promise<SchemaBindingView> {
    return toBindingView(await this.load(member, 'uns:read', id));
  }

  /** @throws DomainError `bad_request` with every problem; `conflict` for a name that is taken. */
  async create(member: Member, { name, filter, ...given }: CreateBinding): Promise<SchemaBindingView> {
    const { organizationId } = member;
    requireFilter(member, filter);
    const targets = await this.index.present(organizationId, modelTargets(given.modelId));
    const rules = await this.reader.read(organizationId, given);
    return toBindingView(await this.make(organizationId, { name, filter, ...rules }, targets));
  }

  /** @throws DomainError as `create`; `precondition_failed`. */
  async update(member: Member, id: string, ifMatch: SeenVersion, change: UpdateBinding): Promise<SchemaBindingView> {
    const { organizationId } = member;
    const before = await this.load(member, 'uns:write', id);
    requireVersion(before, ifMatch);
    const name = change.name ?? before.name;
    const filter = change.filter ?? before.filter;
    requireFilter(member, filter);
    const given = changed(before, change);
    const targets = await this.index.present(organizationId, modelTargets(given.modelId));
    const rules = await this.reader.read(organizationId, given);
    const values = { name, filter, ...rules, ...keptModel(before, change) };
    return toBindingView(await this.rewrite(before, values, targets));
  }

  /** @throws DomainError `not_found`; `insufficient_scope`; `precondition_failed`. */
  async delete(member: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    const { organizationId } = member;
    await this.change(organizationId, async () => {
      await this.load(member, 'uns:write', id);
      await this.drop(organizationId, id, ifMatch);
    });
  }

  /**
   * One that has been checked, for whoever may have it made.
   * @param targets as `DependencyIndex.keep` expects them.
   * @throws DomainError `conflict`
   */
  make(
    organizationId: string,
    binding: BindingValues & { id?: string },
    targets: readonly EntityKey[],
  ): Promise<SchemaBinding> {
    const values: object = binding;
    return this.change(organizationId, async () => {
      if ((await this.bindings.count(organizationId)) >= MOST_BINDINGS) {
        throw conflict(`There may be at most ${MOST_BINDINGS} schema bindings`);
      }
      const made = await this.bindings.insert(organizationId, values);
      await this.record('create', {}, made);
      await this.index.keep(organizationId, [bindingContribution(made)], targets);
      return made;
    });
  }

  /** Likewise. @throws DomainError `conflict`; `precondition_failed` */
  rewrite(before: SchemaBinding, binding: BindingValues, targets: readonly EntityKey[]): Promise<SchemaBinding> {
    const values: object = binding;
    const { organizationId, id, version } = before;
    return this.change(organizationId, async () => {
      const after = await this.bindings.update(organizationId, id, version, values);
      await this.record('update', before, after);
      await this.index.keep(organizationId, [bindingContribution(after)], targets);
      return after;
    });
  }

  /** Likewise. @throws DomainError `not_found`; `precondition_failed` */
  drop(organizationId: string, id: string, ifMatch: SeenVersion): Promise<void> {
    return this.change(organizationId, async () => {
      const binding = await this.bindings.get(organizationId, id);
      requireVersion(binding, ifMatch);
      await this.bindings.delete(organizationId, id);
      await this.record('delete', binding, binding);
      await this.index.remove(organizationId, [bindingKey(id)]);
    });
  }

  private async load(member: Member, scope: Scope, id: string): Promise<SchemaBinding> {
    const binding = await this.bindings.get(member.organizationId, id);
    requireTopicRight(member, scope, binding.filter);
    return binding;
  }

  private async change<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.database.inOrganization(organizationId, async (manager) => {
        await bumpEpoch(manager, organizationId, 'policies');
        return work();
      });
    } catch (error) {
      if (isUniqueViolation(error, 'uns_schema_bindings_name_key')) {
        throw conflict('Name is taken by another schema binding');
      }
      throw error;
    }
  }

  private record(verb: string, before: Partial<SchemaBinding>, after: SchemaBinding): Promise<void> {
    const { id, name, organizationId } = after;
    const changes = changesBetween(before, after, ['name', 'filter', ...RULE_FIELDS]);
    const entity = { type: 'schema_binding', id, name };
    return this.audit.record({ action: `schema_binding.${verb}`, organizationId, entity, changes });
  }
}

/** The binding's rules with what is given; another model begins with its version of now. */
function changed(before: SchemaBinding, change: UpdateBinding) {
  const given = Object.fromEntries(
    RULE_FIELDS.flatMap((field) => (change[field] === undefined ? [] : [[field, change[field]]])),
  ) as UpdateBinding;
  const otherModel = 'modelId' in given && given.modelId !== before.modelId;
  return { ...before, ...(otherModel && { modelVersion: null }), ...given, mode: given.mode ?? before.mode };
}

/** What has been held to since it came from elsewhere is no version here: it stays until another one is asked for. */
function keptModel(before: SchemaBinding, { modelId, modelVersion }: UpdateBinding): Partial<SchemaRules> {
  const stays = (modelId === undefined || modelId === before.modelId) && !modelVersion;
  const isForeign = before.modelId !== null && before.modelVersion === null;
  return stays && isForeign ? { modelVersion: null, modelSchema: before.modelSchema } : {};
}

function compare(a: BindingHead, b: BindingHead, order: Record<string, 'ASC' | 'DESC'>): number {
  for (const [field, direction] of [...Object.entries(order), ['id', 'ASC'] as const]) {
    const [left, right] = [a[field as 'name'], b[field as 'name']];
    if (left !== right) return (left < right ? -1 : 1) * (direction === 'ASC' ? 1 : -1);
  }
  return 0;
}

/** @throws DomainError `bad_request`; `insufficient_scope` for topics that the caller's branches do not cover. */
function requireFilter(member: Member, filter: string): void {
  const problem = bindingFilterProblem(filter);
  if (problem) throw invalid({ field: 'filter', message: problem });
  requireTopicRight(member, 'uns:write', filter);
}
