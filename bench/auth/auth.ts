import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { conditions } from '../lib/conditions.ts';
import { DataDirectory } from '../lib/data-directory.ts';
import { Hub } from '../lib/hub.ts';
import { fixed, spread, table, whole } from '../lib/markdown.ts';
import { cpuSeconds } from '../lib/processes.ts';
import { profileClock, topFunctions } from '../lib/profile.ts';
import { clientToken, sessionToken, signIn } from '../lib/session.ts';
import { median } from '../lib/statistics.ts';
import type { Job, Outcome } from './load.ts';

const ROUNDS = 7;
const SECONDS = 2;
const CLIENTS = 32;

/** High enough never to be met, so that the counting of requests is part of what is measured. */
const RATE_LIMIT = '1000000';

export const auth: Benchmark = {
  summary: 'what a bearer token costs: the same handler open to all and behind each kind of credential, by turns',
  options: {
    rounds: { type: 'string', help: `turns of each kind, after one to warm up (${ROUNDS})` },
    seconds: { type: 'string', help: `length of a turn (${SECONDS})` },
    clients: { type: 'string', help: `connections (${CLIENTS})` },
    only: {
      type: 'string',
      help: 'one kind besides the public route, for a profile: session, token, jwt, organization',
    },
    profile: { type: 'boolean', help: 'write a CPU profile of the hub and print where its time goes' },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

interface Kind {
  name: string;
  title: string;
  path: string;
  headers: Readonly<Record<string, string>>;
}

interface Turn {
  rate: number;
  /** CPU of the hub's process for one request, in microseconds. */
  cost: number;
}

async function run(values: Values): Promise<string> {
  const rounds = wholeNumber(values, 'rounds') ?? ROUNDS;
  const seconds = wholeNumber(values, 'seconds') ?? SECONDS;
  const clients = wholeNumber(values, 'clients', 1_000) ?? CLIENTS;
  using directory = new DataDirectory(text(values, 'data-dir'));
  const profile = values['profile'] ? join(text(values, 'results')!, 'auth.cpuprofile') : undefined;
  progress('starting the hub');
  await using hub = await Hub.start(directory, {
    profile,
    main: join(import.meta.dirname, 'equal-routes.ts'),
    settings: { HUB_RATE_LIMIT: RATE_LIMIT },
  });
  const kinds = await kindsOf(hub, text(values, 'only'));
  const turns = new Map<Kind, Turn[]>(kinds.map((kind) => [kind, []]));
  const turn = async (kind: Kind): Promise<Turn> => {
    const before = cpuSeconds(hub.pid);
    const { requests, seconds: took } = await load({ ...kind, port: hub.httpPort, clients, seconds });
    return { rate: requests / took, cost: (1e6 * (cpuSeconds(hub.pid) - before)) / requests };
  };
  for (const kind of kinds) await turn(kind);
  const began = profileClock();
  for (let round = 0; round < rounds; round++) {
    // Every other round the other way about: whatever grows or wears off meanwhile is in all kinds alike.
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) turns.get(kind)!.push(await turn(kind));
    progress(`round ${round + 1} of ${rounds}`);
  }
  const ended = profileClock();
  const where = conditions(hub.postgres(), [
    `${rounds} turns of ${seconds} s of each kind, by turns on one hub, after one to warm up; ${clients} connections`,
  ]);
  await hub.stop();
  const rows = kinds.map((kind) => row(kind, turns.get(kind)!, turns.get(kinds[0]!)!));
  const sections = ['# What a bearer token costs', where, table(HEADS, rows)];
  if (profile) sections.push('## Profile', topFunctions(profile, began, ended));
  return `${sections.join('\n\n')}\n`;
}

const HEADS = ['route', 'requests/s, median (least–most)', 'CPU µs a request', 'CPU, of the public route’s'];

/** The ratio is the median of those of each round: neighbours in time met the same machine. */
function row({ title }: Kind, turns: readonly Turn[], open: readonly Turn[]): string[] {
  const rates = turns.map(({ rate }) => rate);
  const costs = turns.map(({ cost }) => cost);
  const ratios = turns.map(({ cost }, round) => cost / open[round]!.cost);
  const percent = (ratio: number): string => `${fixed(100 * ratio, 0)} %`;
  return [
    title,
    spread(rates, median(rates), whole),
    spread(costs, median(costs), (cost) => fixed(cost, 0)),
    spread(ratios, median(ratios), percent),
  ];
}

async function kindsOf(hub: Hub, only: string | undefined): Promise<Kind[]> {
  const { token, organizationId } = await signIn(hub, ['uns:read']);
  const bearer = (value: string) => ({ Authorization: `Bearer ${value}` });
  const signedIn = '/api/v1/bench/signedIn';
  const all: Kind[] = [
    { name: 'public', title: 'open to everybody', path: '/api/v1/bench/open', headers: {} },
    { name: 'session', title: 'session', path: signedIn, headers: bearer(await sessionToken(hub)) },
    { name: 'token', title: 'personal access token', path: signedIn, headers: bearer(token) },
    { name: 'jwt', title: 'OAuth2 access token (JWT)', path: signedIn, headers: bearer(await clientToken(hub)) },
    {
      name: 'organization',
      title: 'personal access token, scope in an organization',
      path: '/api/v1/bench/scoped',
      headers: { ...bearer(token), 'X-Organization-ID': organizationId },
    },
  ];
  return all.filter(({ name }) => only === undefined || name === 'public' || name === only);
}

/** A generator is a process of its own, so that its work does not show in the hub's. */
async function load(job: Job): Promise<Outcome> {
  const program = join(import.meta.dirname, 'load.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined).end(JSON.stringify(job));
  const [outcome, [code]] = await Promise.all([
    json(child.stdout).catch(() => undefined),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0 || outcome === undefined) throw new Error(`the load generator of ${job.path} failed`);
  return outcome as Outcome;
}
