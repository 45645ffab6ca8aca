import { newId, type JsonValue } from '#kernel';
import type { Database } from '#platform/database';
import { createTestApp, createTestDatabase, type TestApp, type TestDatabase } from '#testing';
import { countedIds, idsOfKey } from '../../../libs/uns/src/ingest/record-ids';
import {
  accessOf,
  openOtherDatabase,
  prepareOtherDatabase,
} from '../../../libs/uns/src/storage/postgres/other-database';
import { PostgresRecordStore } from '../../../libs/uns/src/storage/postgres/postgres-record-store';
import { idOf, type RecordRow } from '../../../libs/uns/src/storage/record-row';
import type { RecordStore } from '../../../libs/uns/src/storage/record-store';

/** A TimescaleDB to test with, by its owner's address: Debian has none. */
const TIMESCALE = process.env['HUB_TEST_TIMESCALE'];
const KINDS = ['main', 'postgres', ...(TIMESCALE ? ['timescale'] : [])] as const;

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 0, 15, 12);

/** What every storage of records has to do, whatever it is. */
describe.each(KINDS)('records in the storage %s', (kind) => {
  let app: TestApp;
  let other: TestDatabase | undefined;
  let opened: Database | undefined;
  let store: RecordStore;
  let [ours, theirs] = ['', ''];

  beforeAll(async () => {
    app = await createTestApp();
    [ours, theirs] = [await app.newOrganization(), await app.newOrganization()];
    if (kind === 'main') {
      store = new PostgresRecordStore(app.database, app.config);
      return;
    }
    if (kind === 'postgres') other = await createTestDatabase();
    const storage = { kind: kind as 'postgres' | 'timescale', url: other?.url ?? TIMESCALE! };
    await prepareOtherDatabase(storage, app.config, newId());
    opened = await openOtherDatabase(storage, app.config);
    store = new PostgresRecordStore(opened, accessOf(storage, app.config), kind === 'timescale');
  });

  afterAll(async () => {
    await opened?.close();
    await app.stop();
    await other?.drop();
  });

  const nextId = countedIds();

  const row = (topicId: string, timestamp: number, value: JsonValue, more: Partial<RecordRow> = {}): RecordRow => ({
    ...nextId(),
    organizationId: ours,
    topicId,
    timestamp,
    receivedAt: timestamp + 5,
    quality: 'good',
    source: null,
    value,
    document: typeof value === 'number' ? null : JSON.stringify(value),
    reason: null,
    ...more,
  });

  async function append(fresh: RecordRow[], keyed: RecordRow[] = []): Promise<Set<string>> {
    let inserted = new Set<string>();
    const organizations = [...new Set([...fresh, ...keyed].map(({ organizationId }) => organizationId))];
    await store.append(organizations, { fresh, keyed }, (ids) => {
      inserted = ids;
      return Promise.resolve();
    });
    return inserted;
  }

  const ALL = { from: null, to: null, after: null, limit: 10_000 };

  const valuesOf = async (topicId: string, organizationId = ours): Promise<JsonValue[]> =>
    (await store.range(organizationId, topicId, ALL)).map(({ value }) => value);

  it('come back as they went in', async () => {
    const topic = newId();
    const values = [0, -1.5, 1e300, 'text', '', true, null, [1, [2]], { b: 1, a: { c: 'ü' } }];
    const rows = values.map((value, n) => row(topic, NOON + n, value));
    await append([...rows, row(topic, NOON + 100, 7, { quality: 'uncertain', source: 'plc', reason: 'why' })]);
    expect(await valuesOf(topic)).toEqual([...values, 7]);
    const [last] = await store.recent(ours, topic, { from: null, to: null, limit: 1 });
    expect(last).toEqual({
      id: expect.any(String) as string,
      value: 7,
      source: 'plc',
      timestamp: new Date(NOON + 100).toISOString(),
      receivedAt: new Date(NOON + 105).toISOString(),
      quality: 'uncertain',
      reason: 'why',
    });
  });

  it('are there as a whole, or not at all', async () => {
    const topic = newId();
    const fail = (): Promise<void> => Promise.reject(new Error('not now'));
    const rows = { fresh: [row(topic, NOON, 1)], keyed: [row(topic, NOON, 2)] };
    await expect(store.append([ours], rows, fail)).rejects.toThrow('not now');
    expect(await valuesOf(topic)).toEqual([]);
  });

  it('are there once for an id, and it is told which were new', async () => {
    const topic = newId();
    const idAt = idsOfKey(newId());
    const keyed = [0, 1, 2].map((n) => row(topic, NOON + n, n, idAt(n)));
    expect(await append([], keyed.slice(0, 2))).toEqual(new Set(keyed.slice(0, 2).map(idOf)));
    expect(await append([row(topic, NOON + 9, 9)], keyed)).toEqual(new Set([idOf(keyed[2]!)]));
    expect(await valuesOf(topic)).toEqual([0, 1, 2, 9]);
  });

  it('lie in the order of their times, and of their arrival where these are equal', async () => {
    const topic = newId();
    await append([row(topic, NOON, 'b'), row(topic, NOON, 'c'), row(topic, NOON - DAY, 'a')]);
    await append([row(topic, NOON, 'd'), row(topic, NOON + 400 * DAY, 'z'), row(topic, -DAY, 'first')]);
    expect(await valuesOf(topic)).toEqual(['first', 'a', 'b', 'c', 'd', 'z']);
    const [newest] = await store.recent(ours, topic, { from: null, to: new Date(NOON + 1), limit: 1 });
    expect(newest!.value).toBe('d');
  });

  it('are read by stretches, and on from a place', async () => {
    const topic = newId();
    await append(Array.from({ length: 10 }, (_, n) => row(topic, NOON + n, n)));
    const stretch = { from: new Date(NOON + 2), to: new Date(NOON + 8), after: null, limit: 4 };
    const first = await store.range(ours, topic, stretch);
    expect(first.map(({ value }) => value)).toEqual([2, 3, 4, 5]);
    const { timestamp, id } = first.at(-1)!;
    const rest = await store.range(ours, topic, { ...stretch, after: [timestamp, id] });
    expect(rest.map(({ value }) => value)).toEqual([6, 7]);
  });

  it('are summed up by buckets, numbers and fields of objects', async () => {
    const topic = newId();
    await append([0, 1, 2, 3].map((n) => row(topic, NOON + n * 30_000, n)));
    await append([row(topic, NOON + 90_000, { rpm: 10 }), row(topic, NOON + 91_000, 'none')]);
    const request = { milliseconds: 60_000, aggregate: 'avg' as const, field: null };
    expect(await store.buckets(ours, topic, ALL, request)).toEqual([
      { timestamp: new Date(NOON).toISOString(), value: 0.5, count: 2 },
      { timestamp: new Date(NOON + 60_000).toISOString(), value: 2.5, count: 2 },
    ]);
    expect(await store.buckets(ours, topic, ALL, { ...request, aggregate: 'sum', field: ['rpm'] })).toEqual([
      { timestamp: new Date(NOON + 60_000).toISOString(), value: 10, count: 1 },
    ]);
    expect(await store.holdsObjects(ours, topic, ALL)).toBe(true);
    expect(await store.holdsObjects(ours, topic, { ...ALL, to: new Date(NOON + 90_000) })).toBe(false);
  });

  it('are found as the last of many topics', async () => {
    const [a, b, none] = [newId(), newId(), newId()];
    await append([row(a, NOON, 1), row(a, NOON + 1, 2), row(a, NOON + DAY, 3), row(b, NOON, 4)]);
    const last = await store.lastIn(ours, [a, b, none], new Date(NOON - 1), new Date(NOON + 2));
    const found = Object.fromEntries(last.map(({ topicId, value }) => [topicId, value]));
    expect(found).toEqual({ [a]: 2, [b]: 4 });
  });

  it('are counted', async () => {
    const topic = newId();
    const now = NOON + DAY;
    await append([3_000_000, 100_000, 30_000, 1_000, 0].map((ago) => row(topic, now - ago, 1)));
    await append([row(topic, now - 2 * DAY, 1)]);
    expect(await store.counts(ours, topic, new Date(now))).toEqual({
      minute: 3,
      hour: 5,
      day: 5,
      first: new Date(now - 2 * DAY).toISOString(),
    });
  });

  it('are one organization’s, also where another one knows the topic', async () => {
    const topic = newId();
    await append([row(topic, NOON, 'ours'), row(topic, NOON, 'theirs', { organizationId: theirs })]);
    expect(await valuesOf(topic)).toEqual(['ours']);
    expect(await valuesOf(topic, theirs)).toEqual(['theirs']);
    expect(await store.removeOf(theirs, topic, null, 10)).toBe(1);
    expect(await valuesOf(topic)).toEqual(['ours']);
  });

  it('go by age, a few at a time', async () => {
    const [a, b] = [newId(), newId()];
    await append([a, b].flatMap((topic) => Array.from({ length: 6 }, (_, n) => row(topic, NOON + n, n))));
    const ages = [
      { id: a, olderThan: new Date(NOON + 5) },
      { id: b, olderThan: new Date(NOON + 1) },
    ];
    expect(await store.removeOlder(ours, ages, 4)).toBe(5);
    expect(await store.removeOlder(ours, ages, 4)).toBe(1);
    expect(await store.removeOlder(ours, ages, 4)).toBe(0);
    expect([await valuesOf(a), await valuesOf(b)]).toEqual([[5], [1, 2, 3, 4, 5]]);
    expect(await store.removeOf(ours, b, new Date(NOON + 3), 1)).toBe(1);
    expect(await valuesOf(b)).toEqual([2, 3, 4, 5]);
  });

  it('go by whole days', async () => {
    const topic = newId();
    await store.prepare();
    const today = Date.now();
    await append([row(topic, today - 500 * DAY, 'old'), row(topic, today, 'new')]);
    await store.dropOlder(new Date(today - 400 * DAY));
    expect(await valuesOf(topic)).toEqual(['new']);
  });
});
