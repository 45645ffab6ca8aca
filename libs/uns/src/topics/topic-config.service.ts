import { invalid, type Member } from '#kernel';
import { OrganizationSettings } from '#organizations';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { bumpEpoch } from '../epochs';
import {
  configProblems,
  toConfig,
  toConfigView,
  type TopicConfigInput,
  type TopicConfigView,
} from './dto/topic-config.dto';
import { requireTopicRight } from './topic-rights';
import { TopicsRepository } from './topics.repository';

/** Which values of a topic are kept, and for how long. */
@Injectable()
export class TopicConfigs {
  constructor(
    private readonly database: Database,
    private readonly topics: TopicsRepository,
    private readonly settings: OrganizationSettings,
    private readonly audit: AuditTrail,
  ) {}

  async get(member: Member, id: string): Promise<TopicConfigView> {
    const topic = await this.topics.get(member.organizationId, id);
    requireTopicRight(member, 'uns:read', topic.path);
    return toConfigView(topic, await this.daysOf(member.organizationId));
  }

  /**
   * Holds for every value that is stored from then on, in all processes.
   * @throws DomainError `bad_request` for an interval without a rule that it could bend; `precondition_failed`.
   */
  async replace(member: Member, id: string, ifMatch: SeenVersion, input: TopicConfigInput): Promise<TopicConfigView> {
    const { organizationId } = member;
    const config = toConfig(input);
    const [problem] = configProblems(config);
    if (problem) throw invalid(problem);
    const days = await this.daysOf(organizationId);
    return this.database.inOrganization(organizationId, async (manager) => {
      await bumpEpoch(manager, organizationId, 'policies');
      const before = await this.topics.get(organizationId, id);
      requireTopicRight(member, 'uns:write', before.path);
      requireVersion(before, ifMatch);
      const after = await this.topics.update(organizationId, id, before.version, { config });
      const entity = { type: 'topic', id, name: after.path };
      const changes = changesBetween(before, after, ['config']);
      await this.audit.record({ action: 'topic.configure', organizationId, entity, changes });
      return toConfigView(after, days);
    });
  }

  private async daysOf(organizationId: string): Promise<number> {
    return (await this.settings.of(organizationId)).retention.recordsDays;
  }
}
