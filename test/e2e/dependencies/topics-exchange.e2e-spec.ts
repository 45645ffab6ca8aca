import { ALL_SCOPES, newId, type Member } from '#kernel';
import { isBulk, type BulkPortable, type Portable, type PortableContent } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { adminIn, checked, contentsIn, portableOf } from './portables';
import { referencesIn } from './references';

const MANY = 3_000;

/** Progress. */
const unheard = (): void => undefined;

describe('topics that leave and enter', () => {
  let app: TestApp;
  let token: string;
  let topics: BulkPortable;
  let bindings: Portable;
  let member: Member;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    token = await app.newToken(ALL_SCOPES);
    topics = portableOf(app, 'topic') as BulkPortable;
    bindings = portableOf(app, 'schema-binding');
  });

  beforeEach(async () => ({ member, api } = await newPlace()));

  afterAll(() => app.stop());

  async function newPlace(): Promise<{ member: Member; api: ApiClient }> {
    const id = await app.newOrganization();
    return { member: adminIn(id), api: app.api(token, id) };
  }

  const newTopic = async (topic: string): Promise<string> =>
    (await api.post('/uns/topics', { topic })).body.data.id as string;

  const newModel = async (name: string, type: string, where = api): Promise<string> =>
    (await where.post('/engine/models', { name, fields: [{ name: 'rpm', type }] })).body.data.id as string;

  const idOf = async (path: string): Promise<string> => (await topics.names(member.organizationId)).get(path)!;

  const all = (portable: Portable, { organizationId }: Member) => contentsIn(portable, organizationId);

  const contents = async (portable: Portable, place: Member): Promise<[string, PortableContent][]> =>
    [...(await all(portable, place))].map(([name, { content }]) => [name, content] as [string, PortableContent]).sort();

  /** Everything of one place into another, whose models have the same names. */
  async function carry(portable: Portable, to: Member, models: ReadonlyMap<string, string>): Promise<void> {
    const work = async (): Promise<void> => {
      for (const [name, { content }] of await all(portable, member)) {
        const mapped = portable.mapReferences(content, (_, id) => models.get(id) ?? id);
        await portable.create(to, { id: newId(), name, content: checked(portable, name, mapped) });
      }
    };
    const entities = [...(await all(portable, member))].map(([name, { content }]) => {
      const mapped = portable.mapReferences(content, (_, id) => models.get(id) ?? id);
      return { id: newId(), name, content: checked(portable, name, mapped) };
    });
    if (isBulk(portable)) await portable.createAll(to, entities, unheard);
    else await work();
  }

  it('are the same elsewhere, held to what their models said when they left', async () => {
    const model = await newModel('Motor', 'number');
    const id = await newTopic('mHv1.0/line/speed');
    await api.patch(`/uns/topics/${id}`, { description: 'Speed', tags: ['z', 'a'] });
    await api.put(`/uns/topics/${id}/config`, { retentionDays: 7, deadband: { kind: 'percent', value: 2 } });
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', modelId: model, unit: 'rpm' });
    const rules = { mode: 'lenient', modelId: model };
    await api.post('/uns/schema-bindings', { ...rules, name: 'A / b', filter: 'mHv1.0/+/torque' });
    // The model goes on; whoever was held to it is not.
    await api.patch(`/engine/models/${model}`, { fields: [{ name: 'rpm', type: 'string' }] });

    const there = await newPlace();
    const other = await newModel('Motor', 'string', there.api);
    const models = new Map([[model, other]]);
    await carry(topics, there.member, models);
    await carry(bindings, there.member, models);

    const named = (portable: Portable, list: [string, PortableContent][]) =>
      list.map(([name, content]) => [name, portable.mapReferences(content, (_, ref) => (ref === other ? model : ref))]);
    for (const portable of [topics, bindings]) {
      const [left, came] = [await contents(portable, member), await contents(portable, there.member)];
      expect(left.length).toBeGreaterThan(0);
      expect(named(portable, came)).toEqual(left);
    }
    const arrived = (await there.api.get('/uns/topics/by-path?topic=mHv1.0/line/speed')).body.data;
    expect(arrived).toMatchObject({ description: 'Speed', tags: ['a', 'z'], version: 1 });
    const schema = (await there.api.get(`/uns/topics/${arrived.id}/schema`)).body.data;
    expect(schema).toMatchObject({ mode: 'strict', modelId: other, modelVersion: null, unit: 'rpm' });
    const publish = (value: unknown) =>
      there.api.post('/uns/data/publish', { topic: 'mHv1.0/line/speed', value: { rpm: value } });
    expect([(await publish(5)).status, (await publish('fast')).status]).toEqual([200, 400]);
    expect(await referencesIn(app, there.member.organizationId)).toHaveLength(3);
    const [binding] = (await there.api.get('/uns/schema-bindings')).body.data;
    expect(binding).toMatchObject({ name: 'A / b', modelId: other, modelVersion: null });

    // It stays what it is held to, until another version is asked for.
    await there.api.patch(`/uns/schema-bindings/${binding.id}`, { unit: 'Nm' });
    const kept = await contents(bindings, there.member);
    expect(kept[0]![1]).toMatchObject({ unit: 'Nm', modelSchema: { properties: { rpm: { type: 'number' } } } });
  });

  it('are held to the version that says what came', async () => {
    const model = await newModel('Motor', 'number');
    const id = await newTopic('mHv1.0/a');
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', modelId: model });
    const there = await newPlace();
    await carry(topics, there.member, new Map([[model, await newModel('Motor', 'number', there.api)]]));
    const arrived = (await there.api.get('/uns/topics/by-path?topic=mHv1.0/a')).body.data;
    expect((await there.api.get(`/uns/topics/${arrived.id}/schema`)).body.data.modelVersion).toBe(1);
  });

  it('come by thousands, with one step of what processes remember', async () => {
    const content = checked(topics, 'mHv1.0/a', { tags: ['many'], config: { retentionDays: 3 } });
    const entities = Array.from({ length: MANY }, (_, index) => ({
      id: newId(),
      name: `mHv1.0/hall/line-${index % 50}/sensor-${index}`,
      content,
    }));
    await topics.createAll(member, entities, unheard);
    const names = await topics.names(member.organizationId);
    expect(names.size).toBe(MANY + 51);
    expect(entities.every(({ id, name }) => names.get(name) === id)).toBe(true);
    const { data } = (await api.get('/uns/topics/tree?prefix=mHv1.0/hall')).body;
    expect(data).toHaveLength(50);
    const epochs = await app.database.asSystem((manager) =>
      manager.query<{ sum: string }[]>('SELECT topics + policies AS sum FROM uns_epochs WHERE organization_id = $1', [
        member.organizationId,
      ]),
    );
    expect(epochs).toEqual([{ sum: '2' }]);
    await expect(topics.createAll(member, entities.slice(0, 2), unheard)).rejects.toThrow(
      `Topic ${entities[0]!.name} exists`,
    );
  });

  describe('that are changed', () => {
    it('say so in the trail, each part of them', async () => {
      const id = await newTopic('mHv1.0/a');
      const before = (await all(topics, member)).get('mHv1.0/a')!;
      const content = checked(topics, 'mHv1.0/a', {
        description: 'A',
        config: { onChange: true },
        schema: { mode: 'strict', max: 5 },
      });
      await topics.update(member, { ...before, content });
      const after = (await all(topics, member)).get('mHv1.0/a')!;
      expect(after.content).toEqual(content);
      const actions = async () => {
        const trail = (await api.get(`/audit?entityId=${id}`)).body.data as { action: string }[];
        return trail.map(({ action }) => action).sort();
      };
      const done = ['schema.update', 'topic.configure', 'topic.create', 'topic.update'];
      expect(await actions()).toEqual(done);
      await topics.update(member, after);
      expect(await actions()).toEqual(done);
      expect((await all(topics, member)).get('mHv1.0/a')).toEqual(after);

      await expect(topics.update(member, before)).rejects.toMatchObject({ kind: 'precondition_failed' });
      await topics.update(member, { ...after, content: before.content });
      expect((await all(topics, member)).get('mHv1.0/a')!.content).toEqual(before.content);
    });

    it('have another version after every change of them or their schema', async () => {
      const id = await newTopic('mHv1.0/a');
      const version = async () => (await all(topics, member)).get('mHv1.0/a')!.version;
      const put = () => api.put(`/uns/topics/${id}/schema`, { mode: 'strict', min: 0 });
      const versions = [await version()];
      for (const change of [put, put, () => api.delete(`/uns/topics/${id}/schema`), put]) {
        await change();
        versions.push(await version());
      }
      await api.patch(`/uns/topics/${id}`, { description: 'A' });
      versions.push(await version());
      const [bare, first, second, taken, again, described] = versions;
      // Taken away, it is what it was.
      expect(taken).toBe(bare);
      expect(new Set([bare, first, second, again, described]).size).toBe(5);
    });
  });

  describe('that are taken back', () => {
    it('are gone', async () => {
      await newTopic('mHv1.0/a');
      await topics.delete(member, await idOf('mHv1.0/a'));
      expect((await topics.names(member.organizationId)).size).toBe(0);
      await expect(topics.delete(member, newId())).rejects.toMatchObject({ kind: 'not_found' });
    });

    it('stay without what was said of them, where values came meanwhile or others lie below', async () => {
      const said = checked(topics, 'mHv1.0/a', { description: 'A', schema: { mode: 'strict', min: 0 } });
      await topics.createAll(
        member,
        ['mHv1.0/a', 'mHv1.0/b', 'mHv1.0/b/c'].map((name) => ({ id: newId(), name, content: said })),
        unheard,
      );
      expect((await api.post('/uns/data/publish', { topic: 'mHv1.0/a', value: 1 })).status).toBe(200);
      for (const name of ['mHv1.0/a', 'mHv1.0/b']) await topics.delete(member, await idOf(name));
      const nothing = checked(topics, 'mHv1.0/a', {});
      expect(await contents(topics, member)).toEqual([
        ['mHv1.0/a', nothing],
        ['mHv1.0/b', nothing],
        ['mHv1.0/b/c', said],
      ]);
      expect((await api.get('/uns/data/recent?topic=mHv1.0/a')).body.data).toHaveLength(1);
      // What was made for it holds no longer.
      expect((await api.post('/uns/data/publish', { topic: 'mHv1.0/a', value: -1 })).status).toBe(200);
    });
  });

  it('bindings are changed and taken back', async () => {
    const name = 'Speeds';
    const content = checked(bindings, name, { filter: 'mHv1.0/#', mode: 'strict', min: 0 });
    const id = newId();
    await bindings.create(member, { id, name, content });
    const before = (await all(bindings, member)).get(name)!;
    const changed = checked(bindings, name, { ...content, max: 9 });
    await bindings.update(member, { ...before, name: 'SPEEDS', content: changed });
    expect(await contents(bindings, member)).toEqual([['SPEEDS', changed]]);
    await expect(bindings.update(member, before)).rejects.toMatchObject({ kind: 'precondition_failed' });
    await expect(bindings.create(member, { id: newId(), name: 'speeds', content })).rejects.toMatchObject({
      kind: 'conflict',
    });
    await bindings.delete(member, id);
    expect(await contents(bindings, member)).toEqual([]);
  });
});
