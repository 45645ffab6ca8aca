import { randomUUID } from 'node:crypto';
import { progress } from '../lib/benchmark.ts';
import { built } from '../lib/built.ts';
import type { BenchDatabase } from '../lib/database.ts';
import { whole } from '../lib/markdown.ts';

/*
 * A plant's configuration as the graph has it: entities of all types with the references that such have. The entities
 * themselves do not exist but for the hub, which all others use in the end.
 */

interface Reference {
  kind: 'uses' | 'part' | 'matches';
  type: string;
  key: string;
  via: string;
}

interface Contribution {
  entity: { type: string; key: string; id: string; name: string };
  references: Reference[];
}

interface Index {
  rowsOf(contributions: readonly Contribution[]): unknown[];
  batchesOf(contributions: readonly Contribution[]): Contribution[][];
}

/** Shares of the types among all entities. */
const SHARES = { connection: 0.05, function: 0.15, model: 0.1, dashboard: 0.1, pipeline: 0.6 } as const;
type Type = keyof typeof SHARES;

export interface Plant {
  /** Ids by types. */
  ids: Record<Type, string[]>;
  entities: number;
  references: number;
}

const TOPICS = 10_000;

const topicOf = (n: number): string =>
  `mHv1.0/plant-${n % 10}/line-${Math.floor(n / 10) % 100}/tag-${Math.floor(n / 1_000)}`;

/** All topics that anything refers to. */
export const topics = (): string[] => Array.from({ length: TOPICS }, (_, n) => topicOf(n));

/** @param hub id of a model that exists; every tenth entity uses it */
export async function makeGraph(
  database: BenchDatabase,
  organizationId: string,
  hub: string,
  entities: number,
  references: number,
): Promise<Plant> {
  progress(`making a graph of ${whole(entities)} entities and ${whole(references)} references`);
  const types = Object.keys(SHARES) as Type[];
  const ids = Object.fromEntries(
    types.map((type) => [type, Array.from({ length: Math.round(entities * SHARES[type]) }, () => randomUUID())]),
  ) as Plant['ids'];
  const functions = ids.function.map((id, n) =>
    contribution('function', id, n, [reference('part', 'connection', ids.connection[n % ids.connection.length]!, 0)]),
  );
  const plain = [
    ...ids.connection.map((id, n) => contribution('connection', id, n, [])),
    ...ids.model.map((id, n) => contribution('model', id, n, [])),
  ];
  const users = ids.pipeline.length + ids.dashboard.length;
  // What is left of the references goes to pipelines and dashboards, all alike.
  const each = (references - functions.length) / users;
  const between = (n: number): number => Math.floor((n + 1) * each) - Math.floor(n * each);
  const dashboards = ids.dashboard.map((id, n) =>
    contribution(
      'dashboard',
      id,
      n,
      Array.from({ length: between(n) }, (_, k) => ofDashboard(n, k)),
    ),
  );
  const pipelines = ids.pipeline.map((id, n) =>
    contribution(
      'pipeline',
      id,
      n,
      Array.from({ length: between(ids.dashboard.length + n) }, (_, k) => ofPipeline(ids, hub, n, k)),
    ),
  );
  const all = [...plain, ...functions, ...dashboards, ...pipelines];
  await keep(database, organizationId, all);
  return { ids, entities: all.length + 1, references };
}

/** What pipeline `n` refers to in its place `k`. */
function ofPipeline(
  { connection, function: functions, model, pipeline }: Plant['ids'],
  hub: string,
  n: number,
  k: number,
): Reference {
  if (k === 0 && n % 10 === 0) return reference('uses', 'model', hub, k);
  // Pipelines call those before them, so that there are long ways.
  if (k === 1 && n > 0) return reference('uses', 'pipeline', pipeline[Math.floor(n / 3)]!, k);
  if (k === 2) return reference('uses', 'function', functions[n % functions.length]!, k);
  if (k === 3) return reference('uses', 'connection', connection[n % connection.length]!, k);
  if (k === 4) return reference('uses', 'model', model[n % model.length]!, k);
  if (k === 5 && n % 6 === 0) return reference('matches', 'topic', `mHv1.0/plant-${n % 10}/line-${n % 100}/+`, k);
  return reference('uses', 'topic', topicOf((n * 7 + k * 1_000) % TOPICS), k);
}

const ofDashboard = (n: number, k: number): Reference => reference('uses', 'topic', topicOf((n * 10 + k) % TOPICS), k);

const reference = (kind: Reference['kind'], type: string, key: string, place: number): Reference => ({
  kind,
  type,
  key,
  via: `nodes[${place}].parameters.${type}`,
});

const contribution = (type: string, id: string, n: number, references: Reference[]): Contribution => ({
  entity: { type, key: id, id, name: `${type} ${n}` },
  references,
});

/** By the product's own statements. */
async function keep(database: BenchDatabase, organizationId: string, all: readonly Contribution[]): Promise<void> {
  const { rowsOf, batchesOf } = built<Index>('./dist/libs/dependencies/src/index/index-rows.js');
  const { KEEP, COUNT_UP } = built<{ KEEP: string; COUNT_UP: string }>(
    './dist/libs/dependencies/src/index/index-statements.js',
  );
  for (const batch of batchesOf(all)) await database.query(KEEP, [organizationId, ...rowsOf(batch)]);
  await database.query(COUNT_UP, [organizationId, [], [], 0]);
  await database.asOwner((owner) => owner.query('VACUUM (ANALYZE) dependency_entities, dependency_references'));
}
