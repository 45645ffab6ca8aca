import { connectAsync, type MqttClient } from 'mqtt';
import { newId } from '#kernel';
import {
  createTestApp,
  describeWithServers,
  eventually,
  startServer,
  type RunningServer,
  type TestApp,
} from '#testing';

describeWithServers(['mosquitto'], 'data by a Mosquitto of your own', () => {
  let mosquitto: RunningServer;
  let app: TestApp;
  let machine: MqttClient;
  let token: string;

  beforeAll(async () => {
    mosquitto = await startServer('mosquitto');
    app = await createTestApp({ roles: ['api', 'uns'], settings: { MQTT_URL: mosquitto.url } });
    token = await app.newToken(['uns:read', 'uns:publish']);
    machine = await connectAsync(mosquitto.url, { protocolVersion: 5 });
    await eventually(async () => (await fetch(`${app.url}/health/ready`)).status === 200);
  }, 120_000);

  afterAll(async () => {
    await machine.endAsync();
    await app.stop();
    await mosquitto.stop();
  });

  const stored = async (topic: string, organizationId = app.organizationId): Promise<unknown[]> => {
    const { body } = await app.api(token, organizationId).get(`/uns/data/recent?topic=${topic}`);
    return ((body as { data?: { value: unknown }[] }).data ?? []).map(({ value }) => value);
  };

  it('of the bare namespace belongs to the first organization', async () => {
    const topic = `mHv1.0/mosquitto/${newId()}`;
    // Once: whoever says that it is ready has subscribed.
    await machine.publishAsync(topic, '72.5', { qos: 1 });
    await eventually(async () => (await stored(topic)).includes(72.5));
  });

  it('under the prefix of another organization belongs to that one alone', async () => {
    const other = await app.newOrganization();
    const topic = `mHv1.0/mosquitto/${newId()}`;
    // Once: it is stored from the first moment of that organization on.
    await machine.publishAsync(`org/${other}/${topic}`, '{"rpm":1450}', { qos: 1 });
    await eventually(async () => (await stored(topic, other)).length > 0);
    expect(await stored(topic, other)).toEqual([{ rpm: 1450 }]);
    expect(await stored(topic)).toEqual([]);
  });

  it('published by REST reaches its subscribers once, and is stored once', async () => {
    const topic = `mHv1.0/mosquitto/${newId()}`;
    const heard: unknown[] = [];
    machine.on('message', (at, payload) => {
      if (at === topic) heard.push((JSON.parse(payload.toString()) as { value: unknown }).value);
    });
    await machine.subscribeAsync(topic, { qos: 1 });
    for (const value of [1, 2, 3])
      expect((await app.api(token).post('/uns/data/publish', { topic, value })).status).toBe(200);
    await eventually(() => heard.length >= 3);
    // A fourth one by MQTT comes behind them all: what was wrongly taken for data would be stored by then.
    await machine.publishAsync(topic, '4', { qos: 1 });
    await eventually(async () => (await stored(topic)).includes(4));
    expect((await stored(topic)).sort()).toEqual([1, 2, 3, 4]);
    expect(heard.slice(0, 3).sort()).toEqual([1, 2, 3]);
  });

  it('comes in again by itself when Mosquitto was away', async () => {
    const topic = `mHv1.0/mosquitto/${newId()}`;
    await mosquitto.stop('SIGKILL');
    mosquitto = await startServer('mosquitto', { port: mosquitto.port });
    await eventually(async () => {
      await machine.publishAsync(topic, '"back"', { qos: 1 });
      return (await stored(topic)).includes('back');
    });
  }, 120_000);
});
