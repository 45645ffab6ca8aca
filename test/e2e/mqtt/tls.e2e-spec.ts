import { connect as connectTls, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { newId } from '#kernel';
import { createTestApp, eventually, freePort, inbox, type TestApp } from '#testing';
import { Certificates } from './certificates';
import { MqttClients } from './mqtt-clients';
import { newTenant, storedValues, type Tenant } from './tenants';

let certificates: Certificates;
let tlsPort: number;
let app: TestApp;
let tenant: Tenant;
let clients: MqttClients;

const settings = () => ({
  HUB_MQTT_TLS_PORT: String(tlsPort),
  HUB_MQTT_TLS_CERT_FILE: certificates.certFile,
  HUB_MQTT_TLS_KEY_FILE: certificates.keyFile,
});

beforeAll(async () => {
  certificates = new Certificates();
  certificates.renew('first');
  tlsPort = await freePort();
  app = await createTestApp({ roles: ['api', 'uns'], settings: settings() });
  tenant = await newTenant(app);
  clients = new MqttClients(`mqtts://127.0.0.1:${tlsPort}`);
});

afterEach(() => clients.end());
afterAll(async () => {
  await app.stop();
  certificates.remove();
});

const trusting = () => ({ ca: readFileSync(certificates.certFile) });

async function handshake(options: object = {}): Promise<TLSSocket> {
  const socket = connectTls({ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

it('serves MQTT over TLS beside the plain port, to whoever trusts the certificate', async () => {
  const topic = `mHv1.0/tls/${newId()}`;
  const plain = new MqttClients(app.mqttUrl);
  const subscriber = await plain.connect(tenant);
  const messages = inbox(subscriber);
  await subscriber.subscribeAsync(topic, { qos: 1 });
  const client = await clients.connect(tenant, trusting());
  await client.publishAsync(topic, '5', { qos: 1 });
  await eventually(() => messages.length === 1);
  expect(await storedValues(tenant.api, topic)).toEqual([5]);
  await expect(clients.connect(tenant)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  await plain.end();
});

it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await handshake({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  }
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  await expect(handshake(old)).rejects.toThrow();
});

it('takes a certificate that was renewed without a restart, and leaves connections alone', async () => {
  const client = await clients.connect(tenant, trusting());
  const presented = async (): Promise<string> => {
    const socket = await handshake();
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  };
  expect(await presented()).toBe('first');
  // Half of a pair is not served.
  writeFileSync(certificates.certFile, 'no certificate');
  certificates.renew('second');
  await eventually(async () => (await presented()) === 'second');
  expect(client.connected).toBe(true);
  expect(await clients.connack(tenant, trusting())).toBe(0);
});

it.each([
  [
    'a certificate that is none',
    { HUB_MQTT_TLS_CERT_FILE: __filename },
    /HUB_MQTT_TLS_CERT_FILE, HUB_MQTT_TLS_KEY_FILE: /,
  ],
  [
    'a key that is missing',
    { HUB_MQTT_TLS_KEY_FILE: '/none/of/that/name' },
    /HUB_MQTT_TLS_KEY_FILE: must name a readable file/,
  ],
  ['no key at all', { HUB_MQTT_TLS_KEY_FILE: undefined }, /HUB_MQTT_TLS_KEY_FILE: is required with HUB_MQTT_TLS_PORT/],
])('does not start with %s', async (_, wrong, message) => {
  const port = String(await freePort());
  const started = createTestApp({ roles: ['uns'], settings: { ...settings(), HUB_MQTT_TLS_PORT: port, ...wrong } });
  await expect(started).rejects.toThrow(message);
});

it('does not start with the key of another certificate', async () => {
  const other = new Certificates();
  other.renew('other');
  const wrong = { HUB_MQTT_TLS_PORT: String(await freePort()), HUB_MQTT_TLS_KEY_FILE: other.keyFile };
  await expect(createTestApp({ roles: ['uns'], settings: { ...settings(), ...wrong } })).rejects.toThrow(
    /^wrong settings:\n {2}HUB_MQTT_TLS_CERT_FILE, HUB_MQTT_TLS_KEY_FILE: /,
  );
  other.remove();
});
