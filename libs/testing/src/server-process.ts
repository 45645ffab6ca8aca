import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { stopProcess } from './processes';

/** Milliseconds until a server has to take connections: seconds, unless the machine has other things to do. */
const LONGEST_START = 90_000;

export interface ServerProcess {
  port: number;
  /** What it was given to write into. */
  directory: string;
  /** SIGKILL shows what a client makes of a server that vanishes. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

interface Start {
  program: string;
  /** Writes what the server needs into its directory and gives its arguments. */
  prepare: (directory: string, port: number) => readonly string[];
  /** To come back under the same address after a stop. */
  port?: number | undefined;
  /** To come back with what it had; it is kept at the end then. Otherwise an empty one that goes with the process. */
  directory?: string | undefined;
}

/** Starts a program that listens on a port of this machine, and resolves when it takes connections. @throws Error */
export async function startProcess({ program, prepare, ...given }: Start): Promise<ServerProcess> {
  const port = given.port ?? (await freePort());
  const directory = given.directory ?? mkdtempSync(join(tmpdir(), `maestrohub-${basename(program)}-`));
  // Started by root, some of them go on as an account of their own.
  chmodSync(directory, 0o755);
  const child = spawn(program, prepare(directory, port), { stdio: 'ignore' });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    await stopProcess(child, signal);
    if (given.directory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    await eventually(() => listens(child, port), { timeout: LONGEST_START });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, directory, stop };
}

function listens(child: ChildProcess, port: number): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with code ${child.exitCode} while starting`);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
