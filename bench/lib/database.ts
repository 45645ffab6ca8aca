import { mkdirSync } from 'node:fs';
import pg from 'pg';
import { built } from './built.ts';
import type { DataDirectory } from './data-directory.ts';
import { PostgresProcesses } from './processes.ts';

interface Embedded {
  url: string;
  stop(): Promise<void>;
  stopUnattended(): void;
}

interface Platform {
  roleUrl(ownerUrl: string, secretKey: string, role: 'system'): string;
}

/** Of every hub on this database. */
const SECRET_KEY = '5e'.repeat(32);

/**
 * The database that standalone embeds, with the same settings, but started here: several hubs can share it, and it can be
 * asked behind their backs.
 */
export class BenchDatabase implements AsyncDisposable {
  /** As its owner. */
  readonly url: string;
  private readonly server: Embedded;
  private pool: pg.Pool | undefined;
  private readonly atExit = (): void => this.server.stopUnattended();

  private constructor(server: Embedded) {
    this.server = server;
    this.url = server.url;
    process.once('exit', this.atExit);
  }

  static async start(directory: DataDirectory): Promise<BenchDatabase> {
    const { startEmbeddedPostgres } = built<{
      startEmbeddedPostgres(dataDir: string, abort: AbortSignal): Promise<Embedded>;
    }>('./dist/apps/standalone/src/postgres/embedded-postgres.js');
    const dataDir = directory.join('database');
    mkdirSync(dataDir, { mode: 0o711 });
    return new BenchDatabase(await startEmbeddedPostgres(dataDir, new AbortController().signal));
  }

  /** What a hub needs to be told. */
  get settings(): Readonly<Record<string, string>> {
    return { DATABASE_URL: this.url, HUB_SECRET_KEY: SECRET_KEY };
  }

  get processes(): PostgresProcesses | undefined {
    return PostgresProcesses.under(process.pid);
  }

  /** Sees the rows of all organizations. A hub must have made the tables. */
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    const { roleUrl } = built<Platform>('#platform/database');
    this.pool ??= new pg.Pool({ connectionString: roleUrl(this.url, SECRET_KEY, 'system'), max: 2 });
    return (await this.pool.query<R>(text, values)).rows;
  }

  /** As the owner, for what service roles may not. */
  async asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
    const owner = new pg.Client(this.url);
    await owner.connect();
    return work(owner).finally(() => owner.end());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool?.end();
    await this.server.stop();
    process.off('exit', this.atExit);
  }
}
