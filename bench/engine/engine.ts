import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { HISTORY_SIZES, historyPart } from './history-part.ts';
import { EXECUTIONS, CLIENTS, RUNS, type Options } from './options.ts';
import { standalonePart, WORKS, type Work } from './standalone-part.ts';
import { WORKERS, workersPart } from './workers-part.ts';

const PARTS: Readonly<Record<string, (options: Options) => Promise<string>>> = {
  postgres: (options) => standalonePart('postgres', options),
  redis: (options) => standalonePart('redis', options),
  workers: workersPart,
  stored: historyPart,
};

export const engine: Benchmark = {
  summary: 'pipelines: executions by webhook, loops, single runs, with workers of their own, on a long history',
  options: {
    only: { type: 'string', help: `parts, by commas: ${Object.keys(PARTS).join(',')}` },
    work: { type: 'string', help: `of the parts postgres and redis, by commas: ${WORKS.join(',')}` },
    runs: { type: 'string', help: `runs of each load that count, after one to warm up (${RUNS})` },
    executions: { type: 'string', help: `executions of one load (${EXECUTIONS})` },
    clients: { type: 'string', help: `connections (${CLIENTS})` },
    workers: { type: 'string', help: `of the part workers: how many, by commas (${WORKERS.join(',')})` },
    stored: { type: 'string', help: `of the part stored: executions, by commas (${HISTORY_SIZES.join(',')})` },
    profile: { type: 'boolean', help: 'write a CPU profile of the hub and print where its time goes under load' },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const options: Options = {
    runs: wholeNumber(values, 'runs', 100) ?? RUNS,
    executions: wholeNumber(values, 'executions', 1_000_000) ?? EXECUTIONS,
    clients: wholeNumber(values, 'clients', 1_000) ?? CLIENTS,
    work: names(values, 'work', WORKS) as Work[],
    workers: wholeNumbers(values, 'workers') ?? WORKERS,
    stored: wholeNumbers(values, 'stored') ?? HISTORY_SIZES,
    profileFolder: values['profile'] ? text(values, 'results')! : undefined,
    dataDir: text(values, 'data-dir'),
  };
  const sections = ['# Engine'];
  for (const name of names(values, 'only', Object.keys(PARTS))) {
    progress(`engine, ${name}`);
    sections.push(await PARTS[name]!(options));
  }
  return `${sections.join('\n\n')}\n`;
}

function names(values: Values, option: string, known: readonly string[]): string[] {
  const given = text(values, option)?.split(',') ?? [...known];
  for (const name of given) {
    if (!known.includes(name)) throw new Error(`--${option}: there is no ${name}, but ${known.join(', ')}`);
  }
  return given;
}

/** From the smallest. */
function wholeNumbers(values: Values, option: string): number[] | undefined {
  const given = text(values, option)?.split(',');
  return given?.map((value) => wholeNumber({ [option]: value }, option, 100_000_000)!).sort((a, b) => a - b);
}
