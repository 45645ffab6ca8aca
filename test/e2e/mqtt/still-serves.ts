import { newId } from '#kernel';
import { eventually, inbox, type TestApp } from '#testing';
import { VERSIONS, type MqttClients } from './mqtt-clients';
import { storedValues, type Tenant } from './tenants';

/** Publishes, hears and reads as somebody who has nothing to do with what was tried before. */
export async function stillServes(app: TestApp, clients: MqttClients, witness: Tenant): Promise<void> {
  for (const protocolVersion of VERSIONS) {
    const topic = `mHv1.0/witness/${newId()}`;
    const client = await clients.connect(witness, { protocolVersion });
    const messages = inbox(client);
    await client.subscribeAsync('mHv1.0/witness/#', { qos: 2 });
    await client.publishAsync(topic, '"1"', { qos: 1 });
    await client.publishAsync(topic, '"2"', { qos: 2 });
    await eventually(() => messages.length === 2);
    expect(messages.map(({ text }) => text)).toEqual(['"1"', '"2"']);
    expect(await storedValues(witness.api, topic)).toEqual(['2', '1']);
    await client.endAsync();
  }
  expect((await app.stranger.get('/oauth2/scopes')).status).toBe(200);
}
