import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#testing';
import { homeOf, readState, writeState } from '../../../apps/standalone/src/postgres/cluster';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../apps/standalone/src/postgres/embedded-postgres';

/** Milliseconds. */
const LONGEST_START = 60_000;

/** The embedded PostgreSQL with a directory of its own, to be stopped and started again. */
export class OwnDatabase {
  readonly directory = mkdtempSync(join(tmpdir(), 'maestrohub-own-'));
  private running: EmbeddedPostgres | undefined;

  /** The same after every start: the first one moves it to a port that is nobody else's while it is away. */
  async start(): Promise<void> {
    if (!this.running) {
      await this.run();
      await this.stop();
      writeState(this.directory, { ...readState(this.directory)!, port: await freePort() });
    }
    await this.run();
  }

  get url(): string {
    return this.running!.url;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    // The cluster may lie elsewhere: PostgreSQL's own account does not always reach the directory.
    const home = homeOf(this.directory, readState(this.directory));
    for (const path of [home, this.directory]) rmSync(path, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    this.running = await startEmbeddedPostgres(this.directory, AbortSignal.timeout(LONGEST_START));
  }
}
