import type { JsonObject } from '../protocols/protocol';

/** What is outside did not do what it was asked to. The message is for people, and holds no secret. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  /** The same again may work. */
  readonly retryable: boolean;
  /** What the other side said, cut to a size for people. Never a secret. */
  readonly details: JsonObject | undefined;

  constructor(message: string, { retryable = false, details }: { retryable?: boolean; details?: JsonObject } = {}) {
    super(message);
    this.retryable = retryable;
    this.details = details;
  }
}

/** Of a call through a connection that is something else than connected. */
export const notConnected = (state: string, reason: string | null): ConnectorError =>
  new ConnectorError(`The connection is ${state}${reason === null ? '' : `: ${reason}`}`, { retryable: true });
