import type { Socket } from 'node:net';
import { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { networkFailure } from './network-failure';
import { DeviceTurns } from './device-turns';

const MOST_WAITING = 200;
/** Requests in a row without an answer after which the device counts as gone. */
const MOST_UNANSWERED = 3;

/** The device has answered, and the answer is no. */
export class DeviceRefusal extends ConnectorError {}

export interface DialogueOptions {
  /** Host and port, for messages. */
  where: string;
  /** Milliseconds in which a request has to be answered. */
  responseTimeoutMs: number;
  /** Milliseconds between an answer and the next request. */
  pauseMs?: number;
  lost: SessionContext['lost'];
}

export interface Question {
  signal: AbortSignal;
  /** Who is asked, for messages. */
  where: string;
  /** What is told of a failure of what asks. */
  failureOf: (error: unknown) => Error;
}

/** A connection to a device that is asked one thing at a time, and tells nothing by itself. */
export class Dialogue {
  private readonly turns: DeviceTurns;
  private unanswered = 0;
  private heardLately = false;
  private ended: ConnectorError | undefined;
  /** Ends the request that is under way. */
  private cancel: ((reason: ConnectorError) => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly options: DialogueOptions,
  ) {
    const { where, pauseMs = 0 } = options;
    this.turns = new DeviceTurns({ where, most: MOST_WAITING, pauseMs });
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('close', () =>
      this.lose(networkFailure(failure, where) ?? this.error('the device closed the connection')),
    );
  }

  /** Asks when it is its turn. @throws ConnectorError; a `DeviceRefusal` counts as an answer */
  ask<T>({ signal, where, failureOf }: Question, ask: () => Promise<T>): Promise<T> {
    return this.turns.take(signal, async () => {
      if (this.ended) throw this.ended;
      const answer = Promise.withResolvers<T>();
      this.cancel = answer.reject;
      const silence = setTimeout(() => answer.reject(this.silence(where)), this.options.responseTimeoutMs);
      try {
        ask().then(answer.resolve, answer.reject);
        const answered = await answer.promise;
        this.heard();
        return answered;
      } catch (error) {
        const failure = error instanceof ConnectorError ? error : failureOf(error);
        if (failure instanceof DeviceRefusal) this.heard();
        throw failure;
      } finally {
        clearTimeout(silence);
        this.cancel = undefined;
      }
    });
  }

  /** Resolves if the device has answered anything since the last check, or answers this. @throws ConnectorError */
  async check(question: () => Promise<unknown>): Promise<void> {
    if (this.ended) throw this.ended;
    if (!this.heardLately) await question().catch(letRefuse);
    this.heardLately = false;
  }

  /** The connection is of no use any more. */
  end(says: string): void {
    this.lose(this.error(says));
  }

  close(): void {
    this.ended ??= this.error('the connection was closed');
    this.socket.destroy();
    this.cancel?.(this.ended);
  }

  private lose(reason: ConnectorError): void {
    if (this.ended) return;
    this.ended = reason;
    this.close();
    // The call that was under way fails first, by the same reason: calls end when the session is given up.
    setImmediate(() => this.options.lost(reason));
  }

  private heard(): void {
    this.heardLately = true;
    this.unanswered = 0;
  }

  private silence(where: string): ConnectorError {
    this.unanswered++;
    if (this.unanswered === MOST_UNANSWERED) this.end(`${MOST_UNANSWERED} requests in a row had no answer`);
    return new ConnectorError(`${where}: no answer within ${this.options.responseTimeoutMs} ms`, { retryable: true });
  }

  private error(says: string): ConnectorError {
    return new ConnectorError(`${this.options.where}: ${says}`, { retryable: true });
  }
}

function letRefuse(error: unknown): void {
  if (!(error instanceof DeviceRefusal)) throw error;
}
