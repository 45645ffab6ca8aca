import { Aedes, type AedesOptions } from 'aedes';
import type { BrokerClient, Qos } from './aedes-internals';
import { Message, type Properties } from './message';
import type { SessionStore } from './session-store';

interface Outgoing {
  topic: string;
  payload: Buffer | string;
  qos?: Qos;
  retain?: boolean;
  properties?: Properties;
}

type Done = (error?: Error) => void;

const noop = (): void => undefined;

/**
 * aedes for what is between a client and its broker: signing in, keeping alive, taking over, acknowledging, parting. What
 * is between clients is ours: who subscribes to what, who gets a message and in what order (ADR 0022).
 */
export class Hub extends Aedes {
  constructor(
    private readonly store: SessionStore,
    private readonly beforeRegistration: (client: BrokerClient) => void,
    options: AedesOptions,
  ) {
    super({ ...options, persistence: store });
  }

  /** Resolves when what has to outlive the process is on disk; undefined when nothing has to. */
  forward(outgoing: Outgoing, from?: string): Promise<unknown> | undefined {
    const { topic, payload, qos = 0, retain = false, properties } = outgoing;
    const message = new Message({
      topic,
      payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload),
      qos,
      retain,
      // An alias is a matter of the publisher's connection.
      properties: properties && { ...properties, topicAlias: undefined },
    });
    const kept = retain ? this.store.retained.store(message) : undefined;
    const queued = this.store.route(message, from);
    return kept && queued ? Promise.all([kept, queued]) : (kept ?? queued);
  }

  /** What aedes itself publishes: wills, and news of its own under `$SYS`, which nobody can subscribe to. */
  override publish(outgoing: Outgoing, clientOrDone?: unknown, whenDone?: Done): void {
    const hasClient = typeof clientOrDone !== 'function';
    const done = hasClient ? whenDone : (clientOrDone as Done);
    const client = hasClient ? (clientOrDone as BrokerClient | null | undefined) : undefined;
    const kept = outgoing.topic.startsWith('$SYS/') ? undefined : this.forward(outgoing, client?.id);
    if (kept) kept.then(() => done?.(), done ?? noop);
    else done?.();
  }

  /** aedes calls it ahead of the CONNACK. */
  registerClient(client: BrokerClient): void {
    this.beforeRegistration(client);
    (Aedes.prototype as unknown as Pick<Hub, 'registerClient'>).registerClient.call(this, client);
  }

  /** The store knows when a session ends, also after a restart. */
  scheduleSessionExpiry(): void {
    return undefined;
  }
}
