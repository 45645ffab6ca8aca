import { progress } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { fixed, table, whole } from '../lib/markdown.ts';
import { fillHistory } from './history.ts';
import { makePipelines, reads } from './measure.ts';
import type { Options } from './options.ts';
import { startStandalone } from './start-engine.ts';
import { LOAD_HEADS, loadRow } from './webhook-rows.ts';

export const HISTORY_SIZES: readonly number[] = [10_000, 100_000, 1_000_000];

const READS = 200;

const QUERIES = [
  ['list, newest 50', '/engine/executions?limit=50'],
  ['list, failed', '/engine/executions?limit=50&status=failed'],
  ['stats, 24 hours', '/engine/executions/stats'],
] as const;

/** The same engine with more and more that is over and kept. */
export async function historyPart(options: Options): Promise<string> {
  using directory = new DataDirectory(options.dataDir);
  await using stack = new AsyncDisposableStack();
  const engine = await startStandalone(directory, stack);
  if (typeof engine === 'string') throw new Error(engine);
  await makePipelines(engine);
  const loads: string[][] = [];
  const queries: string[][] = [];
  let stored = 0;
  for (const size of options.stored) {
    progress(`storing ${whole(size)} executions`);
    await fillHistory(engine, stored, size);
    stored = size;
    const title = `${whole(size)} stored`;
    loads.push(await loadRow(engine, title, options));
    const row = [title];
    for (const [, path] of QUERIES) {
      await reads(engine, path, READS / 10);
      const { p50, p99 } = await reads(engine, path, READS);
      row.push(`${fixed(p50, 1)} / ${fixed(p99, 1)}`);
    }
    queries.push(row);
    progress(row.join(', '));
  }
  const where = conditions(engine.database.processes, [
    'standalone, queues in PostgreSQL; finished executions of two nodes each over the 14 days before today, made by SQL, vacuumed',
    `${options.runs} runs of ${options.executions} executions after one to warm up, ${options.clients} connections; then ${READS} requests one after the other`,
  ]);
  const heads = ['history', ...QUERIES.map(([name]) => `${name}, p50 / p99, ms`)];
  return ['## A long history', where, table(LOAD_HEADS, loads), table(heads, queries)].join('\n\n');
}
