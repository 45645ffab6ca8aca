import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';

const TICK_MS = 20;
const RECONNECT_MS = 50;
/** Messages that wait for their acknowledgement: a slow machine slows the load down. */
const WINDOW = 1_000;

export interface PublisherOptions {
  topic: string;
  /** Where it goes, in the order of its preference. */
  addresses: readonly string[];
  signIn: IClientOptions;
  perSecond: number;
  /** Its numbers count up from here. */
  first: number;
}

/**
 * A machine that publishes numbers at QoS 1, and goes where it is let in: it tries its addresses in turn, and sends again
 * there whatever was not acknowledged.
 */
export class FollowingPublisher {
  readonly acknowledged = new Set<number>();
  /** Every address that has acknowledged something, in order. */
  readonly visited: string[] = [];
  /** Where the broker's DISCONNECT said that it has moved. */
  readonly referredTo: string[] = [];
  private readonly waiting = new Set<number>();
  private client: MqttClient | undefined;
  private addresses: readonly string[];
  private next: number;
  private sending = true;
  private ended = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PublisherOptions) {
    this.addresses = options.addresses;
    this.next = options.first;
  }

  async start(): Promise<this> {
    await this.connect();
    const { perSecond } = this.options;
    this.timer = setInterval(() => {
      const room = Math.min(Math.round((perSecond * TICK_MS) / 1000), WINDOW - this.waiting.size);
      for (let count = 0; this.sending && this.client?.connected && count < room; count++) this.send(this.next++);
    }, TICK_MS);
    return this;
  }

  /** Leaves the broker it is at, as somebody who was given another address. */
  move(addresses: readonly string[]): void {
    this.addresses = addresses;
    this.client?.end(true);
  }

  /** Sends nothing new. */
  pause(): void {
    this.sending = false;
  }

  get isSettled(): boolean {
    return !this.sending && this.waiting.size === 0;
  }

  stop(): void {
    this.ended = true;
    clearInterval(this.timer);
    this.client?.end(true);
  }

  private async connect(): Promise<void> {
    while (!this.ended) {
      for (const address of this.addresses) {
        const client = await this.tryAt(address);
        if (!client) continue;
        if (this.ended) {
          client.end(true);
          return;
        }
        this.client = client;
        client.once('close', () => void this.connect());
        for (const number of this.waiting) this.send(number);
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, RECONNECT_MS);
      await promise;
    }
  }

  private async tryAt(address: string): Promise<MqttClient | undefined> {
    try {
      const options = {
        ...this.options.signIn,
        protocolVersion: 5,
        reconnectPeriod: 0,
        connectTimeout: 2_000,
      } as const;
      // Without tries of its own: it would wait for ever for a broker that closes the connection without a word.
      const client = await connectAsync(address, options, false);
      client.on('error', () => undefined);
      client.on('disconnect', ({ properties }) => {
        if (properties?.serverReference !== undefined) this.referredTo.push(properties.serverReference);
      });
      return client;
    } catch {
      return undefined;
    }
  }

  private send(number: number): void {
    this.waiting.add(number);
    const { client } = this;
    client!.publish(this.options.topic, String(number), { qos: 1 }, (error, packet) => {
      const { reasonCode = 0 } = (packet ?? {}) as { reasonCode?: number };
      if (error || reasonCode >= 0x80) return;
      this.waiting.delete(number);
      this.acknowledged.add(number);
      const address = `${client!.options.host}:${client!.options.port}`;
      if (this.visited.at(-1) !== address) this.visited.push(address);
    });
  }
}
