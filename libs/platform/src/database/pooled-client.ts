import { Client, type ClientConfig } from 'pg';

/**
 * A connection of a pool. Between the moment in which it is there and that in which its user listens, a pool leaves it
 * without a listener; a server that stops just then says so, and Node ends a process over an `error` that nobody hears.
 * Users learn of the loss by their queries.
 */
export class PooledClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
