import { setTimeout as pause } from 'node:timers/promises';
import { ConnectorError } from '../../calls/connector-error';

export interface TurnOptions {
  /** Host and port, for the message. */
  where: string;
  /** Requests that may wait. */
  most: number;
  /** Milliseconds between the end of one and the beginning of the next. */
  pauseMs?: number;
}

/** Requests to a device that can do one thing at a time: in their order, and not too many. */
export class DeviceTurns {
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: TurnOptions) {}

  /** Does the work when it is its turn, unless nobody waits for it any more. @throws ConnectorError when too many wait. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { where, most, pauseMs = 0 } = this.options;
    if (this.waiting >= most) {
      return Promise.reject(new ConnectorError(`${where}: ${most} requests are waiting already`, { retryable: true }));
    }
    this.waiting++;
    const turn = this.last.then(() => {
      this.waiting--;
      signal.throwIfAborted();
      return work();
    });
    const ended = turn.catch(() => undefined);
    this.last = pauseMs > 0 ? ended.then(() => pause(pauseMs)) : ended;
    return turn;
  }
}
