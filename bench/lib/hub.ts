import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { DataDirectory } from './data-directory.ts';
import { PostgresProcesses } from './processes.ts';
import { until } from './until.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');

/** A first start makes the database, and a slow disk may take its time. */
const READY_MS = 120_000;
const POLL_MS = 10;
const ANSWER_MS = 5_000;
const STOP_MS = 60_000;

export const ADMIN = { email: 'bench@maestrohub.local', password: 'a password for the bench' } as const;

export interface HubOptions {
  /** Where the CPU profile of the process is written when it ends. */
  profile?: string | undefined;
  /** Another main than that of the standalone platform. */
  main?: string;
  /** Settings that differ from those of a benchmark. */
  settings?: Readonly<Record<string, string>>;
}

/** The standalone platform as users run it: a process of its own, with everything embedded. */
export class Hub implements AsyncDisposable {
  private static readonly running = new Set<Hub>();

  readonly httpPort: number;
  readonly mqttPort: number;
  /** From the start of the process to its first "ready". */
  startMilliseconds = Number.NaN;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, httpPort: number, mqttPort: number) {
    this.child = child;
    this.httpPort = httpPort;
    this.mqttPort = mqttPort;
  }

  /** @throws Error with the end of the hub's log when it does not become ready. */
  static async start(directory: DataDirectory, { profile, main = MAIN, settings = {} }: HubOptions = {}): Promise<Hub> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build"`);
    const [httpPort, mqttPort] = await freePorts(2);
    const logFile = directory.join('hub.log');
    const log = openSync(logFile, 'a');
    const began = performance.now();
    const child = spawn(process.execPath, [...profileArguments(profile), main], {
      cwd: ROOT,
      env: { ...process.env, ...ownSettings(directory, httpPort!, mqttPort!), ...settings },
      // The channel is for our own end: the hub stops when it closes.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    child.once('error', () => undefined);
    const hub = new Hub(child, httpPort!, mqttPort!);
    Hub.running.add(hub);
    if (await becomesReady(child, `${hub.url}/health/ready`)) {
      hub.startMilliseconds = performance.now() - began;
      return hub;
    }
    await hub.stop();
    throw new Error(`the hub does not start:\n${readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n')}`);
  }

  /** For an end in the middle of a benchmark. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Hub.running].map((hub) => hub.stop()));
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Undefined where the hub uses another server (DATABASE_URL). */
  postgres(): PostgresProcesses | undefined {
    return PostgresProcesses.under(this.pid);
  }

  async stop(): Promise<void> {
    Hub.running.delete(this);
    if (hasEnded(this.child)) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Ours win over those of the environment, by which for example LOG_LEVEL can be set. */
const ownSettings = (directory: DataDirectory, httpPort: number, mqttPort: number): Record<string, string> => ({
  HUB_DATA_DIR: directory.join('hub'),
  HUB_HOST: '127.0.0.1',
  HUB_HTTP_PORT: String(httpPort),
  HUB_MQTT_PORT: String(mqttPort),
  HUB_ADMIN_EMAIL: ADMIN.email,
  HUB_ADMIN_PASSWORD: ADMIN.password,
  HUB_RATE_LIMIT: '0',
});

const profileArguments = (file: string | undefined): string[] =>
  file ? ['--cpu-prof', `--cpu-prof-dir=${dirname(file)}`, `--cpu-prof-name=${basename(file)}`] : [];

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Resolves with false when the process ends or takes too long. */
async function becomesReady(child: ChildProcess, address: string): Promise<boolean> {
  const deadline = performance.now() + READY_MS;
  const isOver = (): boolean => hasEnded(child) || performance.now() > deadline;
  let isReady = false;
  await until(async () => (isReady = await answers(address)) || isOver(), POLL_MS);
  return isReady;
}

const answers = (address: string): Promise<boolean> =>
  fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    async ({ ok, body }) => (await body?.cancel(), ok),
    () => false,
  );

/** Held open together, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
