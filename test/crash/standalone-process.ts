import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '#testing';
import { homeOf, readState } from '../../apps/standalone/src/postgres/cluster';

export const ROOT = resolve(__dirname, '../..');
export const MAIN = join('dist', 'apps', 'standalone', 'src', 'main.js');

export interface StartOptions {
  dataDir: string;
  /** What the environment holds beside data directory and ports: nothing, not even LANG or PATH. */
  env?: NodeJS.ProcessEnv;
  /** A command that runs the one given behind it. */
  through?: readonly string[];
  /** Another path to the clone. */
  root?: string;
  uid?: number;
  gid?: number;
  command?: readonly string[];
  cwd?: string;
}

const running = new Set<StandaloneProcess>();

/** The built platform as a process of its own, with its own ports. */
export class StandaloneProcess {
  output = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly changed = new EventTarget();

  private constructor(
    private readonly child: ChildProcess,
    private readonly dataDir: string,
    readonly httpPort: number,
  ) {
    running.add(this);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.changed.dispatchEvent(new Event('output'));
      });
    }
    this.exited = new Promise((done) => {
      child.once('close', (code, signal) => {
        running.delete(this);
        done({ code, signal });
        this.changed.dispatchEvent(new Event('output'));
      });
    });
  }

  static async spawn(options: StartOptions): Promise<StandaloneProcess> {
    const { dataDir, env, through = [], root = ROOT, uid, gid } = options;
    const [httpPort, mqttPort] = [await freePort(), await freePort()];
    const own = [process.execPath.replace(ROOT, root), join(root, MAIN)];
    const [command, ...args] = [...through, ...(options.command ?? own)];
    const child = spawn(command!, args, {
      cwd: options.cwd ?? '/',
      env: { HUB_DATA_DIR: dataDir, HUB_HTTP_PORT: String(httpPort), HUB_MQTT_PORT: String(mqttPort), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group, as a terminal would give it.
      detached: true,
      ...(uid === undefined ? {} : { uid, gid }),
    });
    return new StandaloneProcess(child, dataDir, httpPort);
  }

  /** Starts it and waits until it runs. */
  static async start(options: StartOptions): Promise<StandaloneProcess> {
    const started = await StandaloneProcess.spawn(options);
    await started.until(/Ctrl-C stops it\./);
    return started;
  }

  /** A start that is refused: its exit code and what it said. */
  static async refused(options: StartOptions): Promise<{ code: number | null; line: string }> {
    const refused = await StandaloneProcess.spawn(options);
    const { code } = await refused.exited;
    // The step it had begun stands on a line of its own.
    const lines = refused.output.split('\n').filter((line) => line !== '' && !/ … /.test(line));
    return { code, line: lines.join('\n') };
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  get mqttUrl(): string {
    return this.shown(/MQTT +(\S+)/);
  }

  get organizationId(): string {
    return this.shown(/Organization +(\S+)/);
  }

  get password(): string {
    return this.shown(/Password +(\S+)/);
  }

  get curlLine(): string {
    return this.shown(/^ +(curl .*)$/m);
  }

  shown(pattern: RegExp): string {
    const found = pattern.exec(this.output)?.[1];
    if (!found) throw new Error(`not shown: ${pattern}\n${this.output}`);
    return found;
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (!running.has(this)) throw new Error(`ended before ${pattern}:\n${this.output}`);
      await new Promise((done) => this.changed.addEventListener('output', done, { once: true }));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** As Ctrl-C in a terminal does it: to the whole group. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** The embedded server's process id while it runs. */
  get postgresPid(): number | undefined {
    const file = join(this.dataDir, 'postgres', 'postmaster.pid');
    return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
  }

  async stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.signal('SIGINT');
    return this.exited;
  }
}

/** With its database, which may lie elsewhere: PostgreSQL's own account does not reach every directory. */
export function removeData(dataDir: string): void {
  for (const path of [homeOf(dataDir, readState(dataDir)), dataDir]) rmSync(path, { recursive: true, force: true });
}

/** Ends what a failed test left running. */
export async function stopAll(): Promise<void> {
  for (const left of [...running]) {
    left.signalGroup('SIGKILL');
    const postgres = left.postgresPid;
    if (postgres) process.kill(postgres, 'SIGQUIT');
    await left.exited;
  }
}
