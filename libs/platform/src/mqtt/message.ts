import type { Qos } from './aedes-internals';

export type Properties = Record<string, unknown>;

export interface MessageParts {
  topic: string;
  payload: Buffer;
  qos: Qos;
  retain: boolean;
  properties?: Properties | undefined;
  expiresAt?: number | undefined;
}

/** A message on its way through the broker. */
export class Message {
  /** With its organization's prefix. */
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: Properties | undefined;
  /** Epoch milliseconds (MQTT 5, section 3.3.2.3.3). */
  readonly expiresAt: number | undefined;
  private bytes: Buffer;
  private isOwn = false;

  constructor({ topic, payload, qos, retain, properties, expiresAt }: MessageParts) {
    this.topic = topic;
    this.bytes = payload;
    this.qos = qos;
    this.retain = retain;
    this.properties = properties;
    const lifetime = Number(properties?.['messageExpiryInterval'] ?? 0);
    this.expiresAt = expiresAt ?? (lifetime > 0 ? Date.now() + lifetime * 1000 : undefined);
  }

  get payload(): Buffer {
    return this.bytes;
  }

  /** Before it is kept: the payload that came is a view into the 64 KiB that the socket was read with. */
  own(): this {
    if (!this.isOwn) this.bytes = Buffer.from(this.bytes);
    this.isOwn = true;
    return this;
  }

  get hasExpired(): boolean {
    return this.expiresAt !== undefined && this.expiresAt <= Date.now();
  }

  /** What it costs to hold it, roughly. */
  get cost(): number {
    return this.bytes.length + this.topic.length + 256;
  }
}
