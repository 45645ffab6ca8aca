import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { Database } from '#platform/database';
import { readEpochs } from '../epochs';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { topicContribution } from './contributions';

/** Topics in the graph: those with a model of their own, and all others for whoever names them by their paths. */
@Injectable()
@ContributesDependencies()
export class TopicDependencies implements DependencyContributor {
  readonly types = ['topic'];

  constructor(
    private readonly database: Database,
    private readonly topics: TopicPlacesRepository,
  ) {}

  async all(organizationId: string): Promise<Contribution[]> {
    const topics = await this.topics.withModels(organizationId);
    return topics.map((topic) => topicContribution(topic, topic.modelId));
  }

  identify(organizationId: string, _type: string, paths: readonly string[]): Promise<Map<string, string>> {
    return this.topics.idsOf(organizationId, paths);
  }

  async pathsRevision(organizationId: string): Promise<number> {
    const epochs = await this.database.inOrganization(organizationId, (manager) =>
      readEpochs(manager, [organizationId]),
    );
    return epochs.get(organizationId)!.topics;
  }

  locate(organizationId: string, _type: string, id: string): Promise<string | undefined> {
    return this.topics.pathOf(organizationId, id);
  }
}
