import { Injectable } from '@nestjs/common';
import type { Member } from '#kernel';
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
import type { ModelInput } from './dto/model.dto';
import { ModelRelations } from './model-relations.service';
import { ModelsRepository } from './models.repository';
import { ModelsService } from './models.service';
import { checkModel, portableContent, withModels } from './portable-model';

/** Models as they leave and enter organizations. They have no secrets. */
@Injectable()
@IsPortable()
export class ModelPortable implements Portable {
  readonly type = 'model';
  readonly after = [];
  readonly caseless = true;
  readonly check = checkModel;

  constructor(
    private readonly repository: ModelsRepository,
    private readonly models: ModelsService,
    private readonly relations: ModelRelations,
  ) {}

  async names(organizationId: string): Promise<Map<string, string>> {
    const named = await this.repository.names(organizationId);
    return new Map(named.map(({ id, name }) => [pathOfNames([name]), id]));
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const found = await this.repository.byIds(organizationId, ids);
    return found.map((model) => {
      const { id, name, version } = model;
      return { id, name: pathOfNames([name]), version, content: portableContent(model), secrets: new Map() };
    });
  }

  mapReferences(content: PortableContent, map: (type: string, text: string) => string): PortableContent {
    return withModels(content, (text) => map('model', text));
  }

  async create(member: Member, { id, name, content }: EnteringEntity): Promise<void> {
    await this.models.create(member, inputOf(name, content), id);
  }

  async update(member: Member, { id, version, name, content }: ChangedEntity): Promise<void> {
    await this.models.replace(member, id, version, inputOf(name, content));
  }

  delete(member: Member, id: string, version?: number): Promise<void> {
    return this.models.remove(member, id, version);
  }

  together<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    return this.relations.together(organizationId, work);
  }
}

const inputOf = (path: string, content: PortableContent): ModelInput =>
  ({ ...content, name: nameOfPath(path) }) as unknown as ModelInput;
