import { randomUUID } from 'node:crypto';
import { progress } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { BenchDatabase } from '../lib/database.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, table, whole } from '../lib/markdown.ts';
import { signIn } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import { callerOf } from './caller.ts';
import type { Options } from './options.ts';
import { makeGraph, topics } from './plant.ts';

const CONCURRENCY = [1, 4];
/** Those that are measured once more, each right after a change of the graph. */
const AFTER_CHANGE = ['whole graph', 'impact of the busiest'];

export async function graphPart({ entities, references, reads, dataDir }: Options): Promise<string> {
  using directory = new DataDirectory(dataDir);
  await using database = await BenchDatabase.start(directory);
  await using hub = await Hub.start(directory, { settings: database.settings });
  const session = await signIn(hub, ['dependencies:read', 'models:read', 'models:write', 'uns:publish']);
  const call = callerOf(hub, session);
  const model = { name: 'Hub', fields: [{ name: 'value', type: 'number' }] };
  const busiest = ((await call('POST', '/engine/models', model)) as { data: { id: string } }).data.id;
  const { ids } = await makeGraph(database, session.organizationId, busiest, entities, references);
  progress('publishing to its topics');
  const records = topics().map((topic) => ({ topic, value: 1 }));
  await call('POST', '/uns/data/publish/batch', { records });
  await database.asOwner((owner) => owner.query('VACUUM (ANALYZE)'));
  // The graph has names, so that it is another each time.
  const change = () => call('PUT', `/engine/models/${busiest}`, { ...model, name: `Hub ${randomUUID()}` });
  const pipeline = (n: number): string => ids.pipeline[(n * 37) % ids.pipeline.length]!;
  const kinds: [kind: string, work: (n: number) => Promise<unknown>][] = [
    ['whole graph', () => call('GET', '/dependencies/graph')],
    ['around a pipeline, depth 3', (n) => call('GET', `/dependencies/graph?root=pipeline:${pipeline(n)}&depth=3`)],
    [
      'dependents of a connection',
      (n) => call('GET', `/dependencies/graph/connection/${ids.connection[n % ids.connection.length]}/dependents`),
    ],
    ['impact of the busiest', () => call('GET', `/dependencies/graph/model/${busiest}/impact`)],
    ['guard of the busiest (dryRun)', () => call('DELETE', `/engine/models/${busiest}?dryRun=true`)],
    ['change of an entity', change],
  ];
  const rows: string[][] = [];
  for (const [kind, work] of kinds) {
    for (const concurrency of CONCURRENCY) {
      const { p50, p99 } = await measure(work, reads, concurrency);
      rows.push([kind, whole(concurrency), fixed(p50, 1), fixed(p99, 1)]);
      progress(rows.at(-1)!.join(', '));
    }
  }
  for (const [kind, work] of kinds.filter(([kind]) => AFTER_CHANGE.includes(kind))) {
    const { p50, p99 } = await measure(work, reads, 1, change);
    rows.push([`${kind}, first after a change`, '1', fixed(p50, 1), fixed(p99, 1)]);
  }
  const where = conditions(database.processes, [
    directory.describeDisk(),
    `${whole(entities)} entities, ${whole(references)} references, made by SQL, vacuumed; all topics exist`,
    `${whole(reads)} requests of each kind after some to warm up`,
  ]);
  return ['## The graph', where, table(['request', 'at once', 'p50 ms', 'p99 ms'], rows)].join('\n\n');
}

/** @param before what comes ahead of each request, and is not measured */
async function measure(
  work: (n: number) => Promise<unknown>,
  count: number,
  concurrency: number,
  before?: () => Promise<unknown>,
) {
  for (let n = 0; n < count / 10; n++) await work(n);
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const n = next++;
      await before?.();
      const began = performance.now();
      await work(n);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
