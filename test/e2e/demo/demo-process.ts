import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '#testing';

const RUN = join(__dirname, '../../../demo/run.cjs');
const START = { timeout: 180_000, interval: 100 };

interface Answer {
  data: { id: string; name?: string; value?: unknown; status?: string }[];
}

/** The demo as `npm run demo` starts it, with a process group of its own as a terminal gives it. */
export class DemoProcess {
  output = '';
  private readonly child: ChildProcess;
  /** When all that it said has come, too. */
  private readonly closed: Promise<unknown>;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [RUN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.closed = once(this.child, 'close');
  }

  /** Resolves when it has said where a visitor can go on. */
  started(): Promise<unknown> {
    return eventually(() => {
      if (this.isOver) throw new Error(`it has ended:\n${this.output}`);
      return this.output.includes('Ctrl-C stops all of it');
    }, START);
  }

  /** Gives the exit code. */
  async ended(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  /** As Ctrl-C in a terminal: every process of the group gets it. */
  interrupt(): Promise<number | null> {
    process.kill(-this.child.pid!, 'SIGINT');
    return this.ended();
  }

  /** Whatever a failed test has left. */
  async kill(): Promise<void> {
    if (this.isOver) return;
    process.kill(-this.child.pid!, 'SIGKILL');
    await this.ended();
  }

  /** What a line of its text says: `Swagger UI   http://…`. */
  told(pattern: RegExp): string {
    const found = pattern.exec(this.output)?.[1];
    if (found === undefined) throw new Error(`${pattern} is not in:\n${this.output}`);
    return found;
  }

  get(path: string): Promise<Answer['data']> {
    return this.ask(path);
  }

  /** Has a function of a connection executed, both by their names. */
  async execute(connection: string, name: string, parameters: object): Promise<void> {
    const idOf = async (path: string, wanted: string): Promise<string> =>
      (await this.get(path)).find((entry) => entry.name === wanted)!.id;
    const functions = `/connections/${await idOf('/connections', connection)}/functions`;
    await this.ask(`${functions}/${await idOf(functions, name)}/execute`, {
      method: 'POST',
      body: JSON.stringify({ parameters }),
    });
  }

  private async ask(path: string, request: RequestInit = {}): Promise<Answer['data']> {
    const headers = {
      Authorization: `Bearer ${this.told(/Bearer ([\w-]+)/)}`,
      'X-Organization-ID': this.told(/Organization +(\S+)/),
      'Content-Type': 'application/json',
    };
    const url = `${this.told(/(http:\S+)\/swagger/)}/api/v1${path}`;
    const response = await fetch(url, { ...request, headers });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as Answer).data;
  }

  /** The values of a topic in the namespace, the newest first. */
  async values(topic: string): Promise<unknown[]> {
    return (await this.get(`/uns/data/recent?topic=mHv1.0/bottling/${topic}`)).map(({ value }) => value);
  }

  private get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
