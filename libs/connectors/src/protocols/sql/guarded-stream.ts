import type { Readable } from 'node:stream';
import { LARGEST_RESULT } from './result-rows';

/** Bytes that one call may bring: its largest result, and what the protocol adds. */
const MOST_RECEIVED = LARGEST_RESULT + 6 * 1024 * 1024;

export class TooMuchReceived extends Error {
  override readonly name = 'TooMuchReceived';
}

/** What came is nothing that the protocol knows. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * Stands before a client library that reads a stream: what its parser throws at bytes that are no protocol would come out of
 * the stream's event, where nobody catches it, and end this process. Here it goes to `fail`. @param seen is told all before
 */
export function catchThrown(
  stream: Readable,
  fail: (error: Error) => void,
  seen: (data: unknown) => void = () => undefined,
): void {
  const emit = stream.emit.bind(stream) as (event: string | symbol, ...args: unknown[]) => boolean;
  stream.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...args);
    try {
      seen(args[0]);
      return emit(event, ...args);
    } catch (error) {
      fail(error instanceof TooMuchReceived ? error : new Unreadable('the answer cannot be read', { cause: error }));
      return true;
    }
  };
}

/** Ends streams that cannot be read or bring too much: a single message is collected whole, however large it is. */
export class StreamGuard {
  private received = 0;

  watch(stream: Readable): void {
    catchThrown(
      stream,
      (error) => stream.destroy(error),
      (data) => {
        this.received += (data as Buffer).length;
        if (this.received > MOST_RECEIVED) throw new TooMuchReceived('more than 16 MiB were received');
      },
    );
  }

  /** Another call begins. */
  restart(): void {
    this.received = 0;
  }
}
