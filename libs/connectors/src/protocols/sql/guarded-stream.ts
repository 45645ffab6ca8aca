import type { Duplex } from 'node:stream';
import { LARGEST_RESULT } from './result-rows';

/** Bytes that one call may bring: its largest result, and what the protocol adds. */
const MOST_RECEIVED = LARGEST_RESULT + 6 * 1024 * 1024;

export class TooMuchReceived extends Error {
  override readonly name = 'TooMuchReceived';
}

/**
 * Stands before a client library that reads a stream: a parser that stumbles over bytes that are no protocol throws inside
 * the stream's event, where nobody would catch it; and a single message is collected whole, however large it is. Both end
 * the stream instead.
 */
export class StreamGuard {
  private received = 0;

  watch(stream: Duplex): void {
    const emit = stream.emit.bind(stream) as (event: string | symbol, ...args: unknown[]) => boolean;
    stream.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event !== 'data') return emit(event, ...args);
      this.received += (args[0] as Buffer).length;
      if (this.received > MOST_RECEIVED) {
        stream.destroy(new TooMuchReceived('more than 16 MiB were received'));
        return true;
      }
      try {
        return emit(event, ...args);
      } catch (error) {
        stream.destroy(error as Error);
        return true;
      }
    };
  }

  /** Another call begins. */
  restart(): void {
    this.received = 0;
  }
}
