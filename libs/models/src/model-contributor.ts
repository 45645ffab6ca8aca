import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { namedPlaces } from './model-relations';
import type { Model } from './model.entity';
import { ModelsRepository } from './models.repository';

/** A model in the graph: it uses those that its fields name. */
export const contributionOf = ({ id, name, fields }: Pick<Model, 'id' | 'name' | 'fields'>): Contribution => ({
  entity: { type: 'model', key: id, id, name },
  references: namedPlaces(fields).map(({ modelId, place }) => ({
    kind: 'uses',
    type: 'model',
    key: modelId,
    via: place,
  })),
});

/** Every model of an organization, for its graph. */
@Injectable()
@ContributesDependencies()
export class ModelContributor implements DependencyContributor {
  readonly types = ['model'];

  constructor(private readonly models: ModelsRepository) {}

  async all(organizationId: string): Promise<Contribution[]> {
    return (await this.models.all(organizationId)).map(contributionOf);
  }
}
