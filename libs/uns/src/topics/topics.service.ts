import { conflict, invalid, Page, scopeBranches, topicProblem, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort, type ListQuery } from '#platform/http';
import { Injectable } from '@nestjs/common';
import { toTopicView, type CreateTopic, type TopicView, type UpdateTopic } from './dto/topic.dto';
import type { Topic } from './topic.entity';
import { requireTopicRight } from './topic-rights';
import { TopicRegistry } from './topic-registry';
import { TopicsRepository } from './topics.repository';

const SORTABLE = ['path', 'name', 'createdAt', 'updatedAt'] as const;

/** Topics as configuration: what exists, and what people say about it. */
@Injectable()
export class TopicsService {
  constructor(
    private readonly topics: TopicsRepository,
    private readonly registry: TopicRegistry,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId, scopes }: Member, query: ListQuery): Promise<Page<TopicView>> {
    const branches = scopeBranches(scopes, 'uns:read');
    const found = await this.topics.search(
      organizationId,
      { ...query, branches },
      parseSort(query.sort, SORTABLE, 'path'),
    );
    return new Page(found.data.map(toTopicView), found.meta);
  }

  /** In the organization's own name: topics whose path contains the text, whatever its case, by their paths. */
  async find(organizationId: string, search: string, limit: number): Promise<TopicView[]> {
    const { data } = await this.topics.search(organizationId, { page: 1, limit, search }, { path: 'ASC' });
    return data.map(toTopicView);
  }

  async get(member: Member, id: string): Promise<TopicView> {
    const topic = await this.topics.get(member.organizationId, id);
    requireTopicRight(member, 'uns:read', topic.path);
    return toTopicView(topic);
  }

  async getByPath(member: Member, path: string): Promise<TopicView> {
    requirePath(path);
    requireTopicRight(member, 'uns:read', path);
    return toTopicView(await this.topics.byPath(member.organizationId, path));
  }

  /** @throws DomainError `conflict` when the topic exists. */
  async create(member: Member, { topic: path, description }: CreateTopic): Promise<TopicView> {
    const { organizationId } = member;
    requirePath(path);
    requireTopicRight(member, 'uns:write', path);
    return this.database.inOrganization(organizationId, async () => {
      const made = await this.registry.add({ organizationId, topic: path });
      const topic = await this.topics.byPath(organizationId, path);
      if (!made.has(topic.id)) throw conflict('Topic exists');
      await this.record('topic.create', topic, {}, { description });
      if (!description) return toTopicView(topic);
      return toTopicView(await this.topics.update(organizationId, topic.id, topic.version, { description }));
    });
  }

  async update(member: Member, id: string, ifMatch: SeenVersion, change: UpdateTopic): Promise<TopicView> {
    const { organizationId } = member;
    return this.database.inOrganization(organizationId, async () => {
      const topic = await this.topics.get(organizationId, id);
      requireTopicRight(member, 'uns:write', topic.path);
      requireVersion(topic, ifMatch);
      const updated = await this.topics.update(organizationId, id, topic.version, change);
      await this.record('topic.update', updated, topic, updated);
      return toTopicView(updated);
    });
  }

  private async record(action: string, topic: Topic, before: UpdateTopic, after: UpdateTopic): Promise<void> {
    const { id, path, organizationId } = topic;
    const changes = changesBetween(before, after, ['description']);
    await this.audit.record({ action, organizationId, entity: { type: 'topic', id, name: path }, changes });
  }
}

function requirePath(path: string): void {
  const problem = path ? topicProblem(path) : 'Topic is required';
  if (problem) throw invalid({ field: 'topic', message: problem });
}
