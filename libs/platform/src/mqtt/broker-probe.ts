import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { Injectable } from '@nestjs/common';
import { connect, type MqttClient } from 'mqtt';
import { Config } from '../config';
import type { OutsideBroker } from './broker-choice';
import { signInOptions } from './outside-options';
import { MqttTopicMounts } from './ports';

/** One step of a try, and how it went. */
export interface Check {
  name: string;
  ok: boolean;
  /** In plain words. */
  message: string;
  durationMs: number;
}

/** Milliseconds for all steps together. */
const TRY_MS = 10_000;

/** Reason codes of MQTT 5, and those of MQTT 3.1.1 by which older brokers answer. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'It does not speak MQTT 5',
  4: 'It refuses user name or password',
  5: 'It does not let this user in',
  0x84: 'It does not speak MQTT 5',
  0x85: 'It refuses the client id',
  0x86: 'It refuses user name or password',
  0x87: 'It does not let this user in',
  0x88: 'It is not available',
  0x89: 'It is busy',
  0x8a: 'It has banned this client',
  0x8c: 'It wants another way of signing in',
  0x9c: 'It names another server',
  0x9d: 'It has moved',
};

/** Tries whether a broker can be used, without using it. */
@Injectable()
export class BrokerProbe {
  constructor(
    private readonly config: Config,
    private readonly mounts: MqttTopicMounts,
  ) {}

  /**
   * Connects, signs in, subscribes to what ingest subscribes to, and sends itself a message, within ten seconds.
   * @returns the steps up to the first that failed; never throws.
   */
  async tryOutside(broker: OutsideBroker): Promise<Check[]> {
    const steps = new Steps(AbortSignal.timeout(TRY_MS));
    // `resolve` knows no such organization, so no ingest takes it for data, and rights on the organizations' topics cover it.
    const topic = this.mounts.mount(randomUUID(), 'probe');
    const client = connect(broker.url, {
      ...signInOptions(broker),
      protocolVersion: 5,
      clientId: `maestrohub-probe-${randomUUID()}`,
      reconnectPeriod: 0,
      connectTimeout: TRY_MS,
      properties: { receiveMaximum: 100 },
    });
    client.on('error', () => undefined);
    try {
      const signedIn = signIn(client);
      const echo = heard(client, topic);
      const done =
        (await steps.run('connect', () => reached(client, signedIn))) &&
        (await steps.run('sign in', () => signedIn)) &&
        (await steps.run('subscribe', () => subscribe(client, [topic, ...this.mounts.subscriptions()]))) &&
        (await steps.run('publish', () => publish(client, topic)));
      if (done) await steps.run('receive', () => echo);
    } finally {
      client.end(true);
      client.stream.destroy();
    }
    return steps.done;
  }

  /** Listens for a moment where the embedded broker would. */
  async tryEmbedded(): Promise<Check> {
    const { host, port } = this.config.mqtt;
    const steps = new Steps(AbortSignal.timeout(TRY_MS));
    await steps.run('listen', async () => {
      const server = createServer();
      const listening = Promise.withResolvers<void>();
      server.once('error', listening.reject);
      server.listen({ host, port, exclusive: true }, listening.resolve);
      await listening.promise.catch((error: unknown) => {
        throw new Error(`Port ${port} of ${host} cannot be had: ${(error as Error).message}`);
      });
      await new Promise((closed) => server.close(closed));
      return `Port ${port} of ${host} is free`;
    });
    return steps.done[0]!;
  }
}

/** Runs one step after the other and writes down how it went. */
class Steps {
  readonly done: Check[] = [];
  private readonly late: Promise<never>;

  constructor(signal: AbortSignal) {
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => undefined);
    signal.addEventListener('abort', () => late.reject(new Error(`No answer within ${TRY_MS / 1000} seconds`)));
    this.late = late.promise;
  }

  async run(name: string, work: () => Promise<string>): Promise<boolean> {
    const begun = performance.now();
    const note = (ok: boolean, message: string): boolean => {
      this.done.push({ name, ok, message, durationMs: Math.round(performance.now() - begun) });
      return ok;
    };
    try {
      return note(true, await Promise.race([work(), this.late]));
    } catch (error) {
      return note(false, toldOf(error));
    }
  }
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at that address (ECONNREFUSED)',
  ECONNRESET: 'It ends the connection (ECONNRESET)',
  EHOSTUNREACH: 'There is no way to that address (EHOSTUNREACH)',
  ENETUNREACH: 'There is no way to that address (ENETUNREACH)',
  ETIMEDOUT: 'It does not answer (ETIMEDOUT)',
  ENOTFOUND: 'Its name is not known (ENOTFOUND)',
  EAI_AGAIN: 'Its name cannot be looked up (EAI_AGAIN)',
};

/** Node's lists of failed addresses have no message of their own. */
function toldOf(error: unknown): string {
  const { errors: [first] = [] } = error as { errors?: unknown[] };
  const cause = (first ?? error) as { code?: unknown; message?: unknown };
  if (typeof cause.code === 'string' && NETWORK[cause.code]) return NETWORK[cause.code]!;
  return typeof cause.message === 'string' && cause.message !== '' ? cause.message : 'It does not answer';
}

interface Refused {
  code?: number | string;
}

/** Resolves with the broker's CONNACK. */
function signIn(client: MqttClient): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  promise.catch(() => undefined);
  client.once('connect', () => resolve('Signed in with MQTT 5'));
  client.once('error', (error) => {
    const { code } = error as Refused;
    reject(typeof code === 'number' ? new Error(REFUSALS[code] ?? `It refuses us (reason code ${code})`) : error);
  });
  client.once('close', () => reject(new Error('It closes the connection')));
  return promise;
}

/** Whatever the broker says to our signing in, it is there. */
async function reached(client: MqttClient, signedIn: Promise<string>): Promise<string> {
  const answered = new Promise<void>((resolve) => client.once('packetreceive', () => resolve()));
  await Promise.race([answered, signedIn]);
  return 'The broker answers';
}

async function subscribe(client: MqttClient, filters: string[]): Promise<string> {
  // Only whether it may: QoS 0, and nothing that is retained.
  const granted = await client.subscribeAsync(filters, { qos: 0, rh: 2 }).catch((error: unknown) => {
    throw new Error(`It refuses to let us subscribe to ${filters.join(', ')}: ${(error as Error).message}`);
  });
  const refused = granted.filter(({ qos }) => qos >= 0x80).map(({ topic }) => topic);
  if (refused.length > 0) throw new Error(`It refuses to let us subscribe to ${refused.join(', ')}`);
  return `Subscribed to ${filters.join(', ')}`;
}

async function publish(client: MqttClient, topic: string): Promise<string> {
  await client.publishAsync(topic, 'probe', { qos: 1 }).catch((error: unknown) => {
    throw new Error(`It refuses what we publish to ${topic}: ${(error as Error).message}`);
  });
  return `Published to ${topic}`;
}

/** Resolves when the message has come back. */
function heard(client: MqttClient, topic: string): Promise<string> {
  return new Promise((resolve) => {
    client.on('message', (at) => {
      if (at === topic) resolve('The message has come back');
    });
  });
}
