import { conflict, Page, scopeBranches, Stretch, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import { Injectable } from '@nestjs/common';
import type { TopicSearchQuery } from './dto/topic-tree.dto';
import { toTopicView, type CreateTopic, type TopicListQuery, type TopicView, type UpdateTopic } from './dto/topic.dto';
import { pathCursor, readPathCursor } from './path-cursor';
import type { Topic } from './topic.entity';
import { TopicRegistry } from './topic-registry';
import { requirePath, requireTopicRight } from './topic-rights';
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

  async list({ organizationId, scopes }: Member, query: TopicListQuery): Promise<Page<TopicView>> {
    const branches = scopeBranches(scopes, 'uns:read');
    const found = await this.topics.list(
      organizationId,
      { ...query, branches },
      parseSort(query.sort, SORTABLE, 'path'),
    );
    return new Page(found.data.map(toTopicView), found.meta);
  }

  /** By their paths: see `searchPatterns` for what is found. @throws DomainError `bad_request` for another's cursor. */
  async search({ organizationId, scopes }: Member, query: TopicSearchQuery): Promise<Stretch<TopicView>> {
    const { q, limit, cursor } = query;
    const branches = scopeBranches(scopes, 'uns:read');
    const found = await this.topics.find(organizationId, q, {
      after: readPathCursor(cursor),
      limit: limit + 1,
      branches,
    });
    const data = found.slice(0, limit).map(toTopicView);
    return new Stretch(data, { nextCursor: found.length > limit ? pathCursor(data.at(-1)!.topic) : null });
  }

  /** In the organization's own name: at most so many topics, by their paths. An empty text finds all. */
  async find(organizationId: string, text: string, limit: number): Promise<TopicView[]> {
    const found = await this.topics.find(organizationId, text, { limit });
    return found.map(toTopicView);
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
      const made = await this.registry.add([{ organizationId, topic: path }]);
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
    const changes = changesBetween(before, after, ['description', 'tags']);
    await this.audit.record({ action, organizationId, entity: { type: 'topic', id, name: path }, changes });
  }
}
