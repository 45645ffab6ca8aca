import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { eventually, killAll } from '#testing';
import { removeData, StandaloneProcess, stopAll } from './standalone-process';

jest.setTimeout(300_000);

const PASSWORD = 'a long enough password';
const TOPIC = 'mHv1.0/plant/counter';
const CLIENTS = 5;
/** Publishes of one client that wait for their acknowledgement. */
const WINDOW = 100;
const KILLED_AFTER = 5_000;

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'standalone-load-'));
});

afterEach(async () => {
  await stopAll();
  removeData(dataDir);
});

const start = (): Promise<StandaloneProcess> =>
  StandaloneProcess.start({ dataDir, env: { HUB_ADMIN_PASSWORD: PASSWORD, HUB_RATE_LIMIT: '0' } });

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@maestrohub.local', password: PASSWORD }),
  });
  return ((await answer.json()) as { data: { accessToken: string } }).data.accessToken;
}

/** Publishes numbers until the connection is gone, and notes those that were acknowledged. */
function publishUntilGone(client: MqttClient, numbers: Iterator<number>, acknowledged: Set<number>): void {
  const next = (): void => {
    const number = numbers.next().value as number;
    client.publish(TOPIC, String(number), { qos: 1 }, (error) => {
      if (error) return;
      acknowledged.add(number);
      next();
    });
  };
  for (let i = 0; i < WINDOW; i++) next();
}

function* countUp(): Generator<number, number> {
  for (let number = 1; ; number++) yield number;
}

async function storedNumbers(hub: StandaloneProcess, token: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}`, 'x-organization-id': hub.organizationId };
  const numbers: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ topic: TOPIC, limit: '10000', ...(cursor && { cursor }) });
    const answer = await fetch(`${hub.url}/api/v1/uns/data/range?${query}`, { headers });
    const page = (await answer.json()) as { data: { value: number }[]; meta: { nextCursor: string | null } };
    numbers.push(...page.data.map(({ value }) => value));
    cursor = page.meta.nextCursor;
  }
  return numbers;
}

describe('kill -9 of the whole process group under load', () => {
  it('loses no acknowledged record and stores none twice', async () => {
    const hub = await start();
    const token = await signIn(hub.url);
    const options = { username: hub.organizationId, password: token, reconnectPeriod: 0 };
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectAsync(hub.mqttUrl, options)));
    const acknowledged = new Set<number>();
    const numbers = countUp();
    for (const client of clients)
      publishUntilGone(
        client.on('error', () => undefined),
        numbers,
        acknowledged,
      );
    await eventually(() => acknowledged.size >= KILLED_AFTER, { timeout: 120_000 });
    killAll(hub.pid, hub.postgresPid!);
    await hub.exited;
    await Promise.all(clients.map((client) => client.endAsync(true)));

    const again = await start();
    const stored = await storedNumbers(again, token);
    const present = new Set(stored);
    expect([...acknowledged].filter((number) => !present.has(number))).toEqual([]);
    expect(stored).toHaveLength(present.size);
    await again.stop();
  });
});
