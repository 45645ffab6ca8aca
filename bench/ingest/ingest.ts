import { join } from 'node:path';
import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, mebibytes, spread, table, whole } from '../lib/markdown.ts';
import { cpuSeconds, forgetPeak, peakResidentBytes } from '../lib/processes.ts';
import { profileClock, topFunctions } from '../lib/profile.ts';
import { signIn } from '../lib/session.ts';
import { median } from '../lib/statistics.ts';
import { runLoad, type Outcome } from './load.ts';
import { FIRST_NUMBER, MOST_NUMBERS, MOST_TOPICS, SCENARIOS, type Scenario } from './scenarios.ts';
import { compare, readStored } from './stored.ts';

const RUNS = 5;

/** Of message ids, of what one request may hold, and of what fits the fixed length of packets. */
const MOST = {
  clients: 10_000,
  window: 65_535,
  batch: 10_000,
  topics: MOST_TOPICS,
  messages: MOST_NUMBERS,
  payload: 1_000_000,
} as const;

export const ingest: Benchmark = {
  summary: 'data in: MQTT QoS 1 and 0, REST one by one and in batches, each value counted in the database afterwards',
  options: {
    only: { type: 'string', help: `scenarios, by commas: ${SCENARIOS.map(({ name }) => name).join(',')}` },
    runs: { type: 'string', help: `runs that count, after one to warm up (${RUNS})` },
    clients: { type: 'string', help: 'connections' },
    window: { type: 'string', help: 'MQTT messages of a client that wait for their acknowledgement' },
    batch: { type: 'string', help: 'values in a REST request of rest-batch' },
    topics: { type: 'string', help: 'topics, in turn' },
    messages: { type: 'string', help: 'values of one run' },
    payload: { type: 'string', help: 'bytes of a value (8: a bare number)' },
    profile: { type: 'boolean', help: 'write a CPU profile of the hub and print where its time goes' },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const runs = wholeNumber(values, 'runs') ?? RUNS;
  const scenarios = chosen(values);
  const results: Result[] = [];
  for (const scenario of scenarios) results.push(await measure(scenario, runs, values));
  const sections = [
    '# Ingest',
    results[0]!.conditions,
    table(HEADS, results.map(row)),
    table(CONDITION_HEADS, scenarios.map(conditionRow)),
    ...results.flatMap(({ scenario, profile }) => (profile ? [`## Profile of ${scenario.title}`, profile] : [])),
  ];
  return `${sections.join('\n\n')}\n`;
}

function chosen(values: Values): Scenario[] {
  const names = text(values, 'only')?.split(',') ?? SCENARIOS.map(({ name }) => name);
  return names.map((name) => {
    const scenario = SCENARIOS.find((candidate) => candidate.name === name);
    if (!scenario) throw new Error(`--only: there is no scenario ${name}`);
    const given = (option: keyof typeof MOST): number => wholeNumber(values, option, MOST[option]) ?? scenario[option];
    const batch = scenario.batch === 1 ? 1 : given('batch');
    const messages = Math.ceil(given('messages') / batch) * batch;
    const [clients, window, topics, payload] = [given('clients'), given('window'), given('topics'), given('payload')];
    return { ...scenario, clients, window, batch, topics, messages, payload };
  });
}

interface Run extends Outcome {
  /** Stored values a second. */
  rate: number;
  hubCpu: number;
  postgresCpu: number;
}

interface Result {
  scenario: Scenario;
  runs: Run[];
  lost: number;
  duplicated: number;
  hubPeak: number;
  postgresMemory: number;
  conditions: string;
  profile: string | undefined;
}

/** A hub of its own for each scenario, so that the order does not matter. */
async function measure(scenario: Scenario, count: number, values: Values): Promise<Result> {
  using directory = new DataDirectory(text(values, 'data-dir'));
  const profileFile = values['profile']
    ? join(text(values, 'results')!, `ingest-${scenario.name}.cpuprofile`)
    : undefined;
  const disk = directory.describeDisk();
  progress(`${scenario.title}: starting the hub`);
  await using hub = await Hub.start(directory, { profile: profileFile });
  const session = await signIn(hub, ['uns:publish', 'uns:read']);
  const port = scenario.way === 'mqtt' ? hub.mqttPort : hub.httpPort;
  const postgres = hub.postgres();

  const warmUp = Math.ceil(scenario.messages / 5 / scenario.batch) * scenario.batch;
  const numbers = warmUp + count * scenario.messages;
  if (numbers > MOST_NUMBERS) throw new Error(`${whole(numbers)} values are too many: fewer --messages or --runs`);
  await runLoad({ ...session, port, scenario: { ...scenario, messages: warmUp }, firstNumber: FIRST_NUMBER });

  forgetPeak(hub.pid);
  const began = profileClock();
  const measured: Omit<Run, 'rate'>[] = [];
  for (let index = 0; index < count; index++) {
    const [hubBefore, postgresBefore] = [cpuSeconds(hub.pid), postgres?.cpuSeconds() ?? Number.NaN];
    const firstNumber = FIRST_NUMBER + warmUp + index * scenario.messages;
    const outcome = await runLoad({ ...session, port, scenario, firstNumber });
    const hubCpu = cpuSeconds(hub.pid) - hubBefore;
    const postgresCpu = (postgres?.cpuSeconds() ?? Number.NaN) - postgresBefore;
    measured.push({ ...outcome, hubCpu, postgresCpu });
    progress(`${scenario.title}: run ${index + 1} of ${count}, ${whole(scenario.messages / outcome.seconds)} a second`);
  }
  const ended = profileClock();
  const memory = { hubPeak: peakResidentBytes(hub.pid), postgresMemory: postgres?.memoryBytes() ?? Number.NaN };

  progress(`${scenario.title}: counting what is stored`);
  const stored = await readStored(hub, session, scenario.topics, numbers);
  const runs = measured.map((figures, index) => {
    const from = warmUp + index * scenario.messages;
    const { lost } = compare(stored.subarray(from, from + scenario.messages));
    return { ...figures, rate: (scenario.messages - lost) / figures.seconds };
  });
  const where = conditions(postgres, [`disk: ${disk}`, `${count} runs after one to warm up`]);
  await hub.stop();
  const profile = profileFile && topFunctions(profileFile, began, ended);
  return { scenario, runs, ...compare(stored), ...memory, conditions: where, profile };
}

const HEADS = [
  'way',
  'stored values/s, median (least–most)',
  'ack p50 / p99, ms',
  'lost',
  'duplicated',
  'CPU s hub / PostgreSQL / generator',
  'MiB hub peak / PostgreSQL',
];

function row({ scenario, runs, lost, duplicated, hubPeak, postgresMemory }: Result): string[] {
  const middle = (figure: (run: Run) => number): number => median(runs.map(figure));
  const rates = runs.map(({ rate }) => rate);
  const [hubCpu, postgresCpu, loadCpu] = [
    middle((figures) => figures.hubCpu),
    middle((figures) => figures.postgresCpu),
    middle((figures) => figures.cpuSeconds),
  ];
  return [
    scenario.title,
    spread(rates, median(rates), whole),
    `${fixed(
      middle(({ p50 }) => p50),
      1,
    )} / ${fixed(
      middle(({ p99 }) => p99),
      1,
    )}`,
    whole(lost),
    whole(duplicated),
    `${fixed(hubCpu, 1)} / ${fixed(postgresCpu, 1)} / ${fixed(loadCpu, 1)}`,
    `${mebibytes(hubPeak)} / ${mebibytes(postgresMemory)}`,
  ];
}

const CONDITION_HEADS = [
  'way',
  'clients',
  'in flight each',
  'values a message',
  'topics',
  'values a run',
  'bytes a value',
];

const conditionRow = ({ title, way, qos, clients, window, batch, topics, messages, payload }: Scenario): string[] => [
  title,
  ...[clients, way === 'rest' ? 1 : qos === 0 ? 0 : window, batch, topics, messages, payload].map(whole),
];
