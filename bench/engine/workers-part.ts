import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { table } from '../lib/markdown.ts';
import { makePipelines } from './measure.ts';
import type { Options } from './options.ts';
import { startWorkers } from './start-engine.ts';
import { LOAD_HEADS, loadRow } from './webhook-rows.ts';

export const WORKERS: readonly number[] = [1, 2, 4];

/** One process for requests and several that work. */
export async function workersPart(options: Options): Promise<string> {
  const title = '## Processes of their own';
  const rows: string[][] = [];
  let where = '';
  for (const workers of options.workers) {
    using directory = new DataDirectory(options.dataDir);
    await using stack = new AsyncDisposableStack();
    const engine = await startWorkers(directory, stack, workers);
    if (typeof engine === 'string') return `${title}\n\nLeft out: mosquitto is not installed.`;
    await makePipelines(engine);
    where = conditions(engine.database.processes, [
      `one api and so many workers; queues in ${engine.redis ? `Redis ${engine.redis.version}` : 'PostgreSQL'}, all on this machine`,
      `${options.runs} runs of ${options.executions} executions after one to warm up, ${options.clients} connections; CPU and memory of all processes together`,
    ]);
    rows.push(await loadRow(engine, `${workers} worker${workers === 1 ? '' : 's'}`, options));
  }
  return [title, where, table(LOAD_HEADS, rows)].join('\n\n');
}
