import type { Broker, NumberedBroker, OutsideBroker } from './broker-choice';
import { addressOf, isSameServer } from './broker-choice';
import type { EmbeddedBroker } from './embedded-broker';
import type { MqttMessageHandler } from './ingest';
import { OutsideIngest, type OutsideSurroundings } from './outside-ingest';
import { signInOptions } from './outside-options';
import { OutsideOutlet } from './outside-outlet';
import type { BrokerStatus, MqttOutlet } from './ports';

/** The way of messages by one broker, in this process. */
export interface BrokerWay {
  readonly number: number;
  readonly broker: Broker;
  readonly outlet: MqttOutlet;
  /** Connects what publishes. Resolves when it can; never rejects. */
  connect(): Promise<void>;
  /** Lets data in. Resolves when it comes. @throws Error when it cannot: the port is in use. */
  receive(handle: MqttMessageHandler): Promise<void>;
  status(): Pick<BrokerStatus, 'mode' | 'address' | 'state' | 'clients' | 'uptimeSeconds'>;
  /** Messages that were taken and wait for another try. */
  readonly waiting: number;
  /** When a message came last, epoch milliseconds; null where none did. */
  readonly lastMessageAt: number | null;
  /** Another broker has taken its place. @returns whether no process has anything left there. */
  leave(next: Broker, handle: MqttMessageHandler | undefined): Promise<boolean>;
  /** Takes no more, at the end of the process: what comes is the broker's to keep. */
  close(): Promise<void>;
  /** Nothing is published any more. */
  disconnect(): Promise<void>;
}

/** The broker in this process, which one choice after the other may use; an end is over before a new beginning. */
export class SharedEmbeddedBroker {
  private ending = Promise.resolve();

  constructor(readonly broker: EmbeddedBroker) {}

  /** @throws Error when the port cannot be had. */
  async start(handle: MqttMessageHandler): Promise<void> {
    await this.ending;
    try {
      await this.broker.start(handle);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** @param movedTo host and port where clients find what they look for. */
  stop(movedTo?: string): Promise<void> {
    const stopped = this.ending.then(() => this.broker.stop(movedTo));
    this.ending = stopped.catch(() => undefined);
    return stopped;
  }
}

/** Processes without ingest do not run it, and have nobody to publish to. */
export class EmbeddedWay implements BrokerWay {
  readonly broker = { kind: 'embedded' } as const;
  readonly waiting = 0;
  readonly lastMessageAt = null;

  constructor(
    readonly number: number,
    private readonly shared: SharedEmbeddedBroker,
  ) {}

  get outlet(): MqttOutlet {
    return this.shared.broker;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  receive(handle: MqttMessageHandler): Promise<void> {
    return this.shared.start(handle);
  }

  status() {
    const { mode, address, state, clients, uptimeSeconds } = this.shared.broker.status();
    return { mode, address, state, clients, uptimeSeconds };
  }

  async leave(next: Broker): Promise<boolean> {
    await this.shared.stop(next.kind === 'outside' ? addressOf(next) : undefined);
    return true;
  }

  close(): Promise<void> {
    return this.shared.stop();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }
}

export class OutsideWay implements BrokerWay {
  readonly number: number;
  readonly broker: OutsideBroker;
  readonly outlet: OutsideOutlet;
  private ingest: OutsideIngest | undefined;

  constructor(
    private readonly numbered: NumberedBroker<OutsideBroker>,
    private readonly around: OutsideSurroundings,
  ) {
    this.number = numbered.number;
    this.broker = numbered.broker;
    this.outlet = new OutsideOutlet(this.broker.url, around.mounts, around.origin, signInOptions(this.broker));
  }

  connect(): Promise<void> {
    return this.outlet.open();
  }

  receive(handle: MqttMessageHandler): Promise<void> {
    return this.ingestWith(handle).open();
  }

  status() {
    const isConnected = this.outlet.isConnected && (this.ingest?.isSubscribed ?? true);
    return {
      mode: 'outside' as const,
      address: addressOf(this.broker),
      state: isConnected ? ('connected' as const) : ('connecting' as const),
      // How many it has is its own business.
      clients: null,
      uptimeSeconds: this.outlet.uptimeSeconds,
    };
  }

  get waiting(): number {
    return this.ingest?.waiting ?? 0;
  }

  get lastMessageAt(): number | null {
    return this.ingest?.lastMessageAt ?? null;
  }

  /** Whether messages of a broker that is no longer in use still reach this process. */
  get isListening(): boolean {
    return this.ingest?.isSubscribed ?? false;
  }

  async leave(next: Broker, handle: MqttMessageHandler | undefined): Promise<boolean> {
    void this.outlet.close();
    if (!handle) return false;
    // At the same server nobody has to move: all that comes goes to the new session from its first moment on.
    const how = isSameServer(next, this.broker) ? 'at once' : 'once quiet';
    return this.ingestWith(handle).retire(how);
  }

  async close(): Promise<void> {
    await this.ingest?.close();
  }

  disconnect(): Promise<void> {
    return this.outlet.close();
  }

  private ingestWith(handle: MqttMessageHandler): OutsideIngest {
    return (this.ingest ??= new OutsideIngest(this.numbered, handle, this.around));
  }
}
