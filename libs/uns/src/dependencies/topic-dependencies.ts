import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { topicContribution } from './contributions';

/** Topics in the graph: those with a model of their own, and all others for whoever names them by their paths. */
@Injectable()
@ContributesDependencies()
export class TopicDependencies implements DependencyContributor {
  readonly types = ['topic'];

  constructor(private readonly topics: TopicPlacesRepository) {}

  async all(organizationId: string): Promise<Contribution[]> {
    const topics = await this.topics.withModels(organizationId);
    return topics.map((topic) => topicContribution(topic, topic.modelId));
  }

  identify(organizationId: string, _type: string, paths: readonly string[]): Promise<Map<string, string>> {
    return this.topics.idsOf(organizationId, paths);
  }
}
