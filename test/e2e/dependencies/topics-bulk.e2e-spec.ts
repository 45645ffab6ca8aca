import { newId, type Member } from '#kernel';
import type { BulkPortable, PortableContent } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { fileOf, imported, itemOf, newPlace, type FileItem } from './exchange';
import { computedGraph, keptGraph } from './kept-graph';
import { adminIn, checked, contentsIn, portableOf } from './portables';

const TYPES = ['topic', 'model', 'schema-binding'];
const RPM = { type: 'object', properties: { rpm: { type: 'number' } } };

/** Progress. */
const unheard = (): void => undefined;

interface Place {
  organizationId: string;
  member: Member;
  api: ApiClient;
  model: string;
}

describe('topics in bulk', () => {
  let app: TestApp;
  let topics: BulkPortable;

  beforeAll(async () => {
    app = await createTestApp();
    topics = portableOf(app, 'topic') as BulkPortable;
  });

  afterAll(() => app.stop());

  async function newPlantPlace(): Promise<Place> {
    const { api, organizationId } = await newPlace(app);
    const fields = [{ name: 'rpm', type: 'number' }];
    const model = (await api.post('/engine/models', { name: 'Motor', fields })).body.data.id as string;
    return { organizationId, member: adminIn(organizationId), api, model };
  }

  const content = (place: Place, given: object): PortableContent => {
    const filled = JSON.stringify(given).replaceAll('mhub://model/Motor', place.model);
    return checked(topics, 'mHv1.0/a', JSON.parse(filled) as PortableContent);
  };

  const rows = <R>(sql: string, { organizationId }: Place): Promise<R[]> =>
    app.database.asSystem((manager) => manager.query<R[]>(sql, [organizationId]));

  /** Without ids and times, which differ in every organization. */
  async function tracesOf(place: Place): Promise<unknown> {
    const named = (text: string) => text.replaceAll(place.model, 'Motor').replaceAll(place.organizationId, 'here');
    const entities = await contentsIn(topics, place.organizationId);
    const ids = new Map([...entities.values()].map(({ id, name }) => [id, name]));
    const trail = await rows(
      `SELECT action, entity_type, entity_name, changes, details FROM audit_entries
       WHERE organization_id = $1 AND action <> 'model.create' ORDER BY entity_name, action, changes::text`,
      place,
    );
    const graph = await keptGraph(app, place.organizationId, TYPES);
    expect(graph).toEqual(await computedGraph(app, place.organizationId, TYPES));
    return JSON.parse(
      named(
        JSON.stringify({
          contents: [...entities.values()].map((one) => [one.name, one.content]).sort(),
          versions: await rows(
            'SELECT path, version, children FROM uns_topics WHERE organization_id = $1 ORDER BY 1',
            place,
          ),
          schemas: (
            await rows<{ topic_id: string; version: number }>(
              'SELECT topic_id, version FROM uns_topic_schemas WHERE organization_id = $1',
              place,
            )
          )
            .map(({ topic_id: id, version }) => [ids.get(id), version])
            .sort(),
          gone: await rows('SELECT count(*)::int AS count FROM uns_removed_topics WHERE organization_id = $1', place),
          trail,
          graph: Object.entries(graph)
            .filter(([node]) => !node.startsWith('schema-binding'))
            .sort(),
        }),
      ),
    );
  }

  const epochs = async (place: Place): Promise<number[]> => {
    const [row] = await rows<{ topics: string; policies: string }>(
      'SELECT topics, policies FROM uns_epochs WHERE organization_id = $1',
      place,
    );
    return [Number(row?.topics ?? 0), Number(row?.policies ?? 0)];
  };

  const MADE: Record<string, object> = {
    'mHv1.0/hall': {},
    'mHv1.0/hall/a': { description: 'A', tags: ['x'], config: { retentionDays: 3 } },
    'mHv1.0/hall/b': { schema: { mode: 'strict', min: 0 } },
    'mHv1.0/hall/c': { schema: { mode: 'strict', modelId: 'mhub://model/Motor', modelSchema: RPM } },
    'mHv1.0/hall/d': { schema: { mode: 'strict', modelId: 'mhub://model/Motor', modelSchema: RPM } },
    'mHv1.0/hall/e/f': { tags: ['deep'] },
  };
  const CHANGED: Record<string, object> = {
    'mHv1.0/hall': {},
    'mHv1.0/hall/a': { description: 'B', config: { onChange: true } },
    'mHv1.0/hall/b': { schema: { mode: 'lenient', modelId: 'mhub://model/Motor', modelSchema: RPM } },
    'mHv1.0/hall/c': { schema: { mode: 'strict', min: 0, max: 5 } },
    'mHv1.0/hall/d': { description: 'free' },
    'mHv1.0/hall/e/f': { tags: ['deep'], schema: { mode: 'off', unit: 'mm' } },
  };

  it('are made, changed and removed as one by one, and counted once', async () => {
    const [atOnce, oneByOne] = [await newPlantPlace(), await newPlantPlace()];
    const made = (place: Place) =>
      Object.entries(MADE).map(([name, given]) => ({ id: newId(), name, content: content(place, given) }));
    // Whichever order they come in.
    await topics.createAll(atOnce.member, made(atOnce).toReversed(), unheard);
    for (const entity of made(oneByOne)) await topics.create(oneByOne.member, entity);
    expect(await tracesOf(atOnce)).toEqual(await tracesOf(oneByOne));
    expect(await epochs(atOnce)).toEqual([1, 1]);

    const changed = async (place: Place) => {
      const known = await contentsIn(topics, place.organizationId);
      return Object.entries(CHANGED).map(([name, given]) => ({ ...known.get(name)!, content: content(place, given) }));
    };
    await topics.updateAll(atOnce.member, await changed(atOnce), unheard);
    for (const entity of await changed(oneByOne)) await topics.update(oneByOne.member, entity);
    expect(await tracesOf(atOnce)).toEqual(await tracesOf(oneByOne));
    expect(await epochs(atOnce)).toEqual([2, 2]);

    for (const { api } of [atOnce, oneByOne]) {
      await api.post('/uns/data/publish', { topic: 'mHv1.0/hall/a', value: 1 });
      await api.post('/uns/schema-bindings', { name: 'All', filter: 'mHv1.0/hall/#', mode: 'off', min: 0 });
    }
    const leaving = async (place: Place) => {
      const known = await topics.names(place.organizationId);
      return Object.keys(MADE).map((name) => ({ id: known.get(name)! }));
    };
    const before = await epochs(atOnce);
    await topics.deleteAll(atOnce.member, await leaving(atOnce), unheard);
    for (const { id } of (await leaving(oneByOne)).toReversed()) await topics.delete(oneByOne.member, id);
    expect(await tracesOf(atOnce)).toEqual(await tracesOf(oneByOne));
    expect(await epochs(atOnce)).toEqual(before.map((count) => count + 1));
    // What has values stays with them, and with it what it lies in; so does what nobody has asked to go.
    expect([...(await topics.names(atOnce.organizationId)).keys()].sort()).toEqual([
      'mHv1.0/hall',
      'mHv1.0/hall/a',
      'mHv1.0/hall/e',
    ]);
    expect((await atOnce.api.get('/uns/data/recent?topic=mHv1.0/hall/a')).body.data).toHaveLength(1);
    expect((await atOnce.api.get('/uns/schema-bindings')).body.data).toMatchObject([{ name: 'All' }]);
  });

  it('go like those that are deleted through the API', async () => {
    const [atOnce, byHand] = [await newPlantPlace(), await newPlantPlace()];
    const paths = ['mHv1.0/x/c', 'mHv1.0/x/d', 'mHv1.0/x'];
    for (const place of [atOnce, byHand]) {
      for (const path of paths.slice(0, 2)) {
        const { id } = (await place.api.post('/uns/topics', { topic: path })).body.data;
        await place.api.put(`/uns/topics/${id}/schema`, { mode: 'strict', modelId: place.model });
      }
    }
    const ids = async ({ organizationId }: Place) => {
      const known = await topics.names(organizationId);
      return paths.map((path) => ({ id: known.get(path)! }));
    };
    await topics.deleteAll(atOnce.member, await ids(atOnce), unheard);
    for (const { id } of await ids(byHand)) {
      expect((await byHand.api.delete(`/uns/topics/${id}`)).status).toBe(204);
    }
    expect(await tracesOf(atOnce)).toEqual(await tracesOf(byHand));
  });

  it('are all refused where one is not as it was seen, or is there already', async () => {
    const place = await newPlantPlace();
    const entities = ['mHv1.0/a', 'mHv1.0/b'].map((name) => ({ id: newId(), name, content: content(place, {}) }));
    await topics.createAll(place.member, entities, unheard);
    const known = [...(await contentsIn(topics, place.organizationId)).values()];
    await place.api.patch(`/uns/topics/${entities[1]!.id}`, { description: 'ours' });
    const before = await tracesOf(place);
    const changes = known.map((one) => ({ ...one, content: content(place, { description: 'theirs' }) }));
    await expect(topics.updateAll(place.member, changes, unheard)).rejects.toMatchObject({
      kind: 'precondition_failed',
    });
    const more = [
      { id: newId(), name: 'mHv1.0/0', content: content(place, {}) },
      { ...entities[0]!, id: newId() },
    ];
    await expect(topics.createAll(place.member, more, unheard)).rejects.toThrow('Topic mHv1.0/a exists');
    const twice = [0, 1].map(() => ({ id: newId(), name: 'mHv1.0/twice', content: content(place, {}) }));
    await expect(topics.createAll(place.member, twice, unheard)).rejects.toMatchObject({ kind: 'conflict' });
    const { id } = entities[0]!;
    await expect(topics.deleteAll(place.member, [{ id }, { id: newId() }], unheard)).rejects.toMatchObject({
      kind: 'not_found',
    });
    await expect(topics.deleteAll(place.member, [{ id, version: 7 }], unheard)).rejects.toMatchObject({
      kind: 'precondition_failed',
    });
    expect(await tracesOf(place)).toEqual(before);
  });

  describe('of an import', () => {
    let place: Place;
    let first: string;
    let second: string;

    const file = (description: string, many: number): FileItem[] =>
      Array.from({ length: many }, (_, n) => {
        const bound = { mode: 'strict', modelId: 'mhub://model/Motor', modelSchema: RPM };
        const schema = n % 10 === 0 ? bound : n % 10 === 1 ? { mode: 'strict', min: n } : null;
        return itemOf('topic', `mHv1.0/line-${n % 7}/sensor-${n}`, { description, schema });
      });

    const undo = (id: string, query = '') => place.api.post(`/dependencies/import/${id}/undo${query}`, {});

    const graphIsRight = async (): Promise<number> => {
      const graph = await keptGraph(app, place.organizationId, TYPES);
      expect(graph).toEqual(await computedGraph(app, place.organizationId, TYPES));
      return Object.keys(graph).length;
    };

    const contents = async () =>
      [...(await contentsIn(topics, place.organizationId)).values()].map((one) => [one.name, one.content]).sort();

    beforeEach(async () => {
      place = await newPlantPlace();
      first = (await imported(place.api, fileOf(...file('old', 400)))).body.data.id;
    });

    it('are made and replaced together, and are all what they were when it is undone', async () => {
      const before = await contents();
      expect(await graphIsRight()).toBe(41);
      // New ones and others that change, by turns.
      const changed = file('new', 600).sort((a, b) => (a.name < b.name ? -1 : 1));
      const done = await imported(place.api, fileOf(...changed));
      expect(done).toMatchObject({ status: 200, body: { data: { counts: { create: 200, update: 400 } } } });
      second = done.body.data.id;
      expect(await graphIsRight()).toBe(61);
      // Once for each import, however much it does.
      expect(await epochs(place)).toEqual([2, 2]);
      expect(await undo(second)).toMatchObject({ status: 200, body: { data: { status: 'undone' } } });
      expect(await graphIsRight()).toBe(41);
      expect(await contents()).toEqual(before);
      expect(await undo(first, '?force=true')).toMatchObject({ status: 200 });
      expect(await graphIsRight()).toBe(1);
      expect((await topics.names(place.organizationId)).size).toBe(7);
    });

    it('keep it from being undone where one was changed since, and from being executed', async () => {
      const id = (await topics.names(place.organizationId)).get('mHv1.0/line-3/sensor-3')!;
      const planned = await place.api.post('/dependencies/import/validate', fileOf(...file('new', 400)));
      await place.api.patch(`/uns/topics/${id}`, { description: 'ours' });
      const stale = [{ type: 'topic', name: 'mHv1.0/line-3/sensor-3', message: 'was changed' }];
      expect(await undo(first)).toMatchObject({ status: 409, body: { details: { changed: stale } } });
      const executed = await place.api.post('/dependencies/import/execute', { planId: planned.body.data.planId });
      expect(executed).toMatchObject({ status: 409, body: { details: { stale } } });
      expect((await topics.names(place.organizationId)).size).toBe(407);
      expect(await undo(first, '?force=true')).toMatchObject({ status: 200 });
      expect((await topics.names(place.organizationId)).size).toBe(7);
    });
  });
});
