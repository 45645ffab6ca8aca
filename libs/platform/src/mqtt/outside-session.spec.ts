import type { Socket } from 'node:net';
import { connect, connectAsync, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import { DomainError } from '#kernel';
import {
  describeWithServers,
  eventually,
  FakeMqttHandler,
  inbox,
  nextEvent,
  ORG_A,
  startServer,
  type RunningServer,
} from '#testing';
import { OriginMark } from './origin-mark';
import { OutsideIntake } from './outside-intake';
import { OutsideOutlet } from './outside-outlet';
import { OutsideSession } from './outside-session';
import { MqttTopicMounts } from './ports';

const TOPIC = 'mHv1.0/line-1/temperature';
const MOUNTED = `org/${ORG_A}/${TOPIC}`;

class Mounts extends MqttTopicMounts {
  filters = ['org/+/mHv1.0/#', 'nobody/#'];

  resolve(brokerTopic: string) {
    const [, organizationId, topic] = /^(?:org\/)?([^/]+)\/(mHv1\.0\/.*)$/.exec(brokerTopic) ?? [];
    return organizationId && topic ? { organizationId, topic } : undefined;
  }

  lookUp() {
    return Promise.resolve(undefined);
  }

  mount(organizationId: string, topic: string): string {
    return `org/${organizationId}/${topic}`;
  }

  subscriptions(): string[] {
    return this.filters;
  }
}

describeWithServers(['mosquitto'], 'an outside broker', () => {
  const origin = new OriginMark(Buffer.alloc(32, 1));
  let mounts: Mounts;
  let server: RunningServer;
  let handler: FakeMqttHandler;
  let intake: OutsideIntake;
  let sessions: OutsideSession[];
  let clients: MqttClient[];

  beforeEach(async () => {
    server = await startServer('mosquitto', { settings: ['max_queued_messages 0', 'max_inflight_messages 0'] });
    handler = new FakeMqttHandler();
    mounts = new Mounts();
    intake = new OutsideIntake((payload, context) => handler.handle(payload, context), mounts, origin);
    sessions = [];
    clients = [];
  });

  afterEach(async () => {
    handler.answer = () => Promise.resolve();
    for (const client of clients) client.end(true);
    await Promise.all(sessions.map((session) => session.close()));
    await server.stop();
  });

  function newSession(clientId: string, share: string | null = 'one'): OutsideSession {
    const session = new OutsideSession({ url: server.url, clientId, share: share ?? undefined }, intake, mounts).open();
    sessions.push(session);
    return session;
  }

  async function ingest(clientId = 'ingest', share?: string | null): Promise<OutsideSession> {
    const session = newSession(clientId, share);
    await eventually(() => session.isSubscribed);
    return session;
  }

  async function client(options: IClientOptions = {}): Promise<MqttClient> {
    const connected = await connectAsync(server.url, { protocolVersion: 5, ...options });
    clients.push(connected);
    return connected;
  }

  /** Whether the broker keeps a session of that client id; it is taken over on the way. */
  async function sessionIsPresent(clientId: string): Promise<boolean> {
    const asking = connect(server.url, { protocolVersion: 5, clientId, clean: false, reconnectPeriod: 0 });
    clients.push(asking);
    const { promise, resolve } = Promise.withResolvers<IConnackPacket>();
    asking.once('connect', resolve);
    return (await promise).sessionPresent;
  }

  /** The PUBACKs that a session has sent. */
  function acknowledgements(session: OutsideSession): Buffer[] {
    const { stream } = session.client!;
    const write = jest.spyOn(stream, 'write');
    return new Proxy([] as Buffer[], {
      get: (_, name) => {
        const acks = write.mock.calls.map(([bytes]) => bytes as Buffer).filter((bytes) => bytes[0] === 0x40);
        return Reflect.get(acks, name) as unknown;
      },
    });
  }

  it('hands over bytes and context, whatever the bytes look like to Nest', async () => {
    await ingest();
    const publisher = await client();
    for (const text of ['{"data":5}', '{"pattern":"x","data":1,"id":"7"}', '\x00\xff', '']) {
      await publisher.publishAsync(MOUNTED, Buffer.from(text, 'latin1'), { qos: 1 });
    }
    await eventually(() => handler.received.length === 4);
    expect(handler.received[0]).toEqual({
      organizationId: ORG_A,
      topic: TOPIC,
      qos: 1,
      retain: false,
      clientId: undefined,
      payload: Buffer.from('{"data":5}'),
    });
    expect(handler.received[2]!.payload).toEqual(Buffer.from([0, 255]));
    await eventually(() => intake.messagesIn === 4);
  });

  it('acknowledges when the handler has resolved, with many in flight (the deferred PUBACK of mqtt.js)', async () => {
    const session = await ingest();
    const acks = acknowledgements(session);
    const commits: (() => void)[] = [];
    handler.answer = () => new Promise<void>((resolve) => commits.push(resolve));
    const publisher = await client();
    await Promise.all(Array.from({ length: 500 }, (_, i) => publisher.publishAsync(MOUNTED, String(i), { qos: 1 })));
    await eventually(() => commits.length === 500);
    expect(acks).toHaveLength(0);
    commits.forEach((commit) => commit());
    await eventually(() => acks.length === 500);
    expect(new Set([...acks].map((bytes) => bytes.readUInt16BE(2))).size).toBe(500);
    expect(handler.texts).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  });

  it('gets QoS 2 messages with QoS 1, which can be acknowledged late', async () => {
    await ingest();
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'exactly', { qos: 2 });
    await eventually(() => handler.received.length === 1);
    expect(handler.received[0]!.qos).toBe(1);
  });

  it('acknowledges on no other connection, and recognises what comes again', async () => {
    const session = await ingest();
    const commit = Promise.withResolvers<void>();
    handler.answer = () => commit.promise;
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'once', { qos: 1 });
    await eventually(() => handler.received.length === 1);
    const mqtt = session.client!;
    const reconnected = nextEvent(mqtt, 'connect');
    (mqtt.stream as unknown as Socket).destroy();
    await reconnected;
    const acks = acknowledgements(session);
    commit.resolve();
    await eventually(() => acks.length === 1);
    await publisher.publishAsync(MOUNTED, 'next', { qos: 1 });
    await eventually(() => handler.received.length === 2);
    expect(handler.texts).toEqual(['once', 'next']);
  });

  it('gets after a restart what arrived meanwhile and what was not acknowledged', async () => {
    const first = await ingest();
    handler.answer = ({ payload }) =>
      payload.toString() === 'lost' ? Promise.reject(new DomainError('unavailable', 'no database')) : Promise.resolve();
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'lost', { qos: 1 });
    await eventually(() => handler.received.length > 0);
    first.allow(false);
    (first.client!.stream as unknown as Socket).destroy();
    await eventually(() => !first.isConnected);
    await publisher.publishAsync(MOUNTED, 'meanwhile', { qos: 1 });
    handler = new FakeMqttHandler();
    await ingest();
    await eventually(() => handler.texts.includes('meanwhile'));
    // The session before may have tried once more meanwhile.
    expect([...new Set(handler.texts)]).toEqual(['lost', 'meanwhile']);
  });

  it('tries again while the database is down', async () => {
    const session = await ingest();
    const acks = acknowledgements(session);
    let failures = 2;
    handler.answer = () =>
      failures-- > 0 ? Promise.reject(new DomainError('unavailable', 'no database')) : Promise.resolve();
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'kept', { qos: 1 });
    await eventually(() => acks.length === 1);
    expect(handler.texts).toEqual(['kept', 'kept', 'kept']);
    expect([...acks[0]!]).toHaveLength(4);
  });

  it('acknowledges with a reason what can never be stored', async () => {
    const session = await ingest();
    const acks = acknowledgements(session);
    handler.answer = () => Promise.reject(new DomainError('bad_request', 'Value is required'));
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'bad', { qos: 1 });
    await publisher.publishAsync('nobody/cares', 'x', { qos: 1 });
    await publisher.publishAsync(`org/${ORG_A}/mHv1.0//x`, 'x', { qos: 1 });
    await eventually(() => acks.length === 3);
    expect([...acks].map((bytes) => bytes[4]!).sort()).toEqual([0x90, 0x90, 0x99]);
    expect(intake.refused).toBe(3);
    expect(handler.texts).toEqual(['bad']);
  });

  it('shares the messages among the processes of one installation, and does not when told so', async () => {
    await ingest('one');
    await ingest('two');
    const publisher = await client();
    for (let i = 0; i < 50; i++) await publisher.publishAsync(MOUNTED, String(i), { qos: 1 });
    await eventually(() => handler.received.length === 50);
    await ingest('of another installation', 'another');
    await ingest('alone', null);
    handler.received.length = 0;
    await publisher.publishAsync(MOUNTED, 'all', { qos: 1 });
    await eventually(() => handler.received.length === 3);
  });

  it('passes QoS 0 on and does not read without end while handlers run', async () => {
    await ingest();
    const commit = Promise.withResolvers<void>();
    handler.answer = () => commit.promise;
    const publisher = await client();
    for (let i = 0; i < 3_000; i++) publisher.publish(MOUNTED, String(i));
    await eventually(() => handler.received.length === 2_000);
    await publisher.publishAsync('elsewhere', 'all of it has reached the broker', { qos: 1 });
    expect(handler.received).toHaveLength(2_000);
    commit.resolve();
    await eventually(() => handler.received.length === 3_000);
  });

  it('subscribes to prefixes that come later', async () => {
    await ingest();
    mounts.filters = ['org/+/mHv1.0/#', 'plant/mHv1.0/#'];
    const publisher = await client();
    await eventually(async () => {
      await publisher.publishAsync('plant/mHv1.0/x', '1', { qos: 1 });
      return handler.received.length > 0;
    });
    expect(handler.received[0]).toMatchObject({ organizationId: 'plant', topic: 'mHv1.0/x' });
  });

  it('publishes what ingest recognises as its own, and a forged mark is not', async () => {
    await ingest();
    const outlet = new OutsideOutlet(server.url, mounts, origin);
    await outlet.open();
    const subscriber = await client();
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('#', { qos: 1 });
    await outlet.publish(ORG_A, TOPIC, Buffer.from('by rest'), 'record-1');
    await subscriber.publishAsync(MOUNTED, 'forged', {
      qos: 1,
      properties: { userProperties: { 'mh-origin': origin.sign('record-1', 'another/topic') } },
    });
    await eventually(() => intake.messagesIn === 1 && messages.length === 2);
    expect(messages[0]).toEqual({ topic: MOUNTED, text: 'by rest', retain: false, qos: 1 });
    expect(handler.texts).toEqual(['forged']);
    expect([intake.messagesIn, outlet.messagesOut]).toEqual([1, 1]);
    await outlet.close();
  });

  it('waits at its end for running handlers, and acknowledges them', async () => {
    const session = await ingest();
    const acks = acknowledgements(session);
    const commit = Promise.withResolvers<void>();
    handler.answer = () => commit.promise;
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'last', { qos: 1 });
    await eventually(() => handler.received.length === 1);
    const closed = session.close();
    commit.resolve();
    await closed;
    expect(acks).toHaveLength(1);
  });

  it('connects again only while it may', async () => {
    const session = await ingest();
    session.allow(false);
    await server.stop('SIGKILL');
    server = await startServer('mosquitto', { port: server.port });
    const other = await ingest('other');
    expect(session.isConnected).toBe(false);
    session.allow(true);
    await eventually(() => session.isSubscribed);
    await other.close();
  });

  it('takes all that the broker holds for it before it ends, and is gone then', async () => {
    const share = await ingest('stays');
    const publisher = await client();
    const left = await ingest('left');
    left.allow(false);
    (left.client!.stream as unknown as Socket).destroy();
    await eventually(() => !left.isConnected);
    const sent = Array.from({ length: 3_000 }, (_, i) => String(i));
    await Promise.all(sent.map((text) => publisher.publishAsync(MOUNTED, text, { qos: 1 })));

    const adopted = newSession('left');
    await adopted.leave(AbortSignal.timeout(20_000));
    await adopted.end();
    await eventually(() => new Set(handler.texts).size === sent.length);
    handler.received.length = 0;
    await Promise.all(sent.map((text) => publisher.publishAsync(MOUNTED, text, { qos: 1 })));
    await eventually(() => handler.received.length === sent.length);
    await share.close();
    expect(await sessionIsPresent('left')).toBe(false);
    expect(await sessionIsPresent('stays')).toBe(true);
  });

  it('stays with the broker when there is no time to take everything', async () => {
    const session = await ingest();
    handler.answer = () => new Promise(() => undefined);
    const publisher = await client();
    await publisher.publishAsync(MOUNTED, 'held', { qos: 1 });
    await eventually(() => handler.received.length === 1);
    await expect(session.leave(AbortSignal.timeout(700))).rejects.toThrow('left with messages');
    await session.close(0);
    handler = new FakeMqttHandler();
    await newSession('ingest').leave(AbortSignal.timeout(20_000));
    expect(handler.texts).toEqual(['held']);
  });
});
