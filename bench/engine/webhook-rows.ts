import { progress } from '../lib/benchmark.ts';
import { fixed, mebibytes, spread, whole } from '../lib/markdown.ts';
import { median } from '../lib/statistics.ts';
import { forgetPeaks, load, peakBytes, type Engine, type LoadFigures } from './measure.ts';
import type { Options } from './options.ts';

export const LOAD_HEADS = [
  'load',
  'accepted/s',
  'finished/s, median (least–most)',
  'answer p50 / p99, ms',
  'request to end p50 / p95 / p99, ms',
  'most open at once',
  'CPU ms a run hub / PostgreSQL / Redis',
  'MiB hub peak / PostgreSQL',
];

export const SMALL_BODY = JSON.stringify({ value: 40 });

/** Loads the webhook once to warm up and then as often as asked; a line of the table. */
export async function loadRow(engine: Engine, title: string, options: Options, body = SMALL_BODY): Promise<string[]> {
  const { runs, executions, clients } = options;
  await load(engine, Math.ceil(executions / 5), clients, body);
  forgetPeaks(engine);
  const figures: LoadFigures[] = [];
  for (let index = 0; index < runs; index++) {
    figures.push(await load(engine, executions, clients, body));
    progress(`${title}: run ${index + 1} of ${runs}, ${whole(figures[index]!.finished)} a second`);
  }
  const middle = (read: (run: LoadFigures) => number): number => median(figures.map(read));
  const finished = figures.map((run) => run.finished);
  const together = (digits: number, ...reads: ((run: LoadFigures) => number)[]): string =>
    reads.map((read) => fixed(middle(read), digits)).join(' / ');
  return [
    title,
    whole(middle((run) => run.accepted)),
    spread(finished, median(finished), whole),
    together(
      0,
      (run) => run.answer.p50,
      (run) => run.answer.p99,
    ),
    together(
      0,
      (run) => run.end.p50,
      (run) => run.end.p95,
      (run) => run.end.p99,
    ),
    whole(Math.max(...figures.map(({ deepest }) => deepest))),
    together(
      2,
      (run) => run.cpu.hub,
      (run) => run.cpu.postgres,
      (run) => run.cpu.redis,
    ),
    `${mebibytes(peakBytes(engine))} / ${mebibytes(engine.database.processes?.memoryBytes() ?? Number.NaN)}`,
  ];
}
