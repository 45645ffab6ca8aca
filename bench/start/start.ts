import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, mebibytes, spread, table } from '../lib/markdown.ts';
import { cpuSeconds, residentBytes } from '../lib/processes.ts';
import { median } from '../lib/statistics.ts';
import { until } from '../lib/until.ts';

const RUNS = 5;
const IDLE_SECONDS = 10;

export const start: Benchmark = {
  summary: 'from the start of the process to "ready", and what the platform takes when idle',
  options: {
    runs: { type: 'string', help: `warm starts (${RUNS})` },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

interface Figures {
  seconds: number;
  hubBytes: number;
  postgresBytes: number;
  /** Of one core, both together. */
  idlePercent: number;
}

async function run(values: Values): Promise<string> {
  const count = wholeNumber(values, 'runs') ?? RUNS;
  using directory = new DataDirectory(text(values, 'data-dir'));
  const first = await firstStart(directory, count);
  const warm: Figures[] = [];
  for (let index = 0; index < count; index++) {
    warm.push(await warmStart(directory));
    progress(`warm start ${index + 1} of ${count}: ${fixed(warm[index]!.seconds, 2)} s`);
  }
  const of = (figure: keyof Figures, format: (value: number) => string): string => {
    const figures = warm.map((start) => start[figure]);
    return spread(figures, median(figures), format);
  };
  const rows = [
    ['first start to ready (makes the database), s', fixed(first.seconds, 2)],
    ['warm start to ready, s', of('seconds', (value) => fixed(value, 2))],
    ['hub when idle, resident (RSS), MiB', of('hubBytes', mebibytes)],
    ['PostgreSQL when idle (PSS), MiB', of('postgresBytes', mebibytes)],
    ['CPU of both when idle, % of a core', of('idlePercent', (value) => fixed(value, 1))],
  ];
  return `# Start\n\n${first.conditions}\n\n${table(['figure', 'median (least–most)'], rows)}\n`;
}

async function firstStart(directory: DataDirectory, count: number) {
  const disk = directory.describeDisk();
  await using hub = await Hub.start(directory);
  return {
    seconds: hub.startMilliseconds / 1000,
    conditions: conditions(hub.postgres(), [
      `disk: ${disk}`,
      `${count} warm starts of the built platform after a first one, each looked at for ${IDLE_SECONDS} s without a client`,
    ]),
  };
}

async function warmStart(directory: DataDirectory): Promise<Figures> {
  await using hub = await Hub.start(directory);
  const postgres = hub.postgres();
  const cpu = (): number => cpuSeconds(hub.pid) + (postgres?.cpuSeconds() ?? 0);
  const samples: number[] = [];
  await until(() => samples.push(cpu()) > IDLE_SECONDS, 1000);
  return {
    seconds: hub.startMilliseconds / 1000,
    hubBytes: residentBytes(hub.pid),
    postgresBytes: postgres?.memoryBytes() ?? Number.NaN,
    idlePercent: (100 * (samples.at(-1)! - samples[0]!)) / IDLE_SECONDS,
  };
}
