import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { BenchDatabase } from '../lib/database.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, mebibytes, table, whole } from '../lib/markdown.ts';
import { residentBytes } from '../lib/processes.ts';
import { signIn } from '../lib/session.ts';
import { Fleet, type Summary } from './fleet.ts';
import { FlappingProxy } from './flapping-proxy.ts';
import { startServers, type Kind } from './servers.ts';
import { measureStretch, type Measured } from './stretch.ts';

const CONNECTIONS = 500;
const SECONDS = 60;
/** Seconds. */
const CALM = 20;
const PATIENCE = 180;
const SCOPES = ['connectors:read', 'connectors:write', 'connectors:execute'];

export const connectors: Benchmark = {
  summary:
    'connections of mixed protocols on one worker, half of them flapping: memory, event loop, what is left of it',
  options: {
    connections: { type: 'string', help: `connections (${CONNECTIONS})` },
    seconds: { type: 'string', help: `seconds of flapping (${SECONDS})` },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const count = wholeNumber(values, 'connections', 5_000) ?? CONNECTIONS;
  const seconds = wholeNumber(values, 'seconds', 3_600) ?? SECONDS;
  using directory = new DataDirectory(text(values, 'data-dir'));
  await using stack = new AsyncDisposableStack();
  const kinds = await startServers(directory, stack);
  const database = stack.use(await BenchDatabase.start(directory));
  const hub = stack.use(await Hub.start(directory, { settings: database.settings }));
  const fleet = new Fleet(hub, await signIn(hub, SCOPES));
  const idle = residentBytes(hub.pid);

  progress(`connectors: ${count} connections`);
  // Every other one leads through a way that will come and go.
  const wanted = spread(kinds, count);
  const proxies: FlappingProxy[] = [];
  const targets: { kind: Kind; port: number }[] = [];
  for (const [index, kind] of wanted.entries()) {
    const proxy = index % 2 === 1 ? stack.use(await FlappingProxy.start(kind.server)) : undefined;
    if (proxy) proxies.push(proxy);
    targets.push({ kind, port: proxy?.port ?? kind.server });
  }
  await fleet.make(targets);
  const allConnected = ({ total, connected }: Summary): boolean => total === count && connected === count;
  const first = await fleet.settle(allConnected, PATIENCE);
  const steady = wanted.map((kind, index) => ({ kind, index })).filter(({ index }) => index % 2 === 0);
  const called = await Promise.all(steady.slice(0, 50).map(({ kind, index }) => fleet.addFunction(index, kind)));

  progress(`connectors: ${CALM} s calm`);
  const calm = await measureStretch(hub, called, CALM);
  const before = await fleet.summary();
  progress(`connectors: ${seconds} s of ${proxies.length} flapping`);
  for (const proxy of proxies) proxy.flap();
  const flapping = await measureStretch(hub, called, seconds);
  const during = await fleet.summary();
  progress('connectors: coming back');
  await Promise.all(proxies.map((proxy) => proxy.calm()));
  const back = await fleet.settle(allConnected, PATIENCE);
  const after = await fleet.summary();
  const later = await measureStretch(hub, called, CALM);
  progress('connectors: stopping');
  await fleet.stopAll();
  const stopped = await fleet.settle(({ byStatus }) => byStatus['idle'] === count, PATIENCE);
  const end = await fleet.summary();

  return [
    '# Connectors',
    conditions(database.processes, [
      `${count} connections: ${kinds.map((kind) => `${wanted.filter((one) => one === kind).length} ${kind.protocol}`).join(', ')}`,
      `${proxies.length} of them lead through ways that are there for 0.5–5 s and away for 0.2–3 s`,
      'beside it 50 calls a second through steady connections',
    ]),
    table(HEADS, [
      ['calm', ...row(calm)],
      ['flapping', ...row(flapping)],
      ['calm again', ...row(later)],
    ]),
    table(
      ['', ''],
      [
        ['memory with no connection, MiB', mebibytes(idle)],
        ['all connected the first time, s after the last was made', fixed(first, 1)],
        [
          'changes of state a second while flapping',
          whole((during.stateChanges24h - before.stateChanges24h) / flapping.seconds),
        ],
        ['all connected again, s after the flapping ended', fixed(back, 1)],
        ['states then', states(after)],
        ['all idle, s after the last was told to stop', fixed(stopped, 1)],
        ['states then', states(end)],
      ],
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

const states = ({ byStatus }: Summary): string =>
  Object.entries(byStatus)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');

/** So many of the kinds, by their shares, well mixed. */
function spread(kinds: readonly Kind[], count: number): Kind[] {
  const turns = kinds.flatMap((kind) => Array.from({ length: kind.share * 2 }, () => kind));
  // Steady and flapping ones take turns: both get every kind.
  const mixed = turns.map((_, index) => turns[(index * 7) % turns.length]!);
  return Array.from({ length: count }, (_, index) => mixed[Math.floor(index / 2) % mixed.length]!);
}

const HEADS = [
  '',
  'CPU %',
  'MiB',
  'most MiB',
  'event loop late p50 / p99 / most, ms',
  'calls',
  'failed',
  'call p50 / p99, ms',
];

const row = (measured: Measured): string[] => [
  whole(measured.cpu * 100),
  mebibytes(measured.resident),
  mebibytes(measured.peak),
  [measured.lagP50, measured.lagP99, measured.lagMost].map((lag) => fixed(lag, 1)).join(' / '),
  whole(measured.calls),
  whole(measured.failed),
  `${fixed(measured.callP50, 1)} / ${fixed(measured.callP99, 1)}`,
];
