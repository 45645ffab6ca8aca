import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { connectAsync } from 'mqtt';
import { invalid } from '#kernel';
import { FakeMqttGate, freePort, ORG_A, published } from '#testing';
import { Config, ConfigModule } from '../config';
import { CryptoModule } from '../crypto';
import { BrokerChoice, ConfiguredBrokerChoice } from './broker-choice';
import { MqttData } from './mqtt-data';
import { MqttStrategy } from './mqtt-strategy';
import { MqttModule } from './mqtt.module';
import { BrokerMonitor, MqttGate, MqttOutlet, MqttTopicMounts, type MqttMessageContext } from './ports';

@Controller()
class Intake {
  readonly received: [string, MqttMessageContext][] = [];

  @MqttData()
  receive(@Payload() payload: Buffer, @Ctx() context: MqttMessageContext): Promise<void> {
    if (payload.length === 0) return Promise.reject(invalid({ field: 'value', message: 'Value is required' }));
    this.received.push([payload.toString(), context]);
    return Promise.resolve();
  }
}

class NoMounts extends MqttTopicMounts {
  resolve(): undefined {
    return undefined;
  }

  lookUp(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  mount(organizationId: string, topic: string): string {
    return `${organizationId}/${topic}`;
  }

  subscriptions(): string[] {
    return [];
  }
}

@Module({
  providers: [
    { provide: MqttGate, useClass: FakeMqttGate },
    { provide: MqttTopicMounts, useClass: NoMounts },
    { provide: BrokerChoice, useClass: ConfiguredBrokerChoice },
  ],
  exports: [MqttGate, MqttTopicMounts, BrokerChoice],
})
class Ports {}

const config = (more: Record<string, string> = {}): Config =>
  Config.from({
    DATABASE_URL: 'postgres://127.0.0.1/none',
    HUB_SECRET_KEY: '0'.repeat(64),
    ...more,
  });

let app: INestApplication;

async function start(settings: Config, controllers = [Intake]): Promise<void> {
  @Module({ imports: [ConfigModule.with(settings), CryptoModule, MqttModule.with([Ports])], controllers })
  class App {}
  app = await NestFactory.create(App, { logger: false });
}

afterEach(() => app.close());

it('feeds the one handler from the embedded broker, and tells the client why it refuses', async () => {
  await start(config({ HUB_MQTT_PORT: String(await freePort()) }));
  const strategy = app.get(MqttStrategy);
  expect(app.get(MqttOutlet).hasAudience()).toBe(false);
  expect(app.get(BrokerMonitor).status()).toMatchObject({ mode: 'embedded', state: 'stopped' });
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
  app.get<FakeMqttGate>(MqttGate).allow(ORG_A, 'token');
  const address = app.get(BrokerMonitor).status().address;
  const client = await connectAsync(`mqtt://${address}`, { username: ORG_A, password: 'token', protocolVersion: 5 });
  expect(await published(client, 'mHv1.0/a', '{"data":5,"pattern":"x"}')).toBe(0);
  expect(await published(client, 'mHv1.0/a', '')).toBe(0x99);
  expect(app.get(Intake).received).toMatchObject([['{"data":5,"pattern":"x"}', { organizationId: ORG_A }]]);
  expect(app.get(MqttOutlet).hasAudience()).toBe(true);
  await client.endAsync(true);
});

it('does not start without a handler', async () => {
  await start(config(), []);
  app.connectMicroservice({ strategy: app.get(MqttStrategy) });
  await expect(app.startAllMicroservices()).rejects.toThrow('exactly one @MqttData() handler');
});

it('takes the broker of MQTT_URL where there is one', async () => {
  await start(config({ MQTT_URL: 'mqtt://user:secret@127.0.0.1:1' }));
  const status = app.get(BrokerMonitor).status();
  expect(status).toMatchObject({ mode: 'outside', address: '127.0.0.1:1', state: 'connecting' });
  await expect(app.get(MqttOutlet).publish(ORG_A, 'mHv1.0/a', Buffer.alloc(1), 'id')).rejects.toMatchObject({
    kind: 'unavailable',
  });
});
