import type { BrokerPacket } from './aedes-internals';
import { SessionStore } from './session-store';

const client = { id: 'org/plc' };

let counter = 0;
const packet = (topic: string, more: Partial<BrokerPacket> = {}): BrokerPacket => ({
  cmd: 'publish',
  brokerId: 'broker',
  brokerCounter: ++counter,
  topic,
  payload: Buffer.from('1'),
  qos: 1,
  retain: false,
  dup: false,
  ...more,
});

async function queued(store: SessionStore, { id } = client): Promise<BrokerPacket[]> {
  return (await store.outgoingStream({ id }).toArray()) as BrokerPacket[];
}

let store: SessionStore;

beforeEach(() => {
  store = new SessionStore(
    (clientId) => clientId === 'org/connected',
    () => true,
  );
});

describe('the queue of a session', () => {
  beforeEach(() => store.addSubscriptions(client, [{ topic: 'org/#', qos: 1 }]));

  it('keeps the newest 1,000 messages', async () => {
    for (let i = 0; i < 1_500; i++) store.enqueue(packet(`org/${i}`));
    const messages = await queued(store);
    expect(messages).toHaveLength(1_000);
    expect(messages[0]!.topic).toBe('org/500');
  });

  it('keeps no more than 4 MiB', async () => {
    for (let i = 0; i < 10; i++) store.enqueue(packet(`org/${i}`, { payload: Buffer.alloc(1024 * 1024) }));
    expect((await queued(store)).map(({ topic }) => topic)).toEqual(['org/6', 'org/7', 'org/8', 'org/9']);
  });

  it('gives a message up when it is acknowledged, also when ids are used again', async () => {
    const [first, second] = [packet('org/a'), packet('org/b')];
    store.enqueue(first);
    store.enqueue(second);
    await store.outgoingUpdate(client, { ...first, messageId: 5 });
    expect(await store.outgoingClearMessageId(client, { ...first, messageId: 5 })).toMatchObject({ topic: 'org/a' });
    await store.outgoingUpdate(client, { ...second, messageId: 5 });
    expect(await store.outgoingClearMessageId(client, { ...second, messageId: 5 })).toMatchObject({ topic: 'org/b' });
    expect(await store.outgoingClearMessageId(client, { ...second, messageId: 5 })).toBeUndefined();
    expect(await queued(store)).toEqual([]);
  });

  it('marks what was sent before as a repetition, and goes on with the PUBREL of a QoS 2 message', async () => {
    const message = packet('org/a');
    store.enqueue(message);
    await store.outgoingUpdate(client, { ...message, messageId: 5 });
    expect((await queued(store))[0]).toMatchObject({ messageId: 5, dup: true });
    await store.outgoingUpdate(client, { cmd: 'pubrel', messageId: 5 } as unknown as BrokerPacket);
    expect((await queued(store))[0]).toMatchObject({ cmd: 'pubrel', messageId: 5 });
  });

  it('takes a message once for several filters, and none of its own where it does not want them', async () => {
    await store.addSubscriptions(client, [{ topic: 'org/a', qos: 2 }]);
    store.enqueue(packet('org/a', { qos: 2 }));
    expect(await queued(store)).toMatchObject([{ topic: 'org/a', qos: 2 }]);
    const silent = { id: 'org/silent' };
    await store.addSubscriptions(silent, [{ topic: 'org/#', qos: 1, nl: true }]);
    store.enqueue(packet('org/a', { clientId: 'org/silent' }));
    expect(await queued(store, silent)).toEqual([]);
  });

  it('ends with the session', async () => {
    store.enqueue(packet('org/a'));
    await store.cleanSubscriptions(client);
    expect(store.hasSessions).toBe(false);
    expect(await queued(store)).toEqual([]);
  });
});

it('ends the oldest idle session of an organization when there are too many', async () => {
  for (const id of ['org/connected', 'org/idle', 'other/idle']) {
    await store.addSubscriptions({ id }, [{ topic: `${id}/x`, qos: 1 }]);
  }
  for (let i = 0; i < 999; i++) await store.addSubscriptions({ id: `org/${i}` }, [{ topic: 'org/y', qos: 1 }]);
  expect(await store.subscriptionsByClient({ id: 'org/idle' })).toEqual([]);
  expect(await store.subscriptionsByClient({ id: 'org/connected' })).toHaveLength(1);
  expect(await store.subscriptionsByClient({ id: 'other/idle' })).toHaveLength(1);
});

it('holds a bounded number of received QoS 2 ids for each client', () => {
  for (let id = 1; id <= 1_500; id++) store.addReceived('org/plc', id);
  expect(store.hasReceived('org/plc', 1)).toBe(false);
  expect(store.hasReceived('org/plc', 1_500)).toBe(true);
  expect(store.hasReceived('org/other', 1_500)).toBe(false);
});

describe('retained messages', () => {
  it('are found by topic and by filter within their organization', () => {
    store.retained.store(packet('org/a/b', { retain: true }));
    store.retained.store(packet('org/c', { retain: true }));
    store.retained.store(packet('other/a/b', { retain: true }));
    const found = (filter: string) => [...store.retained.select([filter])].map(({ topic }) => topic);
    expect(found('org/#')).toEqual(['org/a/b', 'org/c']);
    expect(found('org/a/b')).toEqual(['org/a/b']);
    expect(found('nobody/#')).toEqual([]);
    store.retained.store(packet('org/c', { retain: true, payload: Buffer.alloc(0) }));
    expect(found('org/#')).toEqual(['org/a/b']);
  });

  it('take 64 MiB for each organization, and others go on', () => {
    const mebibyte = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 70; i++) store.retained.store(packet(`org/${i}`, { retain: true, payload: mebibyte }));
    store.retained.store(packet('org/0', { retain: true, payload: mebibyte }));
    store.retained.store(packet('other/0', { retain: true, payload: mebibyte }));
    expect([...store.retained.select(['org/#', 'other/#'])]).toHaveLength(65);
  });
});
