import { createServer } from 'node:net';
import { describeWithServers, eventuallyPasses, startKafkaCluster, type KafkaCluster } from '#testing';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';

describeWithServers(['kcat'], 'the Kafka protocol', () => {
  let hub: ProtocolHub;
  let cluster: KafkaCluster;

  beforeAll(async () => {
    [hub, cluster] = await Promise.all([ProtocolHub.start(), startKafkaCluster()]);
    // Where a cluster will say that one of its brokers is.
    const outbound = { refusedNetworks: ['127.0.0.9/32'] };
    expect((await hub.api.patch('/organizations/settings', { outbound })).status).toBe(200);
  });

  afterAll(async () => {
    await hub.stop();
    await cluster.stop();
  });

  const config = (port = cluster.port) => ({ brokers: [`127.0.0.1:${port}`] });
  /** By kcat, as another client would. */
  const send = (topic: string, lines: readonly string[], more: readonly string[] = []) =>
    cluster.kcat(['-P', '-t', topic, '-p', '0', '-K', '|', ...more], lines.map((line) => `${line}\n`).join(''));
  const records = async (topic: string) => {
    const printed = await cluster.kcat(['-C', '-t', topic, '-e', '-q', '-J']);
    return printed.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  };

  it('produces records that other clients read', async () => {
    const id = await hub.connect('kafka', config());
    const kept = await hub.call(id, 'kafka.produce', {
      topic: 'made',
      key: 'line1',
      value: { speed: 7 },
      headers: { site: 'north' },
      partition: 2,
    });
    expect(kept.data).toEqual({ topic: 'made', partition: 2, offset: 0 });
    await hub.call(id, 'kafka.produce', { topic: 'made', key: 'line1', value: 'läuft', partition: 2 });
    await hub.call(id, 'kafka.produce', { topic: 'made', key: 'line1', value: null, partition: 2 });
    const found = await records('made');
    expect(found).toMatchObject([
      { partition: 2, offset: 0, key: 'line1', payload: '{"speed":7}', headers: ['site', 'north'] },
      { offset: 1, payload: 'läuft' },
      { offset: 2, payload: null },
    ]);
  });

  it('sends a key where other clients send it', async () => {
    const id = await hub.connect('kafka', config());
    const keys = ['a', 'line1', 'line2', 'müller', 'x-1'];
    const args = ['-P', '-t', 'theirs', '-K', '|', '-X', 'topic.partitioner=murmur2_random'];
    await cluster.kcat(args, keys.map((key) => `${key}|1\n`).join(''));
    for (const key of keys) await hub.call(id, 'kafka.produce', { topic: 'ours', key, value: 1 });
    const places = async (topic: string) =>
      Object.fromEntries((await records(topic)).map(({ key, partition }) => [key, partition]));
    expect(await places('ours')).toEqual(await places('theirs'));
  });

  it('tells what cannot be produced', async () => {
    const id = await hub.connect('kafka', config());
    const beyond = await hub.call(id, 'kafka.produce', { topic: 'made', value: 1, partition: 9 });
    expect(beyond).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining('topic made has 4 partitions') },
    });
  });

  it('consumes what other clients produce, from the beginning', async () => {
    await send('measured', ['t1|{"t":21.5}', 't2|[1,2]'], ['-H', 'site=north']);
    const id = await hub.connect('kafka', config());
    const wanted = { topics: ['measured'], from: 'earliest', payloadFormat: 'json' };
    const listener = await hub.listen(id, 'kafka.consume', wanted);
    await send('measured', ['t1|no JSON', 't1|3']);
    expect(await listener.hears(3)).toMatchObject([
      { payload: { t: 21.5 }, topic: 'measured', partition: 0, offset: 0, headers: { site: 'north' } },
      { payload: [1, 2], offset: 1 },
      { payload: 3, offset: 3 },
    ]);
  });

  it('goes on after what was kept when it comes back', async () => {
    await send('durable', ['k|1']);
    const id = await hub.connect('kafka', config());
    const wanted = { topics: ['durable'], groupId: 'hub', from: 'earliest' };
    const first = await hub.listen(id, 'kafka.consume', wanted);
    await first.hears(1);
    await first.stop();
    await send('durable', ['k|2', 'k|3']);
    const second = await hub.listen(id, 'kafka.consume', wanted);
    await second.hearsAll([2, 3]);
    expect((await second.heard()).map(({ payload }) => payload)).toEqual([2, 3]);
  });

  it('brings only what is new where it begins at the end, and loses nothing from then on', async () => {
    await send('latest', ['k|1']);
    const id = await hub.connect('kafka', config());
    const wanted = { topics: ['latest'], groupId: 'latest' };
    const first = await hub.listen(id, 'kafka.consume', wanted);
    await first.stop();
    await send('latest', ['k|2']);
    const second = await hub.listen(id, 'kafka.consume', wanted);
    expect(await second.hears(1)).toMatchObject([{ payload: 2 }]);
  });

  it('keeps up with many records, each once', async () => {
    const id = await hub.connect('kafka', config());
    const listener = await hub.listen(id, 'kafka.consume', { topics: ['many'] });
    const numbers = Array.from({ length: 600 }, (_, index) => index);
    await send(
      'many',
      numbers.map((number) => `k|${number}`),
    );
    await listener.hearsAll(numbers);
    expect(await listener.heard()).toHaveLength(numbers.length);
  });

  it('connects to no broker that the outbound rules refuse, whoever tells of it', async () => {
    let taken = 0;
    const refused = createServer((socket) => {
      taken++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => refused.listen(0, '127.0.0.9', resolve));
    const { port } = refused.address() as { port: number };
    try {
      cluster.advertise('127.0.0.9', port);
      const id = await hub.connect('kafka', config());
      const sent = await hub.call(id, 'kafka.produce', { topic: 'made', value: 1 });
      expect(sent).toMatchObject({
        success: false,
        error: { retryable: false, message: expect.stringContaining('The address 127.0.0.9 is refused') },
      });
      await hub.listenSoon(id, 'kafka.consume', { topics: ['made'] });
      await eventuallyPasses(async () => {
        const { reason, subscriptions } = await hub.status(id);
        expect(`${reason} ${subscriptions[0]?.reason}`).toContain('The address 127.0.0.9 is refused');
      });
      expect(taken).toBe(0);
      const direct = await hub.test(await hub.add('kafka', { brokers: [`127.0.0.9:${port}`] }));
      expect(direct).toMatchObject({ success: false, message: expect.stringContaining('is refused') });
      expect(taken).toBe(0);
    } finally {
      cluster.advertise('127.0.0.1', cluster.port);
      refused.close();
    }
  });

  it('bears a way that is silent, babbles, goes and comes back', async () => {
    try {
      await bearsOutages({
        hub,
        protocol: 'kafka',
        serverPort: cluster.port,
        config: (port) => {
          cluster.advertise('127.0.0.1', port);
          return config(port);
        },
        call: (id) => hub.call(id, 'kafka.produce', { topic: 'made', value: 1 }),
        garbage: /the answer is not of Kafka|no answer within|the connection was closed/,
      });
    } finally {
      cluster.advertise('127.0.0.1', cluster.port);
    }
  });

  it('consumes again once a cluster that was killed is back', async () => {
    const id = await hub.connect('kafka', config());
    const listener = await hub.listen(id, 'kafka.consume', { topics: ['killed'], from: 'earliest' });
    await send('killed', ['k|"before"']);
    await listener.hears(1);
    await cluster.kill();
    await hub.until(id, 'reconnecting');
    await cluster.startAgain();
    await send('killed', ['k|"after"']);
    await hub.until(id, 'connected');
    await listener.hearsAll(['before', 'after']);
  });
});
