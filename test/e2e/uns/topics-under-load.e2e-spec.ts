import { newId } from '#kernel';
import { MaintenanceTasks } from '#platform/queue';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { TopicRegistry } from '../../../libs/uns/src/topics/topic-registry';

const TOPICS = 4;
/** Publishers of each process; each waits for its answer before it goes on. */
const LANES = 3;

interface Sent {
  value: string;
  topic: number;
  /** Counts all that happens: when it was begun and when it was answered. */
  begun: number;
  answered: number;
}

/** Two processes that store values of one branch while something is done to it. */
describe('topics under load', () => {
  let app: TestApp;
  let beside: TestApp;
  let apis: ApiClient[];

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_RATE_LIMIT: '0' } });
  });

  beforeAll(async () => {
    beside = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' }, databaseUrl: app.config.database.url });
    const token = await app.newToken(['uns:read', 'uns:write', 'uns:publish']);
    apis = [app.api(token), beside.api(token)];
  });

  afterAll(async () => {
    await beside.stop();
    await app.stop();
  });

  const idOf = async (topic: string): Promise<string> =>
    (await apis[0]!.get(`/uns/topics/by-path?topic=${topic}`)).body.data.id;

  /** Publishes to the branch's topics from both processes for as long as the work takes, and a little longer. */
  async function whilePublishing(branch: string, work: (now: () => number) => Promise<void>): Promise<Sent[]> {
    let count = 0;
    let isOver = false;
    const sent: Sent[] = [];
    const publish = async (api: ApiClient, topic: number): Promise<void> => {
      const value = newId();
      const begun = ++count;
      const answer = await api.post('/uns/data/publish', { topic: `${branch}/${topic}`, value });
      expect(answer.status).toBe(200);
      sent.push({ value, topic, begun, answered: ++count });
    };
    const lane = async (api: ApiClient, first: number): Promise<void> => {
      for (let i = first; !isOver; i++) await publish(api, i % TOPICS);
    };
    const lanes = apis.flatMap((api) => Array.from({ length: LANES }, (_, first) => lane(api, first)));
    const stored = (atLeast: number) => eventually(() => sent.length >= atLeast);
    await stored(50);
    await work(() => ++count);
    await stored(sent.length + 50);
    isOver = true;
    await Promise.all(lanes);
    return sent;
  }

  /** The values of each of the branch's topics. */
  const read = (branch: string): Promise<string[][]> =>
    Promise.all(
      Array.from({ length: TOPICS }, async (_, topic) => {
        const { status, body } = await apis[1]!.get(`/uns/data/recent?topic=${branch}/${topic}&limit=10000`);
        return status === 200 ? body.data.map(({ value }: { value: string }) => value) : [];
      }),
    );

  it('that are moved lose no value, and mix none up', async () => {
    const base = `mHv1.0/${newId()}`;
    const moves: number[][] = [];
    const sent = await whilePublishing(`${base}/a`, async (now) => {
      for (const [round, api] of [apis[0]!, apis[1]!, apis[0]!].entries()) {
        const begun = now();
        const { status } = await api.post(`/uns/topics/${await idOf(`${base}/a`)}/move`, {
          topic: `${base}/to/${round}`,
        });
        expect(status).toBe(200);
        moves.push([begun, now()]);
        await eventually(async () => (await api.get(`/uns/topics/by-path?topic=${base}/a/0`)).status === 200);
      }
    });
    const branches = [...moves.map((_, round) => `${base}/to/${round}`), `${base}/a`];
    const found = await Promise.all(branches.map(read));
    const places = new Map<string, { round: number; topic: number }>();
    for (const [round, topics] of found.entries()) {
      for (const [topic, values] of topics.entries()) {
        for (const value of values) {
          expect(places.has(value)).toBe(false);
          places.set(value, { round, topic });
        }
      }
    }
    expect(places.size).toBe(sent.length);
    for (const { value, topic, begun, answered } of sent) {
      const place = places.get(value)!;
      expect(place.topic).toBe(topic);
      // What was answered before a move began went with it; what was begun after its answer did not.
      const earliest = moves.filter(([, end]) => end! < begun).length;
      const latest = moves.filter(([start]) => start! < answered).length;
      expect(place.round).toBeGreaterThanOrEqual(earliest);
      expect(place.round).toBeLessThanOrEqual(latest);
    }
  }, 120_000);

  it('that are deleted take with them what was there, and nothing that comes later', async () => {
    const branch = `mHv1.0/${newId()}`;
    let [begun, ended] = [0, 0];
    const sent = await whilePublishing(branch, async (now) => {
      begun = now();
      expect((await apis[0]!.delete(`/uns/topics/${await idOf(branch)}?recursive=true`)).status).toBe(204);
      ended = now();
    });
    const visible = (await read(branch)).map((values) => new Set(values));
    for (const { value, topic, begun: from, answered } of sent) {
      if (answered < begun) expect(visible[topic]!.has(value)).toBe(false);
      if (from > ended) expect(visible[topic]!.has(value)).toBe(true);
    }
    await app.nest.get(MaintenanceTasks, { strict: false }).run('uns.removed-topics');
    const left = await app.database.asSystem((manager) =>
      manager.query<unknown[]>(
        `SELECT id FROM uns_records r WHERE NOT EXISTS (SELECT FROM uns_topics t WHERE t.id = r.topic_id)`,
      ),
    );
    expect(left).toEqual([]);
    expect((await read(branch)).map((values) => new Set(values))).toEqual(visible);
  }, 120_000);

  it('that somebody else has read anew while a batch made some are stored all the same', async () => {
    const [known, fresh] = [`mHv1.0/${newId()}`, `mHv1.0/${newId()}`];
    await apis[0]!.post('/uns/data/publish', { topic: known, value: 1 });
    const registry = app.nest.get(TopicRegistry, { strict: false });
    const ensure = registry.ensure.bind(registry);
    // The process's other writer, which has heard of a change.
    const spy = jest.spyOn(registry, 'ensure').mockImplementationOnce(async (names, epochs) => {
      const made = await ensure(names, epochs);
      const later = new Map([...epochs].map(([id, before]) => [id, { ...before, topics: before.topics + 1 }]));
      await ensure([{ organizationId: app.organizationId, topic: known }], later);
      return made;
    });
    const records = [known, fresh].map((topic) => ({ topic, value: 2 }));
    expect((await apis[0]!.post('/uns/data/publish/batch', { records })).status).toBe(200);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });

  it('that many make at once, below others that are moved and deleted, hang together', async () => {
    const base = `mHv1.0/${newId()}`;
    let isOver = false;
    const make = async (api: ApiClient, lane: number): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        const records = ['x', 'y/z'].map((name) => ({ topic: `${base}/a/${lane}-${i}/${name}`, value: 1 }));
        expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
      }
    };
    const lanes = apis.flatMap((api, process) => [0, 1].map((lane) => make(api, process * 2 + lane)));
    for (let round = 0; round < 6; round++) {
      const id = await eventually(() => idOf(`${base}/a`));
      const api = apis[round % 2]!;
      const { status } = await (round % 3 === 2
        ? api.delete(`/uns/topics/${id}?recursive=true`)
        : api.post(`/uns/topics/${id}/move`, { topic: `${base}/b/${round}` }));
      expect([200, 204]).toContain(status);
    }
    isOver = true;
    await Promise.all(lanes);
    const faults = await app.database.asSystem((manager) =>
      manager.query<unknown[]>(
        `SELECT t.path FROM uns_topics t LEFT JOIN uns_topics p
           ON p.organization_id = t.organization_id AND p.path = t.parent_path
         WHERE (t.parent_path IS NOT NULL AND p.id IS NULL)
           OR t.children <> (SELECT count(*) FROM uns_topics c
                             WHERE c.organization_id = t.organization_id AND c.parent_path = t.path)`,
      ),
    );
    expect(faults).toEqual([]);
  }, 120_000);
});
