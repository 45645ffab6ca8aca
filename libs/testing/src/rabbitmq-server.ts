import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { findClient } from './outside-server';
import { killAll, stopProcess } from './processes';

/** Debian's program of the PATH goes on as an account of its own, without our environment. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const STARTED = { timeout: 90_000 };

export interface RabbitServer {
  port: number;
  /** Killed at once; what it has on disk stays. */
  kill(): Promise<void>;
  /** Under the same address, with what it had. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** A RabbitMQ of our own: its directory, ports and name service end with it. @throws Error with the install line. */
export async function startRabbitServer(settings: readonly string[] = []): Promise<RabbitServer> {
  findClient('rabbitmq-server');
  const directory = mkdtempSync(join(tmpdir(), 'maestrohub-rabbitmq-'));
  chmodSync(directory, 0o755);
  const [port, names, distribution] = [await freePort(), await freePort(), await freePort()];
  const config = join(directory, 'rabbitmq.conf');
  writeFileSync(config, `${[`listeners.tcp.1 = 127.0.0.1:${port}`, ...settings].join('\n')}\n`);
  const env = {
    ...process.env,
    HOME: directory,
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'test@localhost',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}',
  };
  const nameService = spawn('epmd', ['-port', String(names)], { env, stdio: 'ignore' });
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn(PROGRAM, [], { env, stdio: 'ignore' });
    await eventually(() => greets(port), STARTED);
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    killAll(server.pid!);
    await gone;
    // Its name is free again once its name service has seen that it is gone.
    await eventually(() => greets(port).then((up) => !up));
  };
  const stop = async (): Promise<void> => {
    await kill();
    await stopProcess(nameService, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, kill, startAgain: start, stop };
}

/** Whether it speaks AMQP: it listens a little earlier than it has started. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    const settle = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket
      .once('data', () => settle(true))
      .once('error', () => settle(false))
      .once('close', () => settle(false));
  });
}
