import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { NO_POLICY, type KeepRule, type TopicPolicy } from './topic-policy';

export interface PlacedTopic {
  id: string;
  organizationId: string;
  path: string;
}

/** Reads the rules that hold for topics, to be remembered until the organization's `policies` epoch counts up. */
@Injectable()
export class TopicPolicies {
  constructor(private readonly database: Database) {}

  /** By id; the same object for all topics without any rule. */
  async of(topics: readonly PlacedTopic[]): Promise<Map<string, TopicPolicy>> {
    const kept = await this.keepRules(topics);
    return new Map(topics.map(({ id }) => [id, kept.has(id) ? { keep: kept.get(id)! } : NO_POLICY]));
  }

  private async keepRules(topics: readonly PlacedTopic[]): Promise<Map<string, KeepRule>> {
    const organizations = [...new Set(topics.map(({ organizationId }) => organizationId))];
    const rows = await this.database.inOrganizations(organizations, (manager) =>
      manager.query<{ id: string; config: TopicConfig }[]>(
        `SELECT id, config FROM uns_topics WHERE organization_id = ANY ($1) AND id = ANY ($2) AND config IS NOT NULL`,
        [organizations, topics.map(({ id }) => id)],
      ),
    );
    return new Map(rows.flatMap(({ id, config }) => (keepsAll(config) ? [] : [[id, toKeepRule(config)]])));
  }
}

/** The column `config` of a topic; what is left out is the default. */
export interface TopicConfig {
  /** Days for which values are kept; default: the organization's. */
  retentionDays?: number;
  /** Default: true. */
  historyEnabled?: boolean;
  /** Default: false. */
  onChange?: boolean;
  deadband?: { kind: 'absolute' | 'percent'; value: number };
  maxIntervalSeconds?: number;
}

const keepsAll = ({ historyEnabled = true, onChange = false, deadband }: TopicConfig): boolean =>
  historyEnabled && !onChange && !deadband;

const toKeepRule = ({
  historyEnabled = true,
  onChange = false,
  deadband,
  maxIntervalSeconds,
}: TopicConfig): KeepRule => ({
  history: historyEnabled,
  onChange: onChange || deadband !== undefined,
  ...(deadband && { deadband }),
  ...(maxIntervalSeconds !== undefined && { maxIntervalSeconds }),
});
