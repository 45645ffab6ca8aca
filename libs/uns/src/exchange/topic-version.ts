import { hash } from 'node:crypto';

/** What tells that a topic or its schema was changed. */
export interface TopicCounts {
  topic: { version: number };
  schema: { version: number; createdAt: Date } | null;
}

/**
 * One number for a topic with its schema, which count by themselves: another one after each change of either, also where
 * a schema was taken away and given anew. It cannot be told from it how often it was changed.
 */
export function versionOf({ topic, schema }: TopicCounts): number {
  const counts = JSON.stringify([topic.version, schema && [schema.version, schema.createdAt]]);
  return hash('sha256', counts, 'buffer').readUInt32BE() >>> 1;
}
