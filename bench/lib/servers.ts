import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import type { DataDirectory } from './data-directory.ts';
import { freePorts } from './hub.ts';
import { until } from './until.ts';

/* Servers of other projects, as Debian packages them, each on a free port with nothing kept from before. */

export type ServerName = 'redis' | 'mosquitto';

interface Recipe {
  program: string;
  scheme: string;
  settings: (port: number) => string[];
  arguments: (file: string) => string[];
}

const RECIPES: Readonly<Record<ServerName, Recipe>> = {
  redis: {
    program: 'redis-server',
    scheme: 'redis',
    // Written as it comes and synced every second, which is what docker/compose.yaml runs.
    settings: (port) => [`port ${port}`, 'bind 127.0.0.1', 'appendonly yes', 'save ""', 'maxmemory-policy noeviction'],
    arguments: (file) => [file],
  },
  mosquitto: {
    program: 'mosquitto',
    scheme: 'mqtt',
    settings: (port) => [`listener ${port} 127.0.0.1`, 'allow_anonymous true'],
    arguments: (file) => ['-c', file],
  },
};

export interface Server extends AsyncDisposable {
  url: string;
  pid: number;
  version: string;
}

/** Undefined where it is not installed: what needs it is left out, and the report says so. */
export async function startServer(name: ServerName, directory: DataDirectory): Promise<Server | undefined> {
  const recipe = RECIPES[name];
  const program = findProgram(recipe.program);
  if (program === undefined) return undefined;
  const [port] = await freePorts(1);
  const file = directory.join(`${name}.conf`);
  writeFileSync(file, `${recipe.settings(port!).join('\n')}\n`);
  const child = spawn(program, recipe.arguments(file), { cwd: directory.path, stdio: 'ignore' });
  child.unref();
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  child.once('exit', () => process.off('exit', atExit));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(async () => isOver() || (await listens(port!)), 20);
  if (isOver()) throw new Error(`${recipe.program} does not start`);
  return {
    url: `${recipe.scheme}://127.0.0.1:${port!}`,
    pid: child.pid!,
    version: versionOf(program),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.ref();
  child.kill('SIGTERM');
  await ended;
}

/** Debian keeps servers where an ordinary user's PATH does not look. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `Redis server v=8.0.2 sha=…`, `mosquitto version 2.0.21 …`; neither has the same way of telling it, or a code that says it went well. */
function versionOf(program: string): string {
  const { stdout } = spawnSync(program, [program.endsWith('redis-server') ? '--version' : '-h'], { encoding: 'utf8' });
  return /\d+\.\d+[.\d]*/.exec(stdout)?.[0] ?? '';
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
