import type { Message, Subscriber } from '../protocol';

/** Messages that wait to be taken. */
const MOST_WAITING = 1_000;
/** Messages that are being taken at the same time: they are kept together. */
const MOST_TAKEN = 200;

/**
 * For sources that wait for nobody (Redis channels, plain NATS subjects, LISTEN, polls): messages are taken in their order
 * while they come, and the oldest are let go, and counted, when they come faster than they are kept.
 */
export class Inlet {
  private readonly waiting: Message[] = [];
  private taking = 0;
  private closed = false;

  constructor(private readonly subscriber: Subscriber) {}

  push(message: Message): void {
    if (this.closed) return;
    this.waiting.push(message);
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift();
      this.subscriber.dropped(1);
    }
    this.next();
  }

  /** What waits is let go. */
  close(): void {
    this.closed = true;
    this.waiting.length = 0;
  }

  private next(): void {
    while (this.taking < MOST_TAKEN && this.waiting.length > 0) {
      this.taking++;
      void this.subscriber
        .take(this.waiting.shift()!)
        .catch(() => this.subscriber.dropped(1))
        .finally(() => {
          this.taking--;
          this.next();
        });
    }
  }
}
