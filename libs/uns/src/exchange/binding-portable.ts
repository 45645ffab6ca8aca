import { Injectable } from '@nestjs/common';
import type { Member } from '#kernel';
import { requireVersion } from '#platform/database';
import {
  IsPortable,
  nameOfPath,
  pathOfNames,
  type ChangedEntity,
  type EnteringEntity,
  type Portable,
  type PortableContent,
  type PortableEntity,
} from '#platform/dependencies';
import { SchemaBindingsService, type BindingValues } from '../schemas/schema-bindings.service';
import { SchemaBindingsRepository } from '../schemas/schemas.repository';
import { checkBinding, toBindingContent, type FullBindingContent } from './binding-content';
import { mapModel } from './schema-content';
import { sameVersion, SchemaRulesReader } from './schema-rules-reader';
import { plain } from './plain-content';

/** Schema bindings that leave and enter organizations. */
@Injectable()
@IsPortable()
export class BindingPortable implements Portable {
  readonly type = 'schema-binding';
  /** Topics read and record much before they hold others up, which the first binding does at once. */
  readonly after = ['model', 'topic'];
  readonly caseless = true;
  readonly holdsOthersUp = true;
  readonly check = checkBinding;
  readonly mapReferences = mapModel<PortableContent>;

  constructor(
    private readonly bindings: SchemaBindingsRepository,
    private readonly service: SchemaBindingsService,
    private readonly rules: SchemaRulesReader,
  ) {}

  async names(organizationId: string): Promise<Map<string, string>> {
    const heads = await this.bindings.heads(organizationId);
    return new Map(heads.map(({ id, name }) => [pathOfNames([name]), id]));
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const found = await this.bindings.byIds(organizationId, ids);
    return found.map((binding) => ({
      id: binding.id,
      name: pathOfNames([binding.name]),
      version: binding.version,
      content: plain(toBindingContent(binding)),
      secrets: new Map(),
    }));
  }

  async create({ organizationId }: Member, { id, name, content }: EnteringEntity): Promise<void> {
    const { values, targets } = await this.valuesOf(organizationId, name, content);
    await this.service.make(organizationId, { id, ...values }, targets);
  }

  async update({ organizationId }: Member, { id, version, name, content }: ChangedEntity): Promise<void> {
    const before = await this.bindings.get(organizationId, id);
    requireVersion(before, version);
    const { values, targets } = await this.valuesOf(organizationId, name, content);
    await this.service.rewrite(before, { ...values, ...sameVersion(values, before) }, targets);
  }

  delete({ organizationId }: Member, id: string, version?: number): Promise<void> {
    return this.service.drop(organizationId, id, version);
  }

  private async valuesOf(organizationId: string, path: string, content: PortableContent) {
    const { filter, ...given } = content as unknown as FullBindingContent;
    const { rules, targets } = await this.rules.read(organizationId, [given]);
    const values: BindingValues = { name: nameOfPath(path), filter, ...rules[0]! };
    return { values, targets };
  }
}
