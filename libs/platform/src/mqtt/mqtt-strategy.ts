import { Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { BrokerSwitch } from './broker-switch';
import { soleHandler } from './mqtt-data';

/**
 * Nest's transport for `app.connectMicroservice({ strategy: app.get(MqttStrategy) })`: fed by whichever broker is in use.
 * @throws Error at its start, unless there is exactly one `@MqttData()` handler.
 */
@Injectable()
export class MqttStrategy extends Server implements CustomTransportStrategy {
  constructor(private readonly brokers: BrokerSwitch) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.brokers.close();
  }

  on(): never {
    throw new Error('brokers have no events here');
  }

  unwrap<T>(): T {
    return this.brokers as T;
  }

  private async start(): Promise<void> {
    await this.brokers.receive(soleHandler(this.messageHandlers));
  }
}
