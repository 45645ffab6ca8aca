import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../start-error.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');

/** A first start makes the database, and a slow disk may take its time. */
const READY_MS = 120_000;
const POLL_MS = 50;
const ANSWER_MS = 5_000;
const STOP_MS = 60_000;
const MOST_LINES = 5;

export interface HubSettings {
  /** Folder of database and keys. */
  dataDir: string;
  logFile: string;
  httpPort: number;
  mqttPort: number;
  email: string;
  password: string;
}

/** The platform as users run it: a process of its own, with everything embedded. */
export class HubProcess {
  readonly url: string;
  /** Resolves when the process is gone, whoever ended it. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly logFile: string;
  /** Where in the log this process begins. */
  private readonly logStart: number;

  private constructor(child: ChildProcess, { httpPort, logFile }: HubSettings, logStart: number) {
    this.child = child;
    this.url = `http://127.0.0.1:${httpPort}`;
    this.logFile = logFile;
    this.logStart = logStart;
    this.ended = once(child, 'exit').then(() => undefined);
  }

  static spawn(settings: HubSettings): HubProcess {
    const log = openSync(settings.logFile, 'a');
    const { size } = fstatSync(log);
    const child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      env: {
        ...ownEnvironment(),
        HUB_HOST: '127.0.0.1',
        HUB_HTTP_PORT: String(settings.httpPort),
        HUB_MQTT_PORT: String(settings.mqttPort),
        HUB_DATA_DIR: settings.dataDir,
        HUB_ADMIN_EMAIL: settings.email,
        HUB_ADMIN_PASSWORD: settings.password,
      },
      // The channel is for our own end: the hub stops when it closes.
      stdio: ['ignore', log, log, 'ipc'],
      // Not in the terminal's process group: Ctrl-C is for us, and we end the hub when it is its turn.
      detached: true,
    });
    closeSync(log);
    return new HubProcess(child, settings, size);
  }

  /** Resolves when it takes requests. @throws StartError with the end of its log when it ends instead */
  async ready(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while (!(await answers(`${this.url}/health/ready`))) {
      signal.throwIfAborted();
      if (this.isOver) throw new StartError(`the platform does not start: ${this.lastLines()}`);
      if (performance.now() > deadline)
        throw new StartError(`the platform does not answer; its log is ${this.logFile}`);
      await delay(POLL_MS);
    }
    if (this.isOver) throw new StartError(`the platform does not start: ${this.lastLines()}`);
  }

  /** Asking a second time ends it at once. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** The last that it said, in the words of who uses the demo: its settings are our options. */
  lastLines(): string {
    const said = readFileSync(this.logFile).subarray(this.logStart).toString().trim();
    const lines = said.split('\n').slice(-MOST_LINES).join('\n');
    const optionOf = (_: string, setting: string): string => `--${setting.toLowerCase().replace('_', '-')}`;
    return lines.replaceAll(/HUB_(DATA_DIR|HTTP_PORT|MQTT_PORT)/g, optionOf);
  }

  private get isOver(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Without settings of the platform: the demo stays away from a database or broker that is somebody's own. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HUB_|(DATABASE|REDIS|MQTT)_URL(_FILE)?$)/.test(name)),
  );

const answers = (address: string): Promise<boolean> =>
  fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    async ({ ok, body }) => (await body?.cancel(), ok),
    () => false,
  );
