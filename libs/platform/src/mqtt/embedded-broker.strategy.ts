import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { EmbeddedBroker } from './embedded-broker';
import { soleHandler } from './mqtt-data';

/** Nest transport that is fed by the broker in this process. */
export class EmbeddedBrokerStrategy extends Server implements CustomTransportStrategy {
  constructor(private readonly broker: EmbeddedBroker) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.broker.stop();
  }

  on(): never {
    throw new Error('the embedded broker has no events of its own');
  }

  unwrap<T>(): T {
    return this.broker as T;
  }

  private async start(): Promise<void> {
    await this.broker.start(soleHandler(this.messageHandlers));
  }
}
