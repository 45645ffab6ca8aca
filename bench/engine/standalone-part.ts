import { join } from 'node:path';
import { progress } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { fixed, table } from '../lib/markdown.ts';
import { profileClock, topFunctions } from '../lib/profile.ts';
import { makePipelines, singly, type Engine, type Pipelines } from './measure.ts';
import type { Options } from './options.ts';
import { startStandalone } from './start-engine.ts';
import { LOAD_HEADS, loadRow } from './webhook-rows.ts';

export const WORKS = ['webhook', 'large', 'idle', 'three', 'loop'] as const;
export type Work = (typeof WORKS)[number];

const LARGE_BYTES = 160 * 1024;
/** A large payload takes longer: this share of the executions shows it. */
const LARGE_SHARE = 0.1;
const SINGLE_RUNS = 200;
const LOOP_RUNS = 50;
const ITERATIONS = 100;

const TITLES = {
  postgres: 'Standalone, queues in PostgreSQL',
  redis: 'Standalone, queues in Redis',
} as const;

/** Everything in one process. */
export async function standalonePart(queues: 'postgres' | 'redis', options: Options): Promise<string> {
  const title = `## ${TITLES[queues]}`;
  using directory = new DataDirectory(options.dataDir);
  const profile = options.profileFolder && join(options.profileFolder, `engine-${queues}.cpuprofile`);
  const disk = directory.describeDisk();
  await using stack = new AsyncDisposableStack();
  const engine = await startStandalone(directory, stack, { redis: queues === 'redis', profile });
  if (typeof engine === 'string') return `${title}\n\nLeft out: redis-server is not installed.`;
  const pipelines = await makePipelines(engine);
  const where = conditions(engine.database.processes, [
    ...(engine.redis ? [`Redis ${engine.redis.version}, append-only file synced every second`] : []),
    `disk: ${disk}`,
    `${options.runs} runs of ${options.executions} executions after one to warm up, ${options.clients} connections; history: standard`,
  ]);
  const began = profileClock();
  const loads = await loadRows(engine, queues, options);
  const ended = profileClock();
  const singles = await singleRows(engine, pipelines, options.work);
  await engine.api.stop();
  return [
    title,
    where,
    ...(loads.length > 0 ? [table(LOAD_HEADS, loads)] : []),
    ...(singles.length > 0 ? [table(SINGLE_HEADS, singles)] : []),
    ...(profile ? ['### Profile under load', topFunctions(profile, began, ended, 40)] : []),
  ].join('\n\n');
}

async function loadRows(engine: Engine, queues: string, options: Options): Promise<string[][]> {
  const rows: string[][] = [];
  if (options.work.includes('webhook')) {
    rows.push(await loadRow(engine, `webhook → condition → set, ${queues}`, options));
  }
  if (options.work.includes('large')) {
    const body = JSON.stringify({ value: 40, pad: 'x'.repeat(LARGE_BYTES) });
    const executions = Math.ceil(options.executions * LARGE_SHARE);
    rows.push(await loadRow(engine, `the same, 160 KB payload`, { ...options, executions }, body));
  }
  return rows;
}

const SINGLE_HEADS = ['one run at a time', 'request p50 / p99, ms', 'run p50 / p99, ms'];

/** Runs that are started when nothing else is under way. */
async function singleRows(engine: Engine, ids: Pipelines, work: readonly Work[]): Promise<string[][]> {
  const items = Array.from({ length: ITERATIONS }, (_, index) => index);
  const all = [
    { work: 'idle', title: 'condition → set', id: ids.two, payload: { value: 40 }, count: SINGLE_RUNS },
    {
      work: 'three',
      title: 'three nodes, one after the other',
      id: ids.three,
      payload: { value: 40 },
      count: SINGLE_RUNS,
    },
    { work: 'loop', title: 'loop of 100 iterations, JavaScript', id: ids.loop, payload: { items }, count: LOOP_RUNS },
  ] as const;
  const rows: string[][] = [];
  for (const { title, id, payload, count } of all.filter((row) => work.includes(row.work))) {
    await singly(engine, id, payload, Math.ceil(count / 5));
    const { request, run } = await singly(engine, id, payload, count);
    const pair = ({ p50, p99 }: typeof request): string => `${fixed(p50, 1)} / ${fixed(p99, 1)}`;
    rows.push([title, pair(request), pair(run)]);
    progress(`${title}: ${rows.at(-1)!.slice(1).join(', ')}`);
  }
  return rows;
}
