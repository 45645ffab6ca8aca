import { isDeepStrictEqual } from 'node:util';
import { changesBetween, type AuditEntry, type Changes } from '#platform/audit';
import { RULE_FIELDS, type SchemaRules } from '../schemas/schema-rules';
import { plain } from './plain-content';
import type { FullSchemaContent } from './schema-content';
import type { TopicWithSchema } from './topic-batches';
import { toTopicContent, topicValues, type FullTopicContent, type TopicValues } from './topic-content';

/*
 * What becomes of topics, and what the trail says of it.
 */

/** Where a topic lies, and whose it is. */
export interface Place {
  organizationId: string;
  id: string;
  path: string;
}

/** What becomes of a topic that is there. */
export interface TopicChange extends TopicWithSchema {
  values: TopicValues;
  /** Of description and tags. */
  said: Changes;
  /** Of what is kept of its values. */
  kept: Changes;
  /** Null for none; missing where it stays as it is. */
  newSchema?: FullSchemaContent | null;
}

export function changeOf({ topic, schema }: TopicWithSchema, content: FullTopicContent): TopicChange {
  const own = toTopicContent(topic, schema);
  const [before, values] = [topicValues(own), topicValues(content)];
  return {
    ...{ topic, schema, values },
    said: changesBetween(before, values, ['description', 'tags']),
    kept: changesBetween(before, values, ['config']),
    ...(!isDeepStrictEqual(plain(own).schema, plain(content).schema) && { newSchema: content.schema }),
  };
}

export const isDescribedAnew = ({ said, kept }: TopicChange): boolean => !isEmpty(said) || !isEmpty(kept);

/** Of a topic that is made. */
export const entriesOfNew = (place: Place, values: TopicValues, rules: SchemaRules | undefined): AuditEntry[] => [
  entry('topic.create', place, changesBetween<Partial<TopicValues>>({}, values, ['description', 'tags', 'config'])),
  ...(rules ? [entry('schema.update', place, schemaChanges({}, rules))] : []),
];

/** Of one that is changed. @param rules of its new schema, where it gets one. */
export const entriesOfChange = (
  { topic, schema, said, kept, newSchema }: TopicChange,
  rules: SchemaRules | undefined,
): AuditEntry[] => [
  ...(isEmpty(said) ? [] : [entry('topic.update', topic, said)]),
  ...(isEmpty(kept) ? [] : [entry('topic.configure', topic, kept)]),
  ...(rules ? [entry('schema.update', topic, schemaChanges(schema ?? {}, rules))] : []),
  ...(newSchema === null ? [entry('schema.delete', topic, schemaChanges(schema ?? {}, {}))] : []),
];

/** Of one that is gone, with nothing below it. */
export const entryOfRemoval = (place: Place): AuditEntry => ({
  ...entry('topic.delete', place),
  details: { count: 1 },
});

const schemaChanges = (before: Partial<SchemaRules>, after: Partial<SchemaRules>): Changes =>
  changesBetween(before, after, RULE_FIELDS);

const entry = (action: string, { organizationId, id, path }: Place, changes?: Changes): AuditEntry => ({
  ...{ action, organizationId, entity: { type: 'topic', id, name: path } },
  ...(changes && { changes }),
});

const isEmpty = (changes: Changes): boolean => Object.keys(changes).length === 0;
