import { randomInt } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { DomainError } from '#kernel';
import { ConnectorError, notConnected } from '../calls/connector-error';
import type { LiveConnection } from '../calls/live-sessions';
import type { Session } from '../protocols';
import { retryAfter, STABLE_MS, stateAfterFailure, type ConnectionState } from './connection-state';
import { inTime } from './in-time';
import { LiveCalls } from './live-calls';
import type { OwnedConnection } from './leases';
import type { RuntimeStatus, SubscriptionStatus } from './state-writer';
import { Wake } from './wake';

/** Milliseconds. */
const CHECK_EVERY = 30_000;
const LONGEST_CHECK = 10_000;
const LONGEST_OPEN = 60_000;
const UNHELD_MS = 500;

/** What a supervised connection needs of the world. */
export interface SupervisedServices {
  /** Reads the connection as it is now and opens it. @throws ConnectorError; DomainError */
  open(signal: AbortSignal, lost: (reason: ConnectorError) => void): Promise<Session>;
  /** Brings the subscriptions of the session to what is wanted; gives what they do now. Never fails. */
  subscribe(session: Session, signal: AbortSignal): Promise<readonly SubscriptionStatus[]>;
  /** Takes the subscriptions down. Never fails. */
  unsubscribe(): Promise<void>;
  /** Milliseconds until a subscription is to be tried again; nothing where all is well. */
  subscribeAgainAfter(): number | undefined;
  /** The status has changed; `from` where the state has. Resolves when it is kept, or could not be. Never fails. */
  changed(from: ConnectionState | null, status: RuntimeStatus): Promise<unknown>;
  /** Whether this worker may act for it. */
  held(): boolean;
}

interface Held {
  calls: LiveCalls;
  session: Session;
  since: number;
}

/**
 * One connection that this worker has: opened, watched, opened again when it is lost, until it is told to stop. The session
 * never comes back by itself; whatever is wrong with it, another one takes its place.
 */
export class SupervisedConnection implements LiveConnection {
  private readonly logger = new Logger(SupervisedConnection.name);
  private readonly waker = new Wake();
  private current: RuntimeStatus;
  private held: Held | undefined;
  private lost: ConnectorError | undefined;
  /** What an earlier session says does not count. */
  private attempt = 0;
  private stopping = false;
  private reopening = false;
  private resubscribing = false;
  private ended: Promise<void> = Promise.resolve();
  /** Ends whatever is waited for on the way to the session, once nobody wants that one any more. */
  private wanted = new AbortController();

  constructor(
    owned: OwnedConnection,
    private readonly services: SupervisedServices,
  ) {
    const none = { reason: null, connectedAt: null, attempts: 0, nextAttemptAt: null, subscriptions: [] };
    this.current = { state: owned.state, since: new Date(), ...none };
  }

  get status(): RuntimeStatus {
    return this.current;
  }

  start(): void {
    this.ended = this.run();
  }

  /** Closes the session and opens another one: its config is a new one, or somebody wants it so. */
  restart(): void {
    this.reopening = true;
    this.wanted.abort();
    this.waker.wake();
  }

  /** What is wanted of subscriptions has changed. */
  resubscribe(): void {
    this.resubscribing = true;
    this.waker.wake();
  }

  /** Ends it; resolves when it is closed. */
  stop(): Promise<void> {
    this.stopping = true;
    this.wanted.abort();
    this.waker.wake();
    return this.ended;
  }

  /** Tells the status again, where it could not be kept. */
  tellAgain(): void {
    void this.services.changed(null, this.current);
  }

  async use<T>(signal: AbortSignal, work: (session: Session, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!this.held || !this.services.held()) {
      throw notConnected(this.current.state, this.current.reason);
    }
    return this.held.calls.use(signal, work);
  }

  private async run(): Promise<void> {
    let failures = 0;
    let reason = this.current.state === 'idle' ? null : 'Taken over from a worker that is gone';
    while (!this.stopping) {
      if (!this.services.held()) {
        // Another worker may have it by now: whoever looks after this one knows soon.
        await this.waker.wait(UNHELD_MS);
        continue;
      }
      this.reopening = false;
      this.lost = undefined;
      if (failures === 0) void this.become('connecting', { reason, attempts: 0, nextAttemptAt: null });
      reason = null;
      const failure = (await this.connect()) ?? (await this.watch());
      // Read before it is closed: how long it was there tells whether it works.
      const wasStable = this.held !== undefined && performance.now() - this.held.since >= STABLE_MS;
      if (this.stopping) break;
      if (!failure || this.reopening) {
        await this.close();
        failures = 0;
        continue;
      }
      await this.close(failure);
      failures = wasStable ? 1 : failures + 1;
      await this.rest(failure, failures);
      if (this.reopening) failures = 0;
    }
    if (this.current.state !== 'idle') void this.become('stopping', { reason: null });
    await this.close();
    // Whoever ends it gives it back then: what is written later is not taken.
    await this.become('idle', { reason: null, attempts: 0, nextAttemptAt: null, subscriptions: [] });
  }

  /** The failure where it did not work. */
  private async connect(): Promise<ConnectorError | undefined> {
    const attempt = ++this.attempt;
    const { signal } = (this.wanted = new AbortController());
    const opening = this.services.open(signal, (reason) => {
      if (attempt === this.attempt) this.lose(reason);
    });
    try {
      const late = `No connection within ${LONGEST_OPEN / 1_000} s`;
      const session = await inTime(opening, LONGEST_OPEN, late, signal);
      this.held = { session, calls: new LiveCalls(session), since: performance.now() };
      await checked(session, signal);
      const subscriptions = await this.services.subscribe(session, signal);
      if (this.lost) return this.lost;
      // Told to end or to begin anew meanwhile, which is seen next.
      if (signal.aborted) return undefined;
      void this.become('connected', { reason: null, connectedAt: new Date(), nextAttemptAt: null, subscriptions });
      return undefined;
    } catch (error) {
      this.wanted.abort();
      // One that opens too late is of no use.
      if (!this.held) void opening.then((late) => late.close()).catch(() => undefined);
      return this.failureOf(error);
    }
  }

  /** Until something is wrong, or it is told to end or to begin anew. */
  private async watch(): Promise<ConnectorError | undefined> {
    const { session } = this.held!;
    let checkAt = performance.now() + nextCheck();
    for (;;) {
      const again = this.services.subscribeAgainAfter() ?? Infinity;
      await this.waker.wait(Math.max(0, Math.min(checkAt - performance.now(), again)));
      if (this.stopping || this.reopening) return undefined;
      if (this.lost) return this.lost;
      if (this.resubscribing || this.services.subscribeAgainAfter() === 0) await this.renewSubscriptions(session);
      if (performance.now() < checkAt) continue;
      checkAt = performance.now() + nextCheck();
      const failure = await this.check(session);
      if (failure) return failure;
    }
  }

  private async renewSubscriptions(session: Session): Promise<void> {
    this.resubscribing = false;
    const subscriptions = await this.services.subscribe(session, this.wanted.signal);
    if (JSON.stringify(subscriptions) === JSON.stringify(this.current.subscriptions)) return;
    void this.become('connected', { subscriptions });
  }

  private async check(session: Session): Promise<ConnectorError | undefined> {
    try {
      await checked(session, this.wanted.signal);
      return undefined;
    } catch (error) {
      return this.failureOf(error);
    }
  }

  private async rest(failure: ConnectorError, failures: number): Promise<void> {
    const state = stateAfterFailure(failure);
    const pause = retryAfter(state, failures);
    const nextAttemptAt = new Date(Date.now() + pause);
    void this.become(state, { reason: failure.message, attempts: failures, nextAttemptAt });
    const until = performance.now() + pause;
    while (!this.stopping && !this.reopening) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.waker.wait(left);
    }
  }

  /** Calls end before anybody is told that it is gone: they fail, and may be made again elsewhere. */
  private async close(failure?: ConnectorError): Promise<void> {
    const held = this.held;
    this.held = undefined;
    this.attempt++;
    this.wanted.abort();
    if (!held) return;
    if (failure) void this.become(stateAfterFailure(failure), { reason: failure.message, subscriptions: [] });
    await this.services.unsubscribe();
    await held.calls.close();
  }

  private lose(reason: ConnectorError): void {
    this.lost ??= reason;
    this.waker.wake();
  }

  private become(state: ConnectionState, change: Partial<RuntimeStatus>): Promise<unknown> {
    const from = this.current.state;
    const since = from === state ? this.current.since : new Date();
    this.current = { ...this.current, ...change, state, since };
    return this.services.changed(from === state ? null : from, this.current);
  }

  /** Anything but a `ConnectorError` is a mistake of ours, or a config that does not fit any more. */
  private failureOf(error: unknown): ConnectorError {
    if (error instanceof ConnectorError) return error;
    if (error instanceof DomainError) return new ConnectorError(error.message);
    this.logger.error(error instanceof Error ? error.stack : String(error));
    return new ConnectorError('The connection failed by a mistake of this product; its log says more', {
      retryable: true,
    });
  }
}

/** Also of a session that does not heed the signal. */
const checked = (session: Session, signal: AbortSignal): Promise<void> =>
  inTime(
    session.check(AbortSignal.any([signal, AbortSignal.timeout(LONGEST_CHECK)])),
    LONGEST_CHECK + 1_000,
    `No answer to a check within ${LONGEST_CHECK / 1_000} s`,
    signal,
  );

const nextCheck = (): number => CHECK_EVERY + randomInt(CHECK_EVERY / 5);
