import { progress } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { BenchDatabase } from '../lib/database.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, table, whole } from '../lib/markdown.ts';
import { signIn } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import { until } from '../lib/until.ts';
import { callerOf } from './caller.ts';
import type { Options } from './options.ts';

const SCOPES = ['dependencies:read', 'dependencies:import', 'dependencies:export', 'uns:read', 'uns:write'];

/** Between two requests beside the work. */
const PAUSE_MS = 3;

/** Topics that move, and how long small requests to the same process take meanwhile. */
export async function exchangePart({ topics, dataDir }: Options): Promise<string> {
  using directory = new DataDirectory(dataDir);
  await using database = await BenchDatabase.start(directory);
  await using hub = await Hub.start(directory, { settings: database.settings });
  const call = callerOf(hub, await signIn(hub, SCOPES), Infinity);
  const rows: string[][] = [];
  const measured = async <T>(kind: string, work: () => Promise<T>): Promise<T> => {
    const { result, milliseconds, beside } = await withOthers(hub, work);
    rows.push([
      kind,
      whole(milliseconds),
      whole(beside.length),
      fixed(percentile(beside, 0.99), 1),
      fixed(beside.at(-1)!, 1),
    ]);
    progress(rows.at(-1)!.join(', '));
    return result;
  };
  const validated = async (kind: string, file: string): Promise<string> => {
    const plan = await measured(kind, () => call('POST', '/dependencies/import/validate', file));
    return (plan as { data: { planId: string } }).data.planId;
  };
  const execute = (planId: string) => () => call('POST', '/dependencies/import/execute', { planId });
  // What was changed and changed back is of another version than the first import has made.
  const undo = (planId: string) => () => call('POST', `/dependencies/import/${planId}/undo?force=true`);
  const [made, changed] = [fileOf(topics, 'made'), fileOf(topics, 'changed')];
  const first = await validated('validate, all new', made);
  await measured('execute, all new', execute(first));
  await measured('export', () => call('POST', '/dependencies/export', {}));
  await validated('validate, nothing different', made);
  const second = await validated('validate, all different', changed);
  await measured('execute, all different', execute(second));
  await measured('undo, all different', undo(second));
  await measured('undo, all new', undo(first));
  const where = conditions(database.processes, [
    directory.describeDisk(),
    `${whole(topics)} topics, a file of ${fixed(made.length / 1e6, 1)} MB`,
  ]);
  const heads = ['request', 'ms', 'beside it', 'p99 ms', 'longest ms'];
  return ['## Export and import', where, table(heads, rows)].join('\n\n');
}

/** Does the work, and asks for next to nothing every few milliseconds until it is done: how long that took, sorted. */
async function withOthers<T>(hub: Hub, work: () => Promise<T>) {
  const beside: number[] = [];
  const began = performance.now();
  let milliseconds: number | undefined;
  const working = work().finally(() => (milliseconds = performance.now() - began));
  const isDoneAfterAsking = async (): Promise<boolean> => {
    const sent = performance.now();
    await (await fetch(`${hub.url}/health/live`)).text();
    beside.push(performance.now() - sent);
    return milliseconds !== undefined;
  };
  const [result] = await Promise.all([working, until(isDoneAfterAsking, PAUSE_MS)]);
  beside.sort((a, b) => a - b);
  return { result, milliseconds: milliseconds!, beside };
}

/** Topics with what people decide of them. */
function fileOf(count: number, description: string): string {
  const items = Array.from({ length: count }, (_, n) => ({
    type: 'topic',
    name: `mHv1.0/plant-${n % 10}/line-${Math.floor(n / 10) % 100}/tag-${Math.floor(n / 1_000)}`,
    content: {
      description: `Tag ${n}, ${description}`,
      tags: ['line', `kind-${n % 7}`],
      config: { retentionDays: 30 + (n % 3) },
    },
  }));
  return JSON.stringify({ format: 'maestrohub', formatVersion: '1.0', items });
}
