import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import { ROOT } from './hub.ts';
import { fixed, table } from './markdown.ts';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  /** Microseconds of the machine's monotonic clock, which all processes share. */
  startTime: number;
  samples: number[];
  /** Microseconds from each sample to the next. */
  timeDeltas: number[];
}

/** Microseconds of the clock that profiles are stamped with. */
export const profileClock = (): number => Number(process.hrtime.bigint() / 1000n);

/** The functions that took most time themselves between two points of `profileClock`, as a table. */
export function topFunctions(file: string, from: number, to: number, most = 25): string {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const labels = new Map(nodes.map(({ id, callFrame }) => [id, label(callFrame)]));
  const selfTime = new Map<string, number>();
  let total = 0;
  let time = startTime;
  samples.forEach((node, index) => {
    const delta = timeDeltas[index]!;
    time += delta;
    if (time < from || time > to) return;
    const name = labels.get(node)!;
    selfTime.set(name, (selfTime.get(name) ?? 0) + delta);
    total += delta;
  });
  const rows = [...selfTime]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => [name, `${fixed((100 * time) / total, 1)} %`, fixed(time / 1e6, 2)]);
  return table(['function', 'self', 'seconds'], rows);
}

function label({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)';
  if (!url) return name;
  const file = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
  return `${name} ${file.replace(/^node_modules\//, '')}:${lineNumber + 1}`;
}
