import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { SchemaBindingsRepository } from '../schemas/schemas.repository';
import { bindingContribution } from './contributions';

/** Schema bindings in the graph. */
@Injectable()
@ContributesDependencies()
export class BindingDependencies implements DependencyContributor {
  readonly types = ['schema-binding'];

  constructor(private readonly bindings: SchemaBindingsRepository) {}

  async all(organizationId: string): Promise<Contribution[]> {
    return (await this.bindings.heads(organizationId)).map(bindingContribution);
  }
}
