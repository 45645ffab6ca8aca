import { ConnectorError } from '../calls/connector-error';
import type { Session } from '../protocols';
import { inTime } from './in-time';

/** Calls of one connection at the same time, those that wait for their turn included. */
const MOST_CALLS = 200;
/** Milliseconds that a session's calls are given to end after they were told to. */
const PATIENCE = 5_000;

/** The calls that go through one session; they end with it. */
export class LiveCalls {
  private readonly gone = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  constructor(private readonly session: Session) {}

  /** @throws ConnectorError */
  async use<T>(signal: AbortSignal, work: (session: Session, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.running.size >= MOST_CALLS) {
      throw new ConnectorError(`The connection has ${MOST_CALLS} calls under way already`, { retryable: true });
    }
    const call = work(this.session, AbortSignal.any([signal, this.gone.signal]));
    this.running.add(call);
    try {
      return await call;
    } catch (error) {
      if (!this.gone.signal.aborted || signal.aborted) throw error;
      throw new ConnectorError('The connection was lost before the answer was complete', { retryable: true });
    } finally {
      this.running.delete(call);
    }
  }

  /** Ends all calls, and the session; what does not end by itself is left behind. */
  async close(): Promise<void> {
    this.gone.abort();
    await withinPatience(Promise.allSettled(this.running));
    await withinPatience(this.session.close());
  }
}

const withinPatience = (work: Promise<unknown>): Promise<unknown> =>
  inTime(work, PATIENCE, 'it does not end').catch(() => undefined);
