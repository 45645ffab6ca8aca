import { Subscription, type SubscriptionOptions } from './durable';
import { Message, type MessageParts } from './message';
import type { Session } from './session';
import { SessionStore } from './session-store';

const DAY = 86_400;

const message = (topic: string, more: Partial<MessageParts> = {}): Message =>
  new Message({ topic, payload: Buffer.from('1'), qos: 1, retain: false, ...more });

let store: SessionStore;

beforeEach(() => {
  store = new SessionStore();
});

const subscribe = (session: Session, name: string, options: Partial<SubscriptionOptions> = {}) =>
  store.subscribe(
    new Subscription(session, name, {
      qos: 1,
      noLocal: false,
      retainAsPublished: false,
      identifier: undefined,
      ...options,
    }),
  );

/** A session whose client is away. */
function away(clientId: string, name: string, options?: Partial<SubscriptionOptions>): Session {
  const session = store.open(clientId, DAY, {});
  subscribe(session, name, options);
  store.leave(session, DAY);
  return session;
}

const topics = ({ queue }: Session): string[] => queue.all().map((entry) => entry.message!.topic);

describe('a session whose client is away', () => {
  it('keeps the newest 1,000 messages', () => {
    const session = away('org/plc', 'org/#');
    for (let i = 0; i < 1_500; i++) void store.route(message(`org/${i}`));
    expect(topics(session)).toHaveLength(1_000);
    expect(topics(session)[0]).toBe('org/500');
  });

  it('keeps no more than 4 MiB', () => {
    const session = away('org/plc', 'org/#');
    for (let i = 0; i < 10; i++) void store.route(message(`org/${i}`, { payload: Buffer.alloc(1024 * 1024) }));
    expect(topics(session)).toEqual(['org/7', 'org/8', 'org/9']);
  });

  it('takes a message once for several filters, with the highest QoS and all identifiers', () => {
    const session = store.open('org/plc', DAY, {});
    subscribe(session, 'org/#', { identifier: 7 });
    subscribe(session, 'org/a', { qos: 2, identifier: 8 });
    void store.route(message('org/a', { qos: 2 }));
    const [entry, ...others] = session.queue.all();
    expect(others).toEqual([]);
    expect(entry!.receipt).toMatchObject({ qos: 2, identifiers: [7, 8] });
  });

  it('takes none of its own where it does not want them', () => {
    const session = away('org/plc', 'org/#', { noLocal: true });
    void store.route(message('org/a'), 'org/plc');
    expect(topics(session)).toEqual([]);
    void store.route(message('org/a'), 'org/other');
    expect(topics(session)).toEqual(['org/a']);
  });

  it('ends when its time is over, and its messages with it', () => {
    const session = away('org/plc', 'org/#');
    void store.route(message('org/a'));
    store.expire(Date.now() + 2 * DAY * 1000);
    expect([store.hasLastingSessions, session.gone, session.queue.all()]).toEqual([false, true, []]);
    expect(store.route(message('org/a'))).toBeUndefined();
  });

  it('loses what its client has no right to any more', () => {
    const session = away('org/plc', 'org/#');
    subscribe(session, 'org/a/#');
    void store.route(message('org/a/1'));
    void store.route(message('org/b/1'));
    store.narrow(session, (filter) => filter.startsWith('org/a/'));
    expect([...session.subscriptions.keys()]).toEqual(['org/a/#']);
    expect(topics(session)).toEqual(['org/a/1']);
  });
});

describe('a message in flight', () => {
  it('is sent again, as a repetition under the same id, until it is acknowledged', async () => {
    const session = away('org/plc', 'org/#');
    void store.route(message('org/a'));
    const entry = session.queue.peek()!;
    session.queue.markSent(entry);
    expect([session.queue.peek(), session.queue.inFlight]).toEqual([undefined, 1]);
    store.open('org/plc', DAY, {});
    expect(session.queue.peek()).toBe(entry);
    expect(entry.dup).toBe(true);
    session.queue.markSent(entry);
    await store.outgoingClearMessageId({ id: 'org/plc' }, { messageId: entry.packetId } as never);
    expect([session.queue.all(), entry.kept!.gone]).toEqual([[], true]);
  });

  it('of QoS 2 goes on with its PUBREL', async () => {
    const session = away('org/plc', 'org/#', { qos: 2 });
    void store.route(message('org/a', { qos: 2 }));
    const [entry] = session.queue.all();
    session.queue.markSent(entry!);
    await store.outgoingUpdate({ id: 'org/plc' }, { cmd: 'pubrel', messageId: entry!.packetId });
    store.open('org/plc', DAY, {});
    expect(session.queue.peek()).toBeUndefined();
    expect(await store.outgoingStream({ id: 'org/plc' }).toArray()).toEqual([
      { cmd: 'pubrel', messageId: entry!.packetId },
    ]);
  });

  it('is one of at most 65,535', () => {
    const session = store.open('org/passing', 0, {});
    for (let i = 0; i < 65_535; i++) session.queue.add(session, message('org/a'), receipt);
    expect(session.queue.add(session, message('org/a'), receipt)).toBeUndefined();
    expect(new Set(session.queue.all().map(({ packetId }) => packetId)).size).toBe(65_535);
  });

  const receipt = { qos: 1 as const, retain: false, identifiers: undefined };
});

it('ends the oldest idle session of an organization when there are too many', () => {
  const connected = store.open('org/connected', DAY, {});
  const idle = away('org/idle', 'org/x');
  const other = away('other/idle', 'other/x');
  for (let i = 0; i < 999; i++) away(`org/${i}`, 'org/y');
  expect([connected.gone, idle.gone, other.gone]).toEqual([false, true, false]);
});

it('gives what is shared to one of those who are connected, in turn', () => {
  const members = ['org/1', 'org/2', 'org/3'].map((id) => store.open(id, DAY, {}));
  for (const member of members) subscribe(member, '$share/g/org/#');
  const away = members.pop()!;
  for (const { queue } of members) expect(queue.all()).toEqual([]);
  members.forEach((member) => (member.delivery = { pump: () => undefined, end: () => undefined } as never));
  for (let i = 0; i < 10; i++) void store.route(message('org/a'));
  expect(members.map(topics).map(({ length }) => length)).toEqual([5, 5]);
  expect(topics(away)).toEqual([]);
  members.forEach((member) => store.leave(member, DAY));
  for (let i = 0; i < 3; i++) void store.route(message('org/a'));
  expect([...members, away].map(topics).map(({ length }) => length)).toEqual([6, 6, 1]);
  for (const member of [...members, away]) store.end(member);
  expect(store.route(message('org/a'))).toBeUndefined();
});

it('holds a bounded number of received QoS 2 ids for each client', () => {
  for (let id = 1; id <= 1_500; id++) void store.received.add('org/plc', id, undefined);
  expect(store.received.has('org/plc', 1)).toBe(false);
  expect(store.received.has('org/plc', 1_500)).toBe(true);
  expect(store.received.has('org/other', 1_500)).toBe(false);
});

describe('retained messages', () => {
  const found = (filter: string) => [...store.retained.select(filter)].map(({ topic }) => topic);

  it('are found by topic and by filter within their organization', () => {
    for (const topic of ['org/a/b', 'org/c', 'other/a/b']) void store.retained.store(message(topic, { retain: true }));
    expect(found('org/#')).toEqual(['org/a/b', 'org/c']);
    expect(found('org/a/b')).toEqual(['org/a/b']);
    expect(found('nobody/#')).toEqual([]);
    void store.retained.store(message('org/c', { retain: true, payload: Buffer.alloc(0) }));
    expect(found('org/#')).toEqual(['org/a/b']);
  });

  it('take 64 MiB for each organization, and others go on', () => {
    const payload = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 70; i++) void store.retained.store(message(`org/${i}`, { retain: true, payload }));
    void store.retained.store(message('org/0', { retain: true, payload }));
    void store.retained.store(message('other/0', { retain: true, payload }));
    expect([...found('org/#'), ...found('other/#')]).toHaveLength(65);
  });

  it('end with their lifetime', () => {
    void store.retained.store(message('org/a', { retain: true, expiresAt: Date.now() - 1 }));
    expect(found('org/#')).toEqual([]);
  });
});
