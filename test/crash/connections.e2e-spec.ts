import { setInterval } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { describeWithServers, eventually, startServer, type RunningServer } from '#testing';
import { create, pipelineOf } from '../e2e/executions/pipelines';
import { CrashWorld } from './crash-world';
import type { HubProcess } from './hub-process';

jest.setTimeout(300_000);

const PATIENT = { timeout: 60_000, interval: 100 };

/** Numbers that a machine publishes without a pause; the broker has acknowledged each that counts. */
class Machine {
  readonly acknowledged: number[] = [];
  private stopped = false;
  private readonly ended: Promise<void>;

  constructor(client: MqttClient) {
    this.ended = this.publish(client);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async publish(client: MqttClient): Promise<void> {
    const pace = setInterval(10)[Symbol.asyncIterator]();
    for (let number = 1; !this.stopped; number++) {
      await pace.next();
      await client.publishAsync('plant/count', String(number), { qos: 1 });
      this.acknowledged.push(number);
    }
    await pace.return?.();
  }
}

describeWithServers(['mosquitto'], 'a connection with a subscription, its worker killed', () => {
  let world: CrashWorld;
  let plant: RunningServer;
  let client: MqttClient;
  let machine: Machine;
  let connection: string;

  beforeAll(async () => {
    [world, plant] = await Promise.all([
      CrashWorld.start(),
      startServer('mosquitto', { settings: ['max_queued_messages 0'] }),
    ]);
    client = await connectAsync(plant.url);
    connection = await made('/connections', {
      name: 'Plant',
      protocol: 'mqtt',
      config: { brokerUrl: plant.url, cleanSession: false },
    });
    const subscribe = { name: 'Count', type: 'mqtt.subscribe', config: { topics: ['plant/#'], qos: 1 } };
    const functionId = await made(`/connections/${connection}/functions`, subscribe);
    await create(
      world.client,
      pipelineOf([
        { name: 'Message', type: 'trigger.connection', parameters: { connectionId: connection, functionId } },
        { name: 'Publish', type: 'system.uns.publish', parameters: PUBLISH },
      ]),
    );
    await listens();
    machine = new Machine(client);
  });

  afterAll(async () => {
    await machine.stop();
    await client.endAsync(true);
    await world.stop();
    await plant.stop();
  });

  const made = async (path: string, body: object): Promise<string> => {
    const answer = await world.client.post(path, body);
    expect(answer).toMatchObject({ status: 201 });
    return (answer.body as { data: { id: string } }).data.id;
  };

  /** The subscription is active. */
  const listens = (): Promise<unknown> =>
    eventually(async () => {
      const { data } = (await world.client.get(`/connections/${connection}/status`)).body;
      return data.status === 'connected' && data.subscriptions[0]?.active === true;
    }, PATIENT);

  const owner = async (): Promise<HubProcess> => {
    const [row] = await world.query<{ process: string }>(
      'SELECT process FROM connection_workers w JOIN connection_runtimes r ON r.owner = w.id',
    );
    return world.workers.find(({ pid }) => row!.process.endsWith(`/${pid}`))!;
  };

  const takenOver = (before: HubProcess): Promise<unknown> =>
    eventually(async () => (await owner()) !== before, PATIENT);

  const heard = async (): Promise<number[]> => (await world.published(['crash/plant'], new Date(0))) as number[];

  /** Everything that the broker has acknowledged until now has started a run. */
  const hearsAll = async (): Promise<void> => {
    const wanted = [...machine.acknowledged];
    await eventually(async () => {
      const values = new Set(await heard());
      return wanted.every((number) => values.has(number));
    }, PATIENT);
  };

  it('is taken over by another worker, and no message is lost', async () => {
    await eventually(async () => (await heard()).length > 20, PATIENT);
    const first = world.workers[0]!;
    world.workers.push(await world.newProcess('worker'));
    await first.kill();
    await takenOver(first);
    await listens();
    await hearsAll();
  });

  it('is left alone by a worker that was frozen meanwhile', async () => {
    const frozen = await owner();
    world.workers.push(await world.newProcess('worker'));
    frozen.freeze();
    await takenOver(frozen);
    await listens();
    const [before] = await world.query<{ fence: number }>('SELECT fence FROM connection_runtimes');
    frozen.thaw();
    await hearsAll();
    expect(await owner()).not.toBe(frozen);
    expect((await world.query('SELECT fence FROM connection_runtimes'))[0]).toEqual(before);
  });

  it('goes on when the database was killed and is back', async () => {
    await world.postgres.kill();
    const sent = machine.acknowledged.length;
    await eventually(() => machine.acknowledged.length > sent + 20, PATIENT);
    await world.postgres.restart();
    await eventually(() => world.client.get('/connections').then(({ status }) => status === 200), PATIENT);
    await listens();
    await hearsAll();
  });

  it('comes back when all that runs was killed and is started again', async () => {
    await Promise.all(world.workers.map((worker) => worker.kill()));
    const sent = machine.acknowledged.length;
    await eventually(() => machine.acknowledged.length > sent + 20, PATIENT);
    world.workers.push(await world.newProcess('worker'));
    await listens();
    await machine.stop();
    await hearsAll();
    const counts = new Map<number, number>();
    for (const number of await heard()) counts.set(number, (counts.get(number) ?? 0) + 1);
    // What was under way in a moment of death comes again; everything else comes once.
    const twice = [...counts.values()].filter((count) => count > 1).length;
    process.stderr.write(`${counts.size} messages, ${twice} of them twice\n`);
    expect(twice).toBeLessThan(counts.size / 4);
  });
});

const PUBLISH = { topic: 'crash/plant', value: '{{ $trigger.payload }}' };
