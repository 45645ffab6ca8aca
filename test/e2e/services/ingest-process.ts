import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, stopProcess } from '#testing';

const MAIN = join(__dirname, '../../../dist/apps/uns/src/main.js');

/** The built ingest part as a process of its own. */
export class IngestProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts it and resolves when it is subscribed. */
  static async start(databaseUrl: string, brokerUrl: string): Promise<IngestProcess> {
    const port = await freePort();
    const env = {
      DATABASE_URL: databaseUrl,
      MQTT_URL: brokerUrl,
      HUB_SECRET_KEY: '5e'.repeat(32),
      HUB_HTTP_PORT: String(port),
      LOG_LEVEL: 'fatal',
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const started = new IngestProcess(child, port);
    try {
      await started.isReady();
    } catch (error) {
      await started.stop('SIGKILL');
      throw error;
    }
    return started;
  }

  isReady(): Promise<unknown> {
    const ready = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${this.port}/health/ready`)).status === 200;
    return eventually(ready, { timeout: 60_000 });
  }

  /** SIGTERM is a stop in good order, SIGKILL a crash. Resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    await stopProcess(this.child, signal);
    return this.child.exitCode;
  }
}
