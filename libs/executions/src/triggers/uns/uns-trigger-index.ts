import { Injectable } from '@nestjs/common';
import { FilterTrie } from '#platform/mqtt';
import type { PipelineTrigger } from '#pipelines';
import { LRUCache } from 'lru-cache';
import { TriggerBook } from '../trigger-book';
import type { TriggerPlace } from '../trigger-starts';

/** A trigger that subscribes to topics. */
export interface UnsTrigger extends TriggerPlace {
  onChange: boolean;
  dedupMaxKeys: number;
}

interface Parameters {
  topics: string[];
  mode?: 'always' | 'onChange';
  dedupMaxKeys?: number;
}

const DEDUP_MAX_KEYS = 1_000;
/** Topics whose triggers are remembered. */
const MOST_TOPICS = 50_000;
const NONE: readonly UnsTrigger[] = [];

type Filters = FilterTrie<UnsTrigger>;

/** Which triggers a topic starts. */
@Injectable()
export class UnsTriggerIndex {
  private readonly byOrganization = new Map<string, Filters>();
  private readonly topics = new LRUCache<string, { of: Filters; triggers: readonly UnsTrigger[] }>({
    max: MOST_TOPICS,
  });

  constructor(book: TriggerBook) {
    book.listen((organizationId, triggers) => this.replace(organizationId, triggers));
  }

  /** Each once, however many of its filters select the topic. */
  match(organizationId: string, topic: string): readonly UnsTrigger[] {
    const filters = this.byOrganization.get(organizationId);
    if (!filters) return NONE;
    const key = `${organizationId}/${topic}`;
    const known = this.topics.get(key);
    if (known?.of === filters) return known.triggers;
    const found = new Map<string, UnsTrigger>();
    filters.match(topic, (place, trigger) => found.set(place, trigger));
    const triggers = found.size > 0 ? [...found.values()] : NONE;
    this.topics.set(key, { of: filters, triggers });
    return triggers;
  }

  private replace(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    const filters: Filters = new FilterTrie();
    for (const { type, pipelineId, nodeId, parameters } of triggers) {
      if (type !== 'trigger.uns.subscribe') continue;
      const { topics, mode, dedupMaxKeys = DEDUP_MAX_KEYS } = parameters as unknown as Parameters;
      const trigger = { organizationId, pipelineId, nodeId, onChange: mode === 'onChange', dedupMaxKeys };
      for (const topic of topics) filters.set(topic, `${pipelineId}/${nodeId}`, trigger);
    }
    if (filters.isEmpty) this.byOrganization.delete(organizationId);
    else this.byOrganization.set(organizationId, filters);
  }
}
