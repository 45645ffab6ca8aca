import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, stopProcess } from '#testing';

/** A second where the machine has nothing else to do. */
const STARTED = { timeout: 120_000, interval: 100 };

/** The built API or worker as a process of its own. */
export class HubProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts it and resolves when it serves. */
  static async start(role: 'api' | 'worker', settings: Readonly<Record<string, string>>): Promise<HubProcess> {
    const port = await freePort();
    const env = { HUB_SECRET_KEY: '5e'.repeat(32), LOG_LEVEL: 'fatal', ...settings, HUB_HTTP_PORT: String(port) };
    const main = join(__dirname, `../../dist/apps/${role}/src/main.js`);
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const started = new HubProcess(child, port);
    const ready = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`${role} ended with code ${child.exitCode} while starting`);
      return (await fetch(`${started.url}/health/ready`)).status === 200;
    };
    try {
      await eventually(ready, STARTED);
    } catch (error) {
      await started.kill();
      throw error;
    }
    return started;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** SIGSTOP: it is there, and does nothing. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Also of a frozen one. */
  kill(): Promise<void> {
    return stopProcess(this.child, 'SIGKILL');
  }
}
