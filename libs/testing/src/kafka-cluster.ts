import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { encode, KafkaReader, type Struct } from './kafka-codec';
import { ALIKE, TRANSLATIONS, VERSIONS, type Translation } from './kafka-versions';
import { findClient } from './outside-server';
import { stopProcess } from './processes';

/**
 * The mock cluster of librdkafka, which kcat brings: partitions, records, groups and offsets in memory, four partitions a
 * topic. It speaks versions of before Kafka 2.4; who speaks newer ones alone gets to it by a bridge that translates the
 * messages, and by which the broker can be advertised under another address.
 */
export interface KafkaCluster {
  /** Of the bridge. */
  port: number;
  /** Where clients of the bridge are sent to: the bridge itself where nothing else is told. */
  advertise(host: string, port: number): void;
  /** Killed with all that it has; `startAgain` brings an empty one to the bridge. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  /** Runs kcat against the cluster itself and gives what it prints. */
  kcat(args: readonly string[], input?: string): Promise<string>;
  stop(): Promise<void>;
}

const LONGEST_RUN = 45_000;

/** @throws Error with the install line where kcat is missing. */
export async function startKafkaCluster(): Promise<KafkaCluster> {
  const program = findClient('kcat');
  let mock = await startMock(program);
  let advertised = { host: '127.0.0.1', port: 0 };
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(mock.port, '127.0.0.1');
    bridge(near, far, () => advertised);
    for (const socket of [near, far]) open.add(socket.once('close', () => open.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  advertised.port = port;
  return {
    port,
    advertise: (host, at) => (advertised = { host, port: at }),
    kill: () => stopProcess(mock.process, 'SIGKILL'),
    startAgain: async () => {
      mock = await startMock(program);
    },
    kcat: async (args, input = '') => {
      const running = promisify(execFile)(program, ['-b', `127.0.0.1:${mock.port}`, ...args], { timeout: LONGEST_RUN });
      running.child.stdin!.end(input);
      return (await running).stdout;
    },
    stop: async () => {
      server.close();
      open.forEach((socket) => socket.destroy());
      await stopProcess(mock.process, 'SIGKILL');
    },
  };
}

/** A producer that waits for records brings up the cluster and says in its log where it listens. */
async function startMock(program: string): Promise<{ process: ChildProcess; port: number }> {
  const args = ['-P', '-b', 'mock', '-t', 'unused', '-X', 'test.mock.num.brokers=1', '-d', 'mock'];
  const process = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const port = Promise.withResolvers<number>();
  process.once('exit', (code) => port.reject(new Error(`kcat ended with code ${code} while starting`)));
  createInterface(process.stderr).on('line', (line) => {
    const [, found] = /bootstrap\.servers=127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (found !== undefined) port.resolve(Number(found));
  });
  return { process, port: await port.promise };
}

interface Asked {
  translation?: Translation | undefined;
  request?: Struct;
}

function bridge(near: Socket, far: Socket, advertised: () => { host: string; port: number }): void {
  const asked = new Map<number, Asked>();
  const end = (): void => {
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.on('error', end).on('close', end);
  eachFrame(near, (frame) => {
    const [key, correlation] = [frame.readInt16BE(0), frame.readInt32BE(4)];
    if (key === VERSIONS.key) {
      near.write(framed(numbered(correlation), encode(VERSIONS.response, versions(), true)));
      return;
    }
    const translation = TRANSLATIONS.get(key);
    if (!translation) {
      asked.set(correlation, {});
      far.write(framed(frame));
      return;
    }
    const headed = 10 + Math.max(frame.readInt16BE(8), 0);
    const reader = new KafkaReader(frame.subarray(headed), true);
    reader.tags();
    const told = reader.struct(translation.newer.request);
    const request = translation.toOlder?.(told) ?? told;
    asked.set(correlation, { translation, request });
    const head = Buffer.from(frame.subarray(0, headed));
    head.writeInt16BE(translation.older.version, 2);
    far.write(framed(head, encode(translation.older.request, request, false)));
  });
  eachFrame(far, (frame) => {
    const correlation = frame.readInt32BE(0);
    const { translation, request } = asked.get(correlation) ?? {};
    asked.delete(correlation);
    if (!translation) {
      near.write(framed(frame));
      return;
    }
    const told = new KafkaReader(frame.subarray(4), false).struct(translation.older.response);
    const answer = translation.toNewer?.(told, request!) ?? told;
    const brokers = (answer['brokers'] ?? answer['coordinators'] ?? []) as Struct[];
    brokers.forEach((broker) => Object.assign(broker, advertised()));
    near.write(framed(numbered(correlation), Buffer.alloc(1), encode(translation.newer.response, answer, true)));
  });
}

const versions = (): Struct => {
  const translated = [...TRANSLATIONS].map(([key, { newer }]): [number, number] => [key, newer.version]);
  const kinds = [...translated, ...ALIKE, [VERSIONS.key, 3] as const];
  return { error: 0, kinds: kinds.map(([key, number]) => ({ key, least: number, most: number })), throttle: 0 };
};

/** Messages without the length before each of them. */
function eachFrame(socket: Socket, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  });
}

function framed(...parts: Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([numbered(bytes.length), bytes]);
}

function numbered(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
