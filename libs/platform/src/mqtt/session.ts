import { newId } from '#kernel';
import type { Delivery } from './delivery';
import type { Subscription } from './durable';
import { OutgoingQueue } from './outgoing-queue';

/** A client's subscriptions and the messages on their way to it, for one connection or beyond. */
export class Session {
  readonly kind = 'session';
  stored = false;
  gone = false;
  /** By their names. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly queue = new OutgoingQueue();
  /** The connection of now, once its client may be sent something. */
  delivery: Delivery | undefined;
  /** Who has it: a connection, also one that is only being made. The last one wins. */
  holder: object | undefined;
  /** Epoch milliseconds; undefined while it is held. */
  expiresAt: number | undefined;

  constructor(
    /** With the organization's prefix. */
    readonly clientId: string,
    /** Seconds that it outlives its connection; 0: it does not. */
    public expirySeconds: number,
    readonly id: string = newId(),
  ) {}

  get isHeld(): boolean {
    return this.holder !== undefined;
  }

  get isLasting(): boolean {
    return this.expirySeconds > 0;
  }
}
