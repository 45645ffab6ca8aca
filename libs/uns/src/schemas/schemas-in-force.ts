import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { FilterTrie } from '#platform/mqtt';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { In } from 'typeorm';
import { judgeOf, type Judge } from './judge';
import { mostSpecific } from './filter-rank';
import { SchemaBinding } from './schema-binding.entity';
import { SchemaChecks } from './schema-checks';
import { TopicSchema } from './topic-schema.entity';

interface Placed {
  id: string;
  organizationId: string;
  path: string;
}

type Head = Pick<SchemaBinding, 'id' | 'organizationId' | 'name' | 'filter'>;
type InForce = TopicSchema | SchemaBinding;

/** Judges are small; what they compile is bounded by itself. */
const MOST_JUDGES = 10_000;

/** Which schema holds for a topic: its own, else that of the most specific binding. */
@Injectable()
export class SchemasInForce {
  /** The same for all topics of a binding, and for all that say the same. */
  private readonly judges = new LRUCache<string, { judge: Judge | undefined }>({ max: MOST_JUDGES });

  constructor(
    private readonly database: Database,
    private readonly checks: SchemaChecks,
  ) {}

  /** By the topics' ids; topics without one are left out. */
  async of(topics: readonly Placed[]): Promise<Map<string, InForce>> {
    if (topics.length === 0) return new Map();
    const organizations = [...new Set(topics.map(({ organizationId }) => organizationId))];
    return this.database.inOrganizations(organizations, async (manager) => {
      const organizationId = In(organizations);
      const own = await manager.findBy(TopicSchema, { organizationId, id: In(topics.map(({ id }) => id)) });
      const found = new Map<string, InForce>(own.map((schema) => [schema.id, schema]));
      const heads = await manager.find(SchemaBinding, {
        select: { id: true, organizationId: true, name: true, filter: true },
        where: { organizationId },
      });
      if (heads.length === 0) return found;
      const bound = boundTo(
        topics.filter(({ id }) => !found.has(id)),
        heads,
      );
      const ids = [...new Set(bound.values())];
      const bindings = ids.length > 0 ? await manager.findBy(SchemaBinding, { organizationId, id: In(ids) }) : [];
      const byId = new Map(bindings.map((binding) => [binding.id, binding]));
      for (const [topicId, bindingId] of bound) found.set(topicId, byId.get(bindingId)!);
      return found;
    });
  }

  /** What judges values of topics, by their ids; topics whose values may be anything are left out. */
  async judgesOf(topics: readonly Placed[]): Promise<Map<string, Judge>> {
    const judges = new Map<string, Judge>();
    const known = new Map<InForce, Judge | undefined>();
    for (const [topicId, rules] of await this.of(topics)) {
      if (!known.has(rules)) known.set(rules, this.judgeOf(rules));
      const judge = known.get(rules);
      if (judge) judges.set(topicId, judge);
    }
    return judges;
  }

  judgeOf(rules: InForce): Judge | undefined {
    const { mode, schema, modelSchema, min, max, version } = rules;
    const content = JSON.stringify([mode, schema, modelSchema, min, max, version]);
    const key = createHash('sha256').update(content).digest('base64');
    const known = this.judges.get(key);
    if (known) return known.judge;
    const judge = judgeOf(rules, (shape) => this.checks.of(shape));
    this.judges.set(key, { judge });
    return judge;
  }
}

/** Ids of the topics with those of the bindings that hold for them. */
function boundTo(topics: readonly Placed[], heads: readonly Head[]): Map<string, string> {
  const tries = new Map<string, FilterTrie<Head>>();
  for (const head of heads) {
    let trie = tries.get(head.organizationId);
    if (!trie) tries.set(head.organizationId, (trie = new FilterTrie()));
    trie.set(head.filter, head.id, head);
  }
  const bound = new Map<string, string>();
  for (const { id, organizationId, path } of topics) {
    const matching: Head[] = [];
    tries.get(organizationId)?.match(path, (_, head) => matching.push(head));
    const best = mostSpecific(matching);
    if (best) bound.set(id, best.id);
  }
  return bound;
}
