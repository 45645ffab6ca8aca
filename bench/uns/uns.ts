import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { BenchDatabase } from '../lib/database.ts';
import { ingest } from '../ingest/ingest.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, table, whole } from '../lib/markdown.ts';
import { signIn, type Session } from '../lib/session.ts';
import { addRecords, BRANCH, DAY_SECONDS, measured, makeTopics, type Plant } from './plant.ts';
import { timed, type Times } from './reads.ts';
import { makeDashboard } from './dashboard.ts';
import { liveTimes } from './live.ts';
import { treeTimes } from './tree.ts';

const SIZES = [100_000, 1_000_000, 10_000_000];
const TOPICS = 100_000;
const READS = 200;
const INGEST_RUNS = '3';
const SCOPES = ['uns:read', 'uns:write', 'uns:publish', 'dashboards:read', 'dashboards:write'];

export const uns: Benchmark = {
  summary:
    'every aim of the namespace: data in, ranges, snapshots, dashboards, tree and search, from 10⁵ to 10⁷ records',
  options: {
    records: { type: 'string', help: 'sizes of the history, by commas (100000,1000000,10000000)' },
    topics: { type: 'string', help: `topics (${TOPICS})` },
    reads: { type: 'string', help: `requests of each kind, one after the other (${READS})` },
    'no-ingest': { type: 'boolean', help: 'leave out what comes in, which is `ingest` with fewer runs' },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const read = await reads(values);
  if (values['no-ingest'] === true) return read;
  const { results, 'data-dir': dataDir } = values;
  return `${read}\n${await ingest.run({ results, 'data-dir': dataDir, runs: INGEST_RUNS })}`;
}

/** Data out; each hub of data in begins with an empty history. */
async function reads(values: Values): Promise<string> {
  const sizes = text(values, 'records')?.split(',').map(Number) ?? SIZES;
  const topics = wholeNumber(values, 'topics') ?? TOPICS;
  const count = wholeNumber(values, 'reads') ?? READS;
  using directory = new DataDirectory(text(values, 'data-dir'));
  await using database = await BenchDatabase.start(directory);
  await using hub = await Hub.start(directory, { settings: database.settings });
  const session = await signIn(hub, SCOPES);
  const today = Math.floor(Date.now() / 1_000 / DAY_SECONDS) * DAY_SECONDS * 1_000;
  const plant: Plant = { organizationId: session.organizationId, dayBegins: today - DAY_SECONDS * 1_000, topics };
  await makeTopics(database, plant.organizationId, topics);
  const rows: string[][] = [];
  let stored = 0;
  for (const size of sizes) {
    await addRecords(database, plant, stored, size);
    stored = size;
    for (const [kind, times] of await measure(hub, session, plant, stored, count)) {
      rows.push([kind, whole(size), fixed(times.p50, 1), fixed(times.p99, 1)]);
      progress(rows.at(-1)!.join(', '));
    }
  }
  rows.sort(([a], [b]) => a!.localeCompare(b!));
  const where = conditions(database.processes, [
    directory.describeDisk(),
    `${whole(topics)} topics, 10,000 of them with values of 30 days, a fifth of all records of the last day each second; made by SQL, vacuumed`,
    `${count} requests of each kind, one after the other`,
  ]);
  return ['# Namespace', where, table(['request', 'records', 'p50 ms', 'p99 ms'], rows), ''].join('\n\n');
}

/** Each kind of request, against what is stored now. */
async function measure(
  hub: Hub,
  session: Session,
  plant: Plant,
  stored: number,
  reads: number,
): Promise<[string, Times][]> {
  const { dayBegins } = plant;
  const day = `from=${dayBegins}&to=${dayBegins + DAY_SECONDS * 1_000}`;
  const times = async (kind: string, path: (n: number) => string, count = reads): Promise<[string, Times]> => [
    kind,
    await timed(
      hub,
      session,
      Array.from({ length: count }, (_, n) => path(n)),
    ),
  ];
  const hot = measured(0);
  // As many as are measured each second, of the most that the history may hold.
  const panels = Math.max(1, Math.min(20, Math.floor(stored / 5 / DAY_SECONDS)));
  const [small, large] = [
    await makeDashboard(hub, session, [hot]),
    await makeDashboard(
      hub,
      session,
      Array.from({ length: panels }, (_, n) => measured(n)),
    ),
  ];
  return [
    await times('range, 24 h at 1 s, 500 buckets', () => `/uns/data/range?topic=${hot}&${day}&bucket=173s&limit=500`),
    await times('range, first 1,000 records', () => `/uns/data/range?topic=${hot}&${day}&limit=1000`),
    await times('recent, 100 records', (n) => `/uns/data/recent?topic=${measured(100 + (n % 9_000))}`),
    await times('snapshot of 10,000 topics', () => `/uns/data/snapshot?prefix=${BRANCH}&limit=10000`, 20),
    await times(
      'snapshot of 10,000 topics, 10 days ago',
      () => `/uns/data/snapshot?prefix=${BRANCH}&limit=10000&at=${dayBegins - 9 * DAY_SECONDS * 1_000}`,
      20,
    ),
    await times('dashboard of 1 panel, 24 h at 1 s', () => `/uns/dashboards/${small}/data?${day}`, 50),
    await times(`dashboard of ${panels} panels, 24 h at 1 s each`, () => `/uns/dashboards/${large}/data?${day}`, 10),
    ['published by REST to live listener', await liveTimes(hub, session, reads)],
    ...(await treeTimes(hub, session, reads)),
  ];
}
