import type { Contribution, EntityKey, Reference } from '#platform/dependencies';
import type { SchemaBinding } from '../schemas/schema-binding.entity';

/** A topic whose own schema is a model. */
export interface ModelTopic {
  id: string;
  path: string;
  modelId: string;
}

export const topicKey = (path: string): EntityKey => ({ type: 'topic', key: path });

export const bindingKey = (id: string): EntityKey => ({ type: 'schema-binding', key: id });

/** What a schema refers to; the graph has ids in small letters. */
export const modelTargets = (modelId: string | null | undefined): EntityKey[] =>
  modelId ? [{ type: 'model', key: modelId.toLowerCase() }] : [];

/** A topic as the graph keeps it; those without a model refer to nothing, and are found by their paths. */
export const topicContribution = ({ id, path }: { id: string; path: string }, modelId: string): Contribution => ({
  entity: { ...topicKey(path), id, name: path },
  references: [{ type: 'model', key: modelId, kind: 'uses', via: 'schema.modelId' }],
});

export function bindingContribution({
  id,
  name,
  filter,
  modelId,
}: Pick<SchemaBinding, 'id' | 'name' | 'filter' | 'modelId'>): Contribution {
  const references: Reference[] = [{ type: 'topic', key: filter, kind: 'matches', via: 'filter' }];
  if (modelId !== null) references.push({ type: 'model', key: modelId, kind: 'uses', via: 'modelId' });
  return { entity: { ...bindingKey(id), id, name }, references };
}
