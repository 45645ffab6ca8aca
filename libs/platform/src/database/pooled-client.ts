import { Client, type ClientConfig } from 'pg';

/**
 * A connection of a pool. Between the moment in which it is there and that in which its user listens, a pool leaves it
 * without a listener; a server that stops just then says so, and Node ends a process over an `error` that nobody hears.
 * Users learn of the loss by their queries, and those who only wait by `lost`.
 */
export class PooledClient extends Client {
  /** What ended the connection, if anything has. */
  lost: Error | undefined;

  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', (error) => (this.lost ??= error));
  }
}
