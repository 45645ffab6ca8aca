import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { conflict, type DomainError, filterMatches, filterPattern, newId, topicProblem, type JsonValue } from '#kernel';
import { asOwner, Database, serviceDataSource } from '#platform/database';
import { createTestApp, type TestApp } from '#testing';
import { RecordWriter } from '../../../libs/uns/src/ingest/record-writer';
import type { RecordInput } from '../../../libs/uns/src/record';

type Sources = ConstructorParameters<typeof Database>;

/** Characters of three bytes that cannot be packed any tighter. */
const scribble = (length: number): string =>
  String.fromCodePoint(...Array.from({ length }, () => 0x4e00 + Math.floor(Math.random() * 20_000)));

describe('the database', () => {
  let app: TestApp;
  let database: Database;
  let writer: RecordWriter;
  let ours: string;
  let theirs: string;

  beforeAll(async () => {
    app = await createTestApp();
    database = app.database;
    writer = app.nest.get(RecordWriter, { strict: false });
    [ours, theirs] = [await app.newOrganization(), await app.newOrganization()];
  });

  afterAll(() => app.stop());

  const record = (topic: string, value: JsonValue = 1): RecordInput => ({
    topic,
    value,
    source: null,
    timestamp: null,
    quality: 'good',
  });

  const newTopic = (): string => `mHv1.0/writer/${newId()}`;

  const stored = (organization: string, topic: string): Promise<{ number: number | null; value: unknown }[]> =>
    database.inOrganization(organization, (manager) =>
      manager.query(
        `SELECT number, value FROM uns_records JOIN uns_topics t ON t.id = topic_id WHERE t.path = $1 ORDER BY uns_records.id`,
        [topic],
      ),
    );

  /** Cuts a connection off, as a restart of the server does, and waits until it is. */
  async function terminate(pid: number): Promise<void> {
    const superuser = new Client({ connectionString: process.env['HUB_TEST_POSTGRES'] });
    await superuser.connect();
    await superuser.query('SELECT pg_terminate_backend($1, 20000)', [pid]);
    await superuser.end();
  }

  const sessionOf = async (work: Pick<Client, 'query'>): Promise<number> =>
    (await work.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;

  describe('a transaction', () => {
    it('is joined by calls for the same organization, and undone with all of them', async () => {
      const topic = newTopic();
      const insert = (path: string): Promise<unknown> =>
        database.inOrganization(ours, (manager) =>
          manager.query('INSERT INTO uns_topics (id, organization_id, path, name) VALUES ($1, $2, $3, $3)', [
            newId(),
            ours,
            path,
          ]),
        );
      const work = database.inOrganization(ours, async () => {
        await insert(topic);
        throw new Error('undo');
      });
      await expect(work).rejects.toThrow('undo');
      const rows = await database.inOrganization(ours, (manager) =>
        manager.query<unknown[]>('SELECT 1 FROM uns_topics WHERE path = $1', [topic]),
      );
      expect(rows).toEqual([]);
    });

    it('cannot reach another organization, or the whole instance, from inside', async () => {
      const inside = <T>(work: () => Promise<T>): Promise<T> => database.inOrganization(ours, work);
      const nothing = (): Promise<void> => Promise.resolve();
      await expect(inside(() => database.inOrganization(theirs, nothing))).rejects.toThrow(/cannot change/);
      await expect(inside(() => database.inOrganizations([ours, theirs], nothing))).rejects.toThrow(/cannot change/);
      await expect(inside(() => database.asSystem(nothing))).rejects.toThrow(/cannot change/);
      await expect(database.asSystem(() => database.inOrganization(ours, nothing))).rejects.toThrow(/cannot change/);
      await expect(
        database.inOrganizations([ours, theirs], () => database.inOrganization(theirs, nothing)),
      ).resolves.toBeUndefined();
    });

    it('leaves its organization nowhere: the next one on the same connection sees nothing', async () => {
      await writer.append(ours, [record(newTopic())]);
      for (let i = 0; i < 20; i++) {
        expect(
          await database.inOrganization(ours, (manager) => manager.query('SELECT 1 FROM uns_topics LIMIT 1')),
        ).not.toEqual([]);
        const others = database.inOrganizations([], (manager) => manager.query('SELECT 1 FROM uns_topics LIMIT 1'));
        expect(await others).toEqual([]);
      }
    });

    it('is an outage for callers when its connection is lost, and the next one works', async () => {
      const work = database.inOrganization(ours, async (manager) => {
        const [{ pid }] = await manager.query<[{ pid: number }]>('SELECT pg_backend_pid() AS pid');
        await terminate(pid);
        await manager.query('SELECT 1');
      });
      await expect(work).rejects.toMatchObject({ kind: 'unavailable' } satisfies Partial<DomainError>);
      await expect(database.ping()).resolves.toBeUndefined();
    });
  });

  it('the owner’s work fails without ending the process when its connection is lost', async () => {
    const work = asOwner(app.config, async (owner) => {
      await terminate(await sessionOf(owner));
      await owner.query('SELECT 1');
    });
    await expect(work).rejects.toThrow(/terminat|connection error/i);
    // A lost connection also shows as an event of its own, a turn later.
    await setImmediate();
  });

  it('is away for whoever asks one that was closed meanwhile, for another', async () => {
    const none = { entities: [], migrations: [] };
    const sources = (['app', 'system'] as const).map((role) => serviceDataSource(app.config, none, role, 1));
    const closed = new Database(...((await Promise.all(sources.map((source) => source.initialize()))) as Sources));
    await closed.close();
    await expect(closed.inOrganization(ours, () => Promise.resolve())).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is not away because a refusal quotes what another server has said', async () => {
    const work = database.inOrganization(ours, () => Promise.reject(conflict('Connection terminated unexpectedly')));
    await expect(work).rejects.toMatchObject({ kind: 'conflict' });
  });

  describe('the record writer', () => {
    it('keeps the order of one caller, and every kind of value', async () => {
      const topic = newTopic();
      const values: JsonValue[] = [1, null, 'text', true, [1, { a: null }], { b: 1, a: 2 }, -1.5e-300];
      await writer.append(
        ours,
        values.map((value) => record(topic, value)),
      );
      const rows = await stored(ours, topic);
      expect(rows.map(({ number, value }) => number ?? value)).toEqual(values);
    });

    it('commits on its own, whatever becomes of the transaction it is called in', async () => {
      const topic = newTopic();
      const work = database.inOrganization(ours, async () => {
        await writer.append(ours, [record(topic)]);
        throw new Error('undo');
      });
      await expect(work).rejects.toThrow('undo');
      expect(await stored(ours, topic)).toHaveLength(1);
    });

    it('writes for others while one caller has a transaction open', async () => {
      const [topic, other] = [newTopic(), newTopic()];
      await database.inOrganization(ours, async () => {
        await Promise.all([writer.append(ours, [record(topic)]), writer.append(theirs, [record(other)])]);
      });
      expect(await stored(ours, topic)).toHaveLength(1);
      expect(await stored(theirs, other)).toHaveLength(1);
      expect(await stored(ours, other)).toEqual([]);
    });

    it.each<[string, (topic: string) => RecordInput]>([
      ['a value the server refuses', (topic) => ({ ...record(topic), source: '\0' })],
      ['a topic too long for its index', () => record(`mHv1.0/${newId()}/${scribble(1_000)}`)],
    ])('refuses %s without refusing what was gathered with it', async (_, poison) => {
      const topics = Array.from({ length: 20 }, newTopic);
      const good = topics.map((topic) => writer.append(theirs, [record(topic)]));
      const bad = writer.append(ours, [poison(newTopic())]);
      const more = topics.map((topic) => writer.append(theirs, [record(topic)]));
      await expect(bad).rejects.toThrow();
      await Promise.all([...good, ...more]);
      expect((await Promise.all(topics.map((topic) => stored(theirs, topic)))).map((rows) => rows.length)).toEqual(
        topics.map(() => 2),
      );
    });

    it('refuses a value that is no JSON alone, before it is gathered', async () => {
      const topic = newTopic();
      const good = writer.append(theirs, [record(topic)]);
      await expect(writer.append(ours, [record(topic, { a: 1n } as unknown as JsonValue)])).rejects.toThrow(TypeError);
      await good;
      expect(await stored(theirs, topic)).toHaveLength(1);
    });

    it('stores large documents that together are more than one message can hold', async () => {
      const topic = newTopic();
      const document = 'x'.repeat(9 * 1024 * 1024);
      await Promise.all(Array.from({ length: 6 }, () => writer.append(ours, [record(topic, document)])));
      expect(await stored(ours, topic)).toHaveLength(6);
    });

    it('stores the longest topics there are', async () => {
      const levels = Array.from({ length: 8 }, () => scribble(100));
      const topic = `mHv1.0/${newId()}/${levels.join('/')}`;
      expect([topicProblem(topic), Buffer.byteLength(topic) > 2_400]).toEqual([undefined, true]);
      await writer.append(ours, [record(topic)]);
      expect(await stored(ours, topic)).toHaveLength(1);
    });
  });

  it('selects topics by a filter’s pattern as MQTT does', async () => {
    const level = fc.constantFrom(
      'a',
      'ab',
      'a.b',
      'a*',
      '(a|b)',
      '[a]',
      'a{1}',
      '^a',
      'a$',
      '\\d',
      '***',
      'a\nb',
      'ä😀',
      '?',
    );
    const topics = fc.array(
      fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/')),
      { minLength: 1 },
    );
    const filter = fc
      .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/#'))
      .map(([levels, end]) => levels.join('/') + end);
    await fc.assert(
      fc.asyncProperty(filter, topics, async (by, all) => {
        const rows = await database.asSystem((manager) =>
          manager.query<{ topic: string }[]>(
            'SELECT topic FROM unnest($1::text[]) WITH ORDINALITY AS t (topic, n) WHERE topic ~ $2 ORDER BY n',
            [all, filterPattern(by)],
          ),
        );
        expect(rows.map(({ topic }) => topic)).toEqual(all.filter((topic) => filterMatches(by, topic)));
      }),
    );
  });
});
