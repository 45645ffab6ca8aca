import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { StartError } from '../start-error';
import type { Account } from './account';
import { serverArguments } from './settings';

const POLL_MS = 25;
/** A server that was killed replays its log first: up to 2 GiB of it. */
const START_MS = 180_000;
const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 5_000;
const LOG_BYTES = 10 * 1024 * 1024;

export interface ServerOptions {
  program: string;
  cluster: string;
  port: number;
  superuserPassword: string;
  account: Account | undefined;
  logFile: string;
  /** Gives up waiting for the start. */
  abort: AbortSignal;
}

/** One run of the server program. */
export class PostgresServer {
  /** Resolves with the reason when the server ends, asked to or not. */
  readonly ended: Promise<string>;
  private isRunning = true;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: ServerOptions,
    private readonly logStart: number,
  ) {
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.isRunning = false;
        resolve(reason);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  /** Starts it and waits until it takes connections. @throws StartError with the server's own words. */
  static async start(options: ServerOptions): Promise<PostgresServer> {
    rotate(options.logFile);
    const log = openSync(options.logFile, 'a', 0o600);
    const logStart = fstatSync(log).size;
    // A session of its own: Ctrl-C in the terminal must not stop it before those who use it. It also outlives a
    // killed Node, and the next start stops it then.
    const child = spawn(options.program, serverArguments(options.cluster, options.port), {
      uid: options.account?.uid,
      gid: options.account?.gid,
      cwd: '/',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    const server = new PostgresServer(child, options, logStart);
    await server.untilReady();
    return server;
  }

  /** A connection as superuser; the caller ends it. */
  async connect(database = 'postgres'): Promise<Client> {
    const { port, superuserPassword } = this.options;
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password: superuserPassword, database });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Ends it in order; when that takes too long, at once (the next start recovers from that). */
  async stop(): Promise<void> {
    for (const [signal, deadlineMs] of [
      ['SIGINT', FAST_STOP_MS],
      ['SIGQUIT', IMMEDIATE_STOP_MS],
      ['SIGKILL', IMMEDIATE_STOP_MS],
    ] as const) {
      if (!this.isRunning) return;
      this.child.kill(signal);
      const timer = new AbortController();
      await Promise.race([this.ended, wait(deadlineMs, undefined, timer).catch(() => undefined)]);
      timer.abort();
    }
  }

  /** Asks it to end, for a process that cannot wait for that. */
  stopUnattended(): void {
    if (this.isRunning) this.child.kill('SIGINT');
  }

  /** What the server last complained about in this run. */
  complaint(): string | undefined {
    const lines = readFileSync(this.options.logFile).subarray(this.logStart).toString().split('\n');
    const complaints = lines.filter((line) => / (FATAL|PANIC):/.test(line) && !HARMLESS.test(line));
    return (complaints[0] ?? lines.findLast((line) => line.trim() !== ''))?.replace(/^.*? (FATAL|PANIC): */, '');
  }

  private async untilReady(): Promise<void> {
    const deadline = performance.now() + START_MS;
    const { abort, cluster, logFile } = this.options;
    while (this.isRunning && !abort.aborted && performance.now() < deadline) {
      try {
        const client = await this.connect();
        return await client.end();
      } catch (error) {
        if (WRONG_PASSWORD.test(String((error as { code?: unknown }).code))) {
          await this.stop();
          throw new StartError(`${cluster} and postgres.json beside it do not belong together`);
        }
        await wait(POLL_MS);
      }
    }
    if (!this.isRunning) throw new ServerRefusal(this.complaint() ?? (await this.ended));
    await this.stop();
    abort.throwIfAborted();
    throw new StartError(`PostgreSQL is not ready after ${START_MS / 1000} s; its log is ${logFile}`);
  }
}

/** The server ended while starting, saying this. */
export class ServerRefusal extends StartError {
  constructor(readonly complaint: string) {
    super(`PostgreSQL does not start: ${complaint}`);
  }
}

const HARMLESS = /the database system is (starting up|shutting down|not yet accepting connections|in recovery mode)/;

/** SQLSTATE class 28: invalid authorization. */
const WRONG_PASSWORD = /^28/;

function rotate(logFile: string): void {
  const stat = statSync(logFile, { throwIfNoEntry: false });
  if (stat && stat.size > LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}
