import { conflict, invalid, MAX_TOPIC_LENGTH, MAX_TOPIC_LEVELS, topicProblem, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type Dependents, type GuardQuery } from '#platform/dependencies';
import { Injectable } from '@nestjs/common';
import { topicContribution, topicKey, type ModelTopic } from '../dependencies/contributions';
import { bumpEpoch } from '../epochs';
import { toTopicView, type TopicView } from './dto/topic.dto';
import { TopicBranchesRepository } from './topic-branches.repository';
import { TopicPlacesRepository } from './topic-places.repository';
import { isBelow, parentOf } from './topic-places';
import { TopicRegistry } from './topic-registry';
import { requireBranchRight, requirePath, requireTopicRight } from './topic-rights';
import type { Topic } from './topic.entity';
import { TopicsRepository } from './topics.repository';

/**
 * Moves and removes topics with all below them. Meanwhile nobody stores values of the organization, and afterwards no
 * process stores any by the old paths.
 */
@Injectable()
export class TopicBranches {
  constructor(
    private readonly database: Database,
    private readonly topics: TopicsRepository,
    private readonly branches: TopicBranchesRepository,
    private readonly places: TopicPlacesRepository,
    private readonly registry: TopicRegistry,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
  ) {}

  /**
   * Gives a topic another path, and with it all below. They stay the topics that they are: with their ids, history and
   * configuration. Parents that are missing are made; those left stay, if empty.
   * @throws DomainError `bad_request` for a target that lies in the topic, or gives any a path that is none; `conflict` where
   * the target exists, or others name the topic or one below it by its path; `insufficient_scope` unless the right covers
   * both; `precondition_failed`.
   */
  move(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    target: string,
    query: GuardQuery = {},
  ): Promise<TopicView | Dependents> {
    const { organizationId } = member;
    requirePath(target);
    const movable = async (): Promise<Topic> => {
      const topic = await this.topics.get(organizationId, id);
      requireRight(member, topic, topic.path);
      requireRight(member, topic, target);
      await this.requirePaths(topic, target);
      requireVersion(topic, ifMatch);
      if (await this.topics.exists(organizationId, target)) throw conflict('Topic exists');
      return topic;
    };
    return this.change(organizationId, movable, { ...query, branch: true }, async (topic) => {
      const parent = parentOf(target);
      if (parent !== null) await this.registry.add([{ organizationId, topic: parent }]);
      const before = await this.places.withModels(organizationId, topic.path);
      const count = await this.branches.move(organizationId, topic.path, target);
      await this.record('move', topic, { changes: { topic: { from: topic.path, to: target } }, details: { count } });
      await this.follow(organizationId, before, await this.places.withModels(organizationId, target));
      return toTopicView(await this.topics.get(organizationId, id));
    });
  }

  /**
   * Nothing of the topic can be read any more, and data to its path makes a new one. Its records go later: see
   * `RemovedTopics`.
   * @throws DomainError `conflict` for a topic with others below it, unless these are to go with it, and where others name
   * what goes by its path; `not_found`; `insufficient_scope`; `precondition_failed`.
   */
  async remove(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    recursive: boolean,
    query: GuardQuery = {},
  ): Promise<void | Dependents> {
    const { organizationId } = member;
    const removable = async (): Promise<Topic> => {
      const topic = await this.topics.get(organizationId, id);
      requireTopicRight(member, 'uns:write', topic.path);
      requireVersion(topic, ifMatch);
      if (topic.children > 0 && !recursive) {
        throw conflict('Topic has topics below it: with recursive=true they are deleted, too');
      }
      requireRight(member, topic, topic.path);
      return topic;
    };
    return this.change(organizationId, removable, { ...query, branch: recursive }, async (topic) => {
      const before = await this.places.withModels(organizationId, topic.path);
      const count = await this.branches.remove(organizationId, topic.path);
      await this.record('delete', topic, { details: { count } });
      await this.follow(organizationId, before, []);
    });
  }

  /**
   * Those who depend on it are asked twice: before anybody has to wait, since mostly it ends with their names, and again
   * while nobody can store values.
   * @param ready gives the topic where the change may be made.
   */
  private async change<T>(
    organizationId: string,
    ready: () => Promise<Topic>,
    { branch, ...query }: GuardQuery & { branch: boolean },
    work: (topic: Topic) => Promise<T>,
  ): Promise<T | Dependents> {
    const guarded = (topic: Topic, then: () => Promise<T>): Promise<T | Dependents> =>
      this.index.guard(organizationId, { ...topicKey(topic.path), label: 'Topic', branch }, query, then);
    if (!query.force || query.dryRun) {
      const told = await this.database.inOrganization(organizationId, async () =>
        guarded(await ready(), () => Promise.resolve(undefined as T)),
      );
      if (query.dryRun) return told;
    }
    return this.database.inOrganization(organizationId, async (manager) => {
      await bumpEpoch(manager, organizationId, 'topics');
      const topic = await ready();
      return guarded(topic, () => work(topic));
    });
  }

  /** Topics with models are in the graph by their paths. */
  private async follow(organizationId: string, before: readonly ModelTopic[], after: readonly ModelTopic[]) {
    if (before.length === 0) return;
    await this.index.remove(
      organizationId,
      before.map(({ path }) => topicKey(path)),
    );
    const contributions = after.map((topic) => topicContribution(topic, topic.modelId));
    if (contributions.length > 0) await this.index.keep(organizationId, contributions);
  }

  private async requirePaths({ organizationId, path: from, children }: Topic, target: string): Promise<void> {
    if (isBelow(target, from)) throw invalid({ field: 'topic', message: 'Topic must not be moved into itself' });
    if (children === 0) return;
    // No text has more characters than bytes: these are all that may be too long.
    const most = { bytes: MAX_TOPIC_LENGTH, levels: MAX_TOPIC_LEVELS };
    for (const path of await this.branches.longPaths(organizationId, { from, to: target }, most)) {
      const problem = topicProblem(path);
      if (problem) throw invalid({ field: 'topic', message: `${problem}: ${path.slice(0, MAX_TOPIC_LENGTH)}` });
    }
  }

  private record(
    verb: string,
    { id, path, organizationId }: Topic,
    more: Pick<Parameters<AuditTrail['record']>[0], 'changes' | 'details'>,
  ): Promise<void> {
    const entity = { type: 'topic', id, name: path };
    return this.audit.record({ action: `topic.${verb}`, organizationId, entity, ...more });
  }
}

/** For the topic at that path, and where others lie below it, for all of these. */
const requireRight = (member: Member, { children }: Topic, path: string): void =>
  (children > 0 ? requireBranchRight : requireTopicRight)(member, 'uns:write', path);
