import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { startProcess } from './server-process';

/*
 * The real servers of other projects, as Debian packages them; `npm test` installs them where it may (test/run.cjs has
 * the same list). Each runs on a free port with an empty directory and ends with the file that started it.
 */

export type OutsideServer = 'redis' | 'mosquitto' | 'mariadb' | 'influxdb' | 'nats' | 'proftpd' | 'sshd' | 'pymodbus';

interface Recipe {
  program: string;
  /** What runs instead, where the program is but the sign of its package. */
  interpreter?: string;
  package: string;
  scheme: string;
  /** Writes what the server needs into its directory and gives its arguments. */
  prepare: (directory: string, port: number, settings: readonly string[]) => string[];
}

const RECIPES: Record<OutsideServer, Recipe> = {
  redis: {
    program: 'redis-server',
    package: 'redis-server',
    scheme: 'redis',
    prepare: (directory, port, settings) =>
      configured(directory, [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${directory}`,
        'save ""',
        'maxmemory-policy noeviction',
        ...settings,
      ]),
  },
  mosquitto: {
    program: 'mosquitto',
    package: 'mosquitto',
    scheme: 'mqtt',
    prepare: (directory, port, settings) => [
      '-c',
      ...configured(directory, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...settings]),
    ],
  },
  nats: {
    program: 'nats-server',
    package: 'nats-server',
    scheme: 'nats',
    prepare: (directory, port, settings) => [
      '-c',
      ...configured(directory, [`listen: 127.0.0.1:${port}`, ...settings]),
    ],
  },
  // A library: the settings are lines of a script of the test's own.
  pymodbus: {
    program: 'pymodbus.server',
    interpreter: '/usr/bin/python3',
    package: 'python3-pymodbus python3-serial-asyncio',
    scheme: 'modbus',
    prepare: (directory, port, settings) => [...configured(directory, settings), String(port)],
  },
  mariadb: {
    program: 'mariadbd',
    package: 'mariadb-server',
    scheme: 'mysql',
    prepare: (directory, port, settings) => prepareMariadb(directory, port, settings),
  },
  influxdb: {
    program: 'influxd',
    package: 'influxdb',
    scheme: 'http',
    prepare: (directory, port, settings) => [
      '-config',
      ...configured(directory, [
        'reporting-disabled = true',
        'bind-address = "127.0.0.1:0"',
        '[meta]',
        `dir = "${join(directory, 'meta')}"`,
        '[data]',
        `dir = "${join(directory, 'data')}"`,
        `wal-dir = "${join(directory, 'wal')}"`,
        '[http]',
        `bind-address = "127.0.0.1:${port}"`,
        ...settings,
      ]),
    ],
  },
  proftpd: {
    program: 'proftpd',
    // With TLS and SFTP; it brings the server.
    package: 'proftpd-mod-crypto',
    scheme: 'ftp',
    prepare: (directory, port, settings) => [
      '--nodaemon',
      '--config',
      ...configured(directory, [
        'ServerType standalone',
        `Port ${port}`,
        'DefaultAddress 127.0.0.1',
        'SocketBindTight on',
        'UseIPv6 off',
        'AuthOrder mod_auth_file.c',
        'RequireValidShell off',
        'AllowOverwrite on',
        `ScoreboardFile ${directory}/scoreboard`,
        `PidFile ${directory}/pid`,
        'SystemLog none',
        'TransferLog none',
        'WtmpLog off',
        'DelayEngine off',
        'UseReverseDNS off',
        ...settings,
      ]),
    ],
  },
  sshd: {
    program: 'sshd',
    package: 'openssh-server',
    scheme: 'sftp',
    prepare: (directory, port, settings) => {
      // Debian makes it when its service starts.
      if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
      return [
        '-D',
        '-f',
        ...configured(directory, [
          `Port ${port}`,
          'ListenAddress 127.0.0.1',
          'UsePAM no',
          'StrictModes no',
          'PidFile none',
          'PasswordAuthentication no',
          'Subsystem sftp internal-sftp',
          ...settings,
        ]),
      ];
    },
  },
};

/** A user that may everything, from everywhere, and an empty database. */
const MARIADB_SETUP = [
  'CREATE DATABASE IF NOT EXISTS test;',
  "CREATE OR REPLACE USER test IDENTIFIED BY 'let me in';",
  'GRANT ALL ON *.* TO test WITH GRANT OPTION;',
];

function prepareMariadb(directory: string, port: number, settings: readonly string[]): string[] {
  const data = join(directory, 'data');
  const setup = join(directory, 'setup.sql');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  writeFileSync(setup, MARIADB_SETUP.join('\n'));
  const install = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'];
  execFileSync('mariadb-install-db', [...install, ...asRoot], { stdio: 'ignore' });
  const [file] = configured(directory, [
    '[mariadbd]',
    `datadir=${data}`,
    `port=${port}`,
    'bind-address=127.0.0.1',
    `socket=${join(directory, 'server.sock')}`,
    `pid-file=${join(directory, 'server.pid')}`,
    `init-file=${setup}`,
    'innodb-flush-log-at-trx-commit=0',
    'skip-log-bin',
    ...settings,
  ]);
  return [`--defaults-file=${file!}`, ...asRoot];
}

function configured(directory: string, lines: readonly string[]): string[] {
  const file = join(directory, 'server.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return [file];
}

/** What tests start in their own ways, by its Debian package: clients, and what servers are made with. */
const CLIENTS = {
  mosquitto_pub: 'mosquitto-clients',
  mosquitto_sub: 'mosquitto-clients',
  chromium: 'chromium',
  'rabbitmq-server': 'rabbitmq-server',
  aiosmtpd: 'python3-aiosmtpd',
  'g++': 'g++',
  kcat: 'kcat',
} as const;

export type OutsideClient = keyof typeof CLIENTS;

/** The path of such a program. @throws Error with the install line where it is missing. */
export function findClient(name: OutsideClient): string {
  const program = findProgram(name);
  if (!program) throw new Error(`${name} is missing: apt-get install -y ${CLIENTS[name]}`);
  return program;
}

export interface RunningServer {
  url: string;
  port: number;
  /** SIGKILL shows what a client makes of a server that vanishes. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

interface ServerOptions {
  /** Lines of the server's own configuration file. */
  settings?: readonly string[];
  /** To come back under the same address after a stop. */
  port?: number;
}

/** Starts a server and resolves when it takes connections. @throws Error with the install line where it is missing. */
export async function startServer(name: OutsideServer, options: ServerOptions = {}): Promise<RunningServer> {
  const recipe = RECIPES[name];
  const program = findProgram(recipe.program);
  if (!program) throw new Error(`${recipe.program} is missing: apt-get install -y ${recipe.package}`);
  const prepare = (directory: string, port: number) => recipe.prepare(directory, port, options.settings ?? []);
  const { port, stop } = await startProcess({ program: recipe.interpreter ?? program, prepare, port: options.port });
  return { url: `${recipe.scheme}://127.0.0.1:${port}`, port, stop };
}

/**
 * A block of tests that needs outside servers or clients. It runs and fails with the install line where one is missing; only
 * HUB_TEST_SKIP_SERVICES=1 leaves it out, and `npm test` says so at its end.
 */
export function describeWithServers(
  names: readonly (OutsideServer | OutsideClient)[],
  title: string,
  block: () => void,
): void {
  const missing = names.some(
    (name) => findProgram(name in CLIENTS ? name : RECIPES[name as OutsideServer].program) === undefined,
  );
  const leaveOut = missing && process.env['HUB_TEST_SKIP_SERVICES'] === '1';
  (leaveOut ? describe.skip : describe)(title, block);
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
