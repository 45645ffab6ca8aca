import { Global, Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { Config } from '../config';
import { SecretBox } from '../crypto';
import { Database, LockSession } from '../database';
import { BrokerState } from './broker-state';
import { EmbeddedBroker } from './embedded-broker';
import { EmbeddedBrokerStrategy } from './embedded-broker.strategy';
import { OriginMark } from './origin-mark';
import { OutsideBrokerStrategy } from './outside-broker.strategy';
import { OutsideMonitor } from './outside-monitor';
import { OutsideOutlet } from './outside-outlet';
import { OutsideTiming } from './outside-timing';
import { BrokerMonitor, MqttGate, MqttOutlet, MqttTopicMounts } from './ports';
import { MqttWebSockets, type TakeStream } from './web-sockets';

/** The transport for `app.connectMicroservice({ strategy: app.get(MqttStrategy) })`. */
export abstract class MqttStrategy extends Server {}

/** What one of the two ways consists of. */
class MqttParts {
  constructor(
    readonly strategy: CustomTransportStrategy,
    readonly outlet: MqttOutlet,
    readonly monitor: BrokerMonitor,
    /** Of the embedded broker. */
    readonly take?: TakeStream,
  ) {}
}

/** The only place that asks which broker there is. */
function partsFor(
  config: Config,
  gate: MqttGate,
  mounts: MqttTopicMounts,
  secrets: SecretBox,
  timing: OutsideTiming,
  database: Database | undefined,
): MqttParts {
  const { url } = config.mqtt;
  if (url === undefined) {
    const state = database && new BrokerState(database, secrets);
    const broker = new EmbeddedBroker(config.mqtt, gate, { state });
    return new MqttParts(new EmbeddedBrokerStrategy(broker), broker, broker, (stream) => broker.accept(stream));
  }
  const origin = new OriginMark(secrets.deriveKey('mqtt-origin'));
  const strategy = new OutsideBrokerStrategy(url, () => LockSession.open(config), mounts, origin, timing);
  const outlet = new OutsideOutlet(url, mounts, origin);
  return new MqttParts(strategy, outlet, new OutsideMonitor(url, outlet, strategy));
}

/** MQTT by the embedded broker or by the one of `MQTT_URL`. The given modules export `MqttGate` and `MqttTopicMounts`. */
@Global()
@Module({})
export class MqttModule {
  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: MqttModule,
      imports: ports,
      providers: [
        OutsideTiming,
        {
          provide: MqttParts,
          useFactory: partsFor,
          // Without a database there is nothing that could outlive the process.
          inject: [Config, MqttGate, MqttTopicMounts, SecretBox, OutsideTiming, { token: Database, optional: true }],
        },
        { provide: MqttStrategy, useFactory: ({ strategy }: MqttParts) => strategy, inject: [MqttParts] },
        { provide: MqttOutlet, useFactory: ({ outlet }: MqttParts) => outlet, inject: [MqttParts] },
        {
          provide: MqttWebSockets,
          useFactory: ({ take }: MqttParts, { http }: Config) => new MqttWebSockets(() => take, http.trustProxy),
          inject: [MqttParts, Config],
        },
        { provide: BrokerMonitor, useFactory: ({ monitor }: MqttParts) => monitor, inject: [MqttParts] },
      ],
      exports: [MqttStrategy, MqttOutlet, BrokerMonitor, MqttWebSockets],
    };
  }
}
