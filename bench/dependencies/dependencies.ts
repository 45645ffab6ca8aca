import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { BenchDatabase } from '../lib/database.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, table, whole } from '../lib/markdown.ts';
import { signIn, type Session } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import { makeGraph, topics } from './plant.ts';

const ENTITIES = 10_000;
const REFERENCES = 50_000;
const READS = 200;
const CONCURRENCY = [1, 4];
/** Those that are measured once more, each right after a change of the graph. */
const AFTER_CHANGE = ['whole graph', 'impact of the busiest'];

export const dependencies: Benchmark = {
  summary: 'the graph of dependencies: all of it, what lies around an entity, impact, the guard, and a change',
  options: {
    entities: { type: 'string', help: `entities of the graph (${ENTITIES})` },
    references: { type: 'string', help: `references between them (${REFERENCES})` },
    reads: { type: 'string', help: `requests of each kind (${READS})` },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const entities = wholeNumber(values, 'entities') ?? ENTITIES;
  const references = wholeNumber(values, 'references') ?? REFERENCES;
  const reads = wholeNumber(values, 'reads') ?? READS;
  using directory = new DataDirectory(text(values, 'data-dir'));
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
  return ['# Dependencies', where, table(['request', 'at once', 'p50 ms', 'p99 ms'], rows), ''].join('\n\n');
}

/** @throws Error for an answer that is none. */
function callerOf(hub: Hub, { token, organizationId }: Session) {
  const headers = {
    Authorization: `Bearer ${token}`,
    'X-Organization-ID': organizationId,
    'Content-Type': 'application/json',
    'Accept-Encoding': 'gzip',
  };
  const agent = new Agent({ keepAlive: true });
  return (method: string, path: string, body?: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sent = request(`${hub.url}/api/v1${path}`, { method, headers, agent }, (response) => {
        // What the answer says is looked at where it is small: to keep and parse a large one is the client's affair.
        const small: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length < 10_000) small.push(chunk);
        });
        response.on('error', reject).on('end', () => {
          const told = Buffer.concat(small).toString();
          if (response.statusCode! < 300) resolve(length < 10_000 && told ? JSON.parse(told) : undefined);
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${told.slice(0, 1_000)}`));
        });
      });
      sent.on('error', reject).end(body && JSON.stringify(body));
    });
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
