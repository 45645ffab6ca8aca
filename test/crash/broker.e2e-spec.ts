import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { eventually, inbox } from '#testing';
import { removeData, StandaloneProcess, stopAll } from './standalone-process';

jest.setTimeout(300_000);

const PATIENT = { timeout: 60_000 };

/** Fewer than what a session keeps of what came while its client was away. */
const MOST_MESSAGES = 900;
const LANES = 20;

let dataDir: string;
const clients: MqttClient[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'broker-'));
});

afterEach(async () => {
  clients.splice(0).forEach((client) => client.end(true));
  await stopAll();
  removeData(dataDir);
});

async function signIn(hub: StandaloneProcess): Promise<IClientOptions> {
  const answer = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@maestrohub.local', password: hub.password }),
  });
  const { data } = (await answer.json()) as { data: { accessToken: string } };
  return { username: hub.organizationId, password: data.accessToken, protocolVersion: 5, reconnectPeriod: 0 };
}

async function opened(hub: StandaloneProcess, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(hub.mqttUrl, options);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

const away = (login: IClientOptions): IClientOptions => ({
  ...login,
  clientId: 'away',
  clean: false,
  properties: { sessionExpiryInterval: 600 },
});

it('loses nothing that it has acknowledged when it is killed under load', async () => {
  const hub = await StandaloneProcess.start({ dataDir });
  const login = await signIn(hub);
  const subscriber = await opened(hub, away(login));
  await subscriber.subscribeAsync('mHv1.0/queued/#', { qos: 2 });
  await subscriber.endAsync();

  const publisher = await opened(hub, login);
  const acknowledged: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < MOST_MESSAGES) {
      const [kind, number] = [next % 3 === 0 ? 'retained' : 'queued', next++];
      const topic = `mHv1.0/${kind}/${number}`;
      await publisher.publishAsync(topic, String(number), { qos: number % 2 ? 1 : 2, retain: kind === 'retained' });
      acknowledged.push(topic);
    }
  };
  const lanes = Promise.allSettled(Array.from({ length: LANES }, lane));
  await eventually(() => acknowledged.length > MOST_MESSAGES / 3, PATIENT);
  hub.signalGroup('SIGKILL');
  await hub.exited;
  publisher.end(true);
  await lanes;
  expect(acknowledged.length).toBeLessThan(MOST_MESSAGES);

  const again = await StandaloneProcess.start({ dataDir });
  const back = connect(again.mqttUrl, away(login));
  back.on('error', () => undefined);
  clients.push(back);
  const messages = inbox(back);
  const heard = (): Set<string> => new Set(messages.map(({ topic }) => topic));
  const of = (kind: string): string[] => acknowledged.filter((topic) => topic.startsWith(`mHv1.0/${kind}/`));
  await eventually(() => of('queued').every((topic) => heard().has(topic)), PATIENT);
  await back.subscribeAsync('mHv1.0/retained/#', { qos: 1 });
  await eventually(() => of('retained').every((topic) => heard().has(topic)), PATIENT);
  await again.stop();
});
