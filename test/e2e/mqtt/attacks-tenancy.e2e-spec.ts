import { generate, type IPublishPacket } from 'mqtt-packet';
import { newId } from '#kernel';
import { closing, createTestApp, eventually, inbox, nextBytes, published, type TestApp } from '#testing';
import { KeptBroker, lasting } from './kept-broker';
import { MqttClients } from './mqtt-clients';
import { stillServes } from './still-serves';
import { changeBySql, newTenant, storedValues, type Tenant } from './tenants';

/* What somebody of one organization may try to reach another: every feature by which the broker remembers something. */

const newTopic = (): string => `mHv1.0/attacks/${newId()}`;
const texts = (messages: { text: string }[]): string[] => messages.map(({ text }) => text);

describe.each(['TCP', 'WebSocket'] as const)('by %s', (way) => {
  let app: TestApp;
  let ours: Tenant;
  let theirs: Tenant;
  let witness: Tenant;
  let clients: MqttClients;
  let bare: MqttClients;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    [ours, theirs, witness] = [await newTenant(app), await newTenant(app), await newTenant(app)];
    bare = new MqttClients(app.mqttUrl);
    clients = new MqttClients(way === 'TCP' ? app.mqttUrl : `ws://127.0.0.1:${app.config.http.port}/mqtt`);
  });

  afterEach(async () => {
    await stillServes(app, clients, witness);
    await clients.end();
    await bare.end();
  });

  afterAll(() => app.stop());

  it('a group of the same name and filter shares nothing with ours', async () => {
    const topic = newTopic();
    const messages = await Promise.all(
      [ours, theirs].map(async (tenant) => {
        const client = await clients.connect(tenant);
        await client.subscribeAsync('$share/line/mHv1.0/#', { qos: 1 });
        return inbox(client);
      }),
    );
    const publisher = await clients.connect(theirs);
    for (let i = 0; i < 20; i++) await publisher.publishAsync(topic, 'theirs', { qos: 1 });
    await (await clients.connect(ours)).publishAsync(topic, 'ours', { qos: 1 });
    await eventually(() => messages[0]!.length > 0);
    await eventually(() => messages[1]!.length === 20);
    expect(texts(messages[0]!)).toEqual(['ours']);
  });

  it.each([
    '$share/g/#',
    '$share/g/+/#',
    '$share/g/+/mHv1.0/#',
    (id: string) => `$share/${id}/#`,
    (id: string) => `$share/g/${id}/#`,
    (id: string) => `$share/g/$share/g/${id}/#`,
    (id: string) => `$share/g//${id}/#`,
    (id: string) => `$share/../${id}/#`,
  ])('a shared subscription reaches no further than a plain one: %s', async (filter) => {
    const text = typeof filter === 'string' ? filter : filter(theirs.id);
    const retained = await clients.connect(theirs);
    await retained.publishAsync(newTopic(), 'retained', { qos: 1, retain: true });
    const spy = await clients.connect(ours);
    const seen = inbox(spy);
    await spy.subscribeAsync(text, { qos: 1 }).catch(() => undefined);
    await retained.publishAsync(newTopic(), 'live', { qos: 1 });
    const check = await clients.connect(ours);
    const own = inbox(check);
    await check.subscribeAsync('mHv1.0/#', { qos: 1 });
    await check.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await eventually(() => own.length > 0);
    expect(texts(seen).filter((heard) => heard !== 'end')).toEqual([]);
  });

  it('rights on a branch hold behind $share too', async () => {
    const token = await app.newToken(['uns:read:mHv1.0/mine/#'], ours.editor);
    const client = await clients.connect({ id: ours.id, token });
    const granted = async (filter: string) => {
      const [answer] = await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
      return answer?.qos ?? 'refused';
    };
    expect(await granted('$share/g/mHv1.0/mine/#')).toBe(1);
    for (const filter of ['$share/g/#', '$share/g/mHv1.0/#', '$share/mHv1.0/mine/#', '$share/g/mHv1.0/theirs']) {
      expect([filter, await granted(filter)]).toEqual([filter, 'refused']);
    }
  });

  it('nothing of the broker itself is there to be heard', async () => {
    const spy = await clients.connect(ours);
    for (const filter of ['$SYS/#', '$SYS/+/new/clients', '$share/g/$SYS/#', '$queue/#', '$']) {
      await expect(spy.subscribeAsync(filter)).rejects.toThrow();
    }
    const seen: string[] = [];
    spy.on('message', (topic) => seen.push(topic));
    await spy.subscribeAsync(['#', '+/#', '+/+/+'], { qos: 1 });
    await clients.connect(theirs);
    await spy.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await eventually(() => seen.length > 0);
    expect(seen).toEqual(['mHv1.0/end']);
  });

  it('an id that names their client takes nothing over', async () => {
    const clientId = 'gateway-1';
    const their = await clients.connect(theirs, { ...lasting(clientId), will: will(newTopic()) });
    for (const id of [clientId, `${theirs.id}/${clientId}`, `/${theirs.id}/${clientId}`, `$share/g/${theirs.id}/x`]) {
      const posing = await clients.connect(ours, { ...lasting(id), clean: true });
      await posing.endAsync();
      await clients.connect(ours, lasting(id));
    }
    expect(their.connected).toBe(true);
    const again = clients.connect(theirs, lasting(clientId));
    expect(await closing(their)).toBe(0x8e);
    await again;
  });

  it('their topics are out of reach for a will with a delay', async () => {
    const topic = newTopic();
    const delayed = { ...will(`${theirs.id}/${topic}`), properties: { willDelayInterval: 1 } };
    expect(await clients.connack(ours, { ...lasting('plc'), will: delayed })).toBe(0x87);
    const dying = await clients.connect(ours, {
      ...lasting('plc'),
      will: { ...will(topic), properties: { willDelayInterval: 1 } },
    });
    dying.stream.destroy();
    await eventually(async () => (await storedValues(ours.api, topic)).length === 1);
    expect(await storedValues(theirs.api, topic)).toEqual([]);
  });

  it('a topic alias stands for a topic of its own connection alone', async () => {
    const topic = newTopic();
    const owner = await clients.connect(theirs);
    const heard = inbox(owner);
    await owner.subscribeAsync('#', { qos: 1, rh: 2 });
    const publish = (more: Partial<IPublishPacket>): Buffer =>
      generate(
        { cmd: 'publish', topic: '', payload: 'forged', qos: 1, messageId: 1, retain: false, dup: false, ...more },
        { protocolVersion: 5 },
      );
    const answer = async (tenant: Tenant, ...packets: Buffer[]): Promise<number[]> => {
      const socket = await bare.bare(tenant, 5);
      let last: Buffer = Buffer.alloc(0);
      for (const packet of packets) {
        const next = nextBytes(socket);
        socket.write(packet);
        last = await next;
      }
      return [...last].slice(0, 5);
    };
    await (await clients.connect(theirs)).publishAsync(topic, 'theirs', { qos: 1, properties: { topicAlias: 3 } });
    // One that only they have given a meaning to.
    expect((await answer(ours, publish({ properties: { topicAlias: 3 } }))).slice(0, 3)).toEqual([0xe0, 2, 0x94]);
    for (const alias of [0, 101, 65_535]) {
      const bytes = await answer(ours, publish({ topic, properties: { topicAlias: alias } }));
      expect(bytes[0]).toBe(0xe0);
    }
    // Registered with a topic that is none of ours: neither then nor later.
    const foreign = publish({ topic: `${theirs.id}/${topic}`, properties: { topicAlias: 1 } });
    expect((await answer(ours, foreign)).slice(0, 3)).toEqual([0xe0, 2, 0x90]);
    // With rights to one branch, registered by a message that is refused.
    const token = await app.newToken(['uns:publish:mHv1.0/mine/#'], ours.editor);
    const limited = { ...ours, token };
    const [register, use] = [
      publish({ topic, properties: { topicAlias: 1 } }),
      publish({ properties: { topicAlias: 1 } }),
    ];
    expect(await answer(limited, register, use)).toEqual([0x40, expect.any(Number), 0, 1, 0x87]);
    expect(await answer(ours, register, use)).toEqual([0x40, 2, 0, 1]);
    expect(await storedValues(ours.api, topic)).toEqual(['forged', 'forged']);
    expect(await storedValues(theirs.api, topic)).toEqual(['theirs']);
    await eventually(() => heard.length > 0);
    expect(texts(heard)).toEqual(['theirs']);
  });
});

const will = (topic: string) => ({ topic, payload: Buffer.from('forged'), qos: 1 as const, retain: true });

describe('after a restart', () => {
  let app: TestApp;
  let ours: Tenant;
  let theirs: Tenant;
  let kept: KeptBroker;

  beforeAll(async () => {
    app = await createTestApp();
  });

  beforeEach(async () => {
    [ours, theirs] = [await newTenant(app), await newTenant(app)];
    kept = await KeptBroker.start(app);
  });

  afterEach(() => kept.stop());
  afterAll(() => app.stop());

  /** A session of theirs with a message, and everything else there is to keep. */
  async function leaveTraces(clientId: string): Promise<string> {
    const topic = newTopic();
    const { client } = await kept.client(theirs, lasting(clientId));
    await client.subscribeAsync(['mHv1.0/#', '$share/g/mHv1.0/#'], { qos: 1 });
    await client.endAsync();
    const { client: publisher } = await kept.client(theirs, { will: { ...will(topic), payload: Buffer.from('will') } });
    await publisher.publishAsync(topic, 'queued', { qos: 1 });
    await publisher.publishAsync(topic, 'retained', { qos: 2, retain: true });
    return topic;
  }

  it('sessions, retained messages and wills are still theirs', async () => {
    await leaveTraces('gateway-1');
    await kept.crash();
    const spies: { text: string }[][] = [];
    for (const id of ['gateway-1', `${theirs.id}/gateway-1`]) {
      const spy = await kept.client(ours, lasting(id));
      expect(spy.sessionPresent).toBe(false);
      await spy.client.subscribeAsync(['#', '$share/g/#', '$share/g/mHv1.0/#'], { qos: 2 });
      spies.push(spy.messages);
    }
    await eventually(() => kept.handler.received.some(({ payload }) => payload.toString() === 'will'));
    const { client } = await kept.client(ours);
    await client.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await eventually(() => spies.every((messages) => messages.length > 0));
    expect(new Set(spies.flatMap(texts))).toEqual(new Set(['end']));
    const back = await kept.client(theirs, lasting('gateway-1'));
    expect(back.sessionPresent).toBe(true);
    await eventually(() => back.messages.some(({ text }) => text === 'will'));
    expect(texts(back.messages)).not.toContain('end');
  });

  it('a session has the rights of whoever takes it up, not of those who left it', async () => {
    await leaveTraces('gateway-1');
    const publisher = await kept.client(theirs);
    await publisher.client.publishAsync('mHv1.0/open/a', 'open', { qos: 1 });
    await kept.crash();
    const token = await app.newToken(['uns:read:mHv1.0/open/#', 'uns:publish'], theirs.editor);
    const narrowed = await kept.client({ id: theirs.id, token }, lasting('gateway-1'));
    await eventually(() => narrowed.messages.length > 0);
    const { client } = await kept.client(theirs);
    await client.publishAsync('mHv1.0/open/b', 'not subscribed any more', { qos: 1 });
    await narrowed.client.subscribeAsync('mHv1.0/open/#', { qos: 1 });
    await client.publishAsync('mHv1.0/open/c', 'end', { qos: 1 });
    await eventually(() => texts(narrowed.messages).includes('end'));
    expect(texts(narrowed.messages)).toEqual(['open', 'end']);
    // Neither is it there again for one with all rights: the session is what it was narrowed to.
    await kept.crash();
    const full = await kept.client(theirs, lasting('gateway-1'));
    await client.endAsync();
    const { client: again } = await kept.client(theirs);
    await again.publishAsync(newTopic(), 'hidden', { qos: 1 });
    await again.publishAsync('mHv1.0/open/d', 'last', { qos: 1 });
    await eventually(() => texts(full.messages).includes('last'));
    expect(texts(full.messages)).not.toContain('hidden');
  });

  it('nobody gets in whose rights ended meanwhile, and nothing of theirs is sent', async () => {
    const topic = newTopic();
    await kept.client(ours, { clientId: 'plc', will: will(topic) });
    await changeBySql(app, `UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [ours.editor.id]);
    // Known to the gate within a part of a second.
    const witness = await kept.client(ours);
    await eventually(async () => (await published(witness.client, topic, '1')) === 0x87);
    kept.handler.received.length = 0;
    await kept.crash();
    const { client, messages } = await kept.client(ours);
    await client.subscribeAsync('mHv1.0/#', { qos: 1 });
    await eventually(async () => {
      const rows = await changeBySql(app, 'SELECT 1 FROM mqtt_wills WHERE organization_id = $1', [ours.id]);
      return (rows as unknown[]).length === 0;
    });
    expect([kept.handler.received, messages]).toEqual([[], []]);
  });
});
