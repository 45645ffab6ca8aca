import { Global, Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Config } from '../config';
import { SecretBox } from '../crypto';
import { LockSession } from '../database';
import { BrokerChoice, configuredBroker, type NumberedBroker } from './broker-choice';
import { BrokerProbe } from './broker-probe';
import { BrokerSwitch } from './broker-switch';
import { EmbeddedWay, OutsideWay, SharedEmbeddedBroker, type BrokerWay } from './broker-ways';
import { EmbeddedBroker } from './embedded-broker';
import { MqttStrategy } from './mqtt-strategy';
import { OriginMark } from './origin-mark';
import type { OutsideSurroundings } from './outside-ingest';
import { OutsideTiming } from './outside-timing';
import { BrokerMonitor, MqttGate, MqttOutlet, MqttTopicMounts } from './ports';
import { Traffic } from './traffic';

const newEmbeddedBroker = (config: Config, gate: MqttGate): EmbeddedBroker => new EmbeddedBroker(config.mqtt, gate);

function newSwitch(
  config: Config,
  embedded: EmbeddedBroker,
  choice: BrokerChoice,
  mounts: MqttTopicMounts,
  secrets: SecretBox,
  timing: OutsideTiming,
): BrokerSwitch {
  const traffic = new Traffic();
  embedded.delivered = traffic.sent;
  const shared = new SharedEmbeddedBroker(embedded);
  const around: OutsideSurroundings = {
    openLocks: () => LockSession.open(config),
    mounts,
    origin: new OriginMark(secrets.deriveKey('mqtt-origin')),
    timing,
  };
  /** The only place that asks which kind of broker it is. */
  const makeWay = ({ number, broker }: NumberedBroker): BrokerWay =>
    broker.kind === 'embedded' ? new EmbeddedWay(number, shared) : new OutsideWay({ number, broker }, around);
  return new BrokerSwitch({
    makeWay,
    atFirst: configuredBroker(config),
    choice,
    traffic,
    clientsByTenant: () => embedded.clientsByTenant(),
    timing,
  });
}

/**
 * MQTT by the embedded broker or by an outside one, exchanged while running. The given modules export `MqttGate`,
 * `MqttTopicMounts` and `BrokerChoice`.
 */
@Global()
@Module({})
export class MqttModule {
  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: MqttModule,
      imports: ports,
      providers: [
        OutsideTiming,
        BrokerProbe,
        MqttStrategy,
        { provide: EmbeddedBroker, useFactory: newEmbeddedBroker, inject: [Config, MqttGate] },
        {
          provide: BrokerSwitch,
          useFactory: newSwitch,
          inject: [Config, EmbeddedBroker, BrokerChoice, MqttTopicMounts, SecretBox, OutsideTiming],
        },
        { provide: MqttOutlet, useExisting: BrokerSwitch },
        { provide: BrokerMonitor, useExisting: BrokerSwitch },
      ],
      exports: [MqttStrategy, MqttOutlet, BrokerMonitor, BrokerProbe],
    };
  }
}
