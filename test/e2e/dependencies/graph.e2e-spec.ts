import { ALL_SCOPES, newId } from '#kernel';
import { DependencyIndex, type Contribution, type Reference, type ReferenceKind } from '#platform/dependencies';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { tags } from './plant-module';

const MODULES = './test/e2e/dependencies/plant-module.ts';

const refer = (type: string, key: string, kind: ReferenceKind = 'uses', via = 'place'): Reference => ({
  kind,
  type,
  key,
  via,
});

describe('the graph of dependencies', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp({ settings: { HUB_MODULES: MODULES } })));
  beforeEach(async () => {
    organizationId = await app.newOrganization();
    api = app.api(await app.newToken(ALL_SCOPES), organizationId);
  });
  afterEach(() => tags.clear());
  afterAll(() => app.stop());

  /** Puts a recipe into the graph; gives its id. */
  const recipe = async (name: string, ...references: Reference[]): Promise<string> => {
    const id = newId();
    const contribution: Contribution = { entity: { type: 'recipe', key: id, id, name }, references };
    await app.nest.get(DependencyIndex, { strict: false }).keep(organizationId, [contribution]);
    return id;
  };
  const tag = (path: string): string => {
    const id = newId();
    tags.set(path, id);
    return id;
  };
  const get = async (path: string) => {
    const answer = await api.get(`/dependencies/graph${path}`);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.data;
  };

  it('is compressed when it is large and asked for again', async () => {
    for (const name of ['a', 'b']) {
      await recipe(name, ...Array.from({ length: 300 }, (_, n) => refer('tag', `${name.repeat(100)}/${n}`)));
    }
    const first = await api.get('/dependencies/graph');
    expect(first.headers.get('content-encoding')).toBeNull();
    const packed = await eventually(async () => {
      const again = await api.get('/dependencies/graph');
      return again.headers.get('content-encoding') === 'gzip' && again;
    });
    expect(packed.body).toEqual(first.body);
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(first.text.length / 4);
    const plain = await api.get('/dependencies/graph', { 'Accept-Encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.text).toBe(first.text);
    for (const { headers } of [first, packed, plain]) {
      const again = await api.get('/dependencies/graph', { 'If-None-Match': headers.get('etag')! });
      expect(again.status).toBe(304);
    }
  });

  it('tells all nodes, edges, and references that lead nowhere', async () => {
    const speed = tag('plant/speed');
    const none = newId();
    const base = await recipe('Base', refer('tag', 'plant/speed'), refer('tag', 'plant/flow', 'uses', 'other'));
    const other = await recipe(
      'Other',
      refer('recipe', base),
      refer('recipe', none),
      refer('tag', 'plant/+', 'matches'),
    );
    const path = (name: string, id: string | null) => ({
      key: `tag:plant/${name}`,
      type: 'tag',
      id,
      name: `plant/${name}`,
      exists: id !== null,
      pattern: false,
    });
    const entity = { type: 'recipe', exists: true, pattern: false };
    const { nodes, edges, unresolved, ...rest } = await get('');
    expect(rest).toEqual({ revision: expect.any(Number), truncated: false });
    expect(nodes).toEqual([
      { ...entity, key: `recipe:${base}`, id: base, name: 'Base' },
      { ...entity, key: `recipe:${other}`, id: other, name: 'Other' },
      { key: 'tag:plant/+', type: 'tag', id: null, name: 'plant/+', exists: true, pattern: true },
      path('flow', null),
      path('speed', speed),
    ]);
    expect(edges).toHaveLength(6);
    expect(edges).toEqual(
      expect.arrayContaining([
        { source: `recipe:${base}`, target: 'tag:plant/flow', kind: 'uses', via: ['other'] },
        { source: `recipe:${other}`, target: `recipe:${base}`, kind: 'uses', via: ['place'] },
        { source: `recipe:${other}`, target: 'tag:plant/+', kind: 'matches', via: ['place'] },
        { source: 'tag:plant/+', target: 'tag:plant/flow', kind: 'matches', via: [] },
      ]),
    );
    expect(unresolved).toEqual([{ source: `recipe:${other}`, type: 'recipe', key: none, via: ['place'] }]);
  });

  it('is answered by a tag, which changes with what it tells', async () => {
    await recipe('Base', refer('tag', 'plant/speed'));
    const first = await api.get('/dependencies/graph');
    const etag = first.headers.get('etag')!;
    const again = () => api.get('/dependencies/graph', { 'If-None-Match': etag });
    expect(first.headers.get('vary')).toContain('Accept');
    expect(await again()).toMatchObject({ status: 304, text: '' });
    expect((await api.get('/dependencies/graph', { 'If-None-Match': etag, Accept: 'text/vnd.mermaid' })).status).toBe(
      200,
    );
    tag('plant/speed');
    const existing = await again();
    expect(existing.body.data.nodes).toContainEqual(expect.objectContaining({ name: 'plant/speed', exists: true }));
    await recipe('Other');
    expect((await api.get('/dependencies/graph', { 'If-None-Match': existing.headers.get('etag')! })).status).toBe(200);
  });

  it('lies around a root, by type and id or path', async () => {
    const id = tag('plant/speed');
    const base = await recipe('Base', refer('tag', 'plant/speed'));
    await recipe('Far', refer('recipe', base));
    await recipe('Filter', refer('tag', '#', 'matches'));
    await recipe('Alone');
    const names = async (query: string) =>
      (await get(`?${query}`)).nodes.map(({ name }: { name: string }) => name).toSorted();
    expect(await names(`root=recipe:${base}`)).toEqual(['Base', 'Far', 'plant/speed']);
    expect(await names(`root=recipe:${base}&direction=dependents`)).toEqual(['Base', 'Far']);
    const around = ['#', 'Base', 'Filter', 'plant/speed'];
    expect(await names('root=tag:plant/speed&depth=1')).toEqual(around);
    expect(await names(`root=tag:${id}&depth=1`)).toEqual(around);
  });

  it('knows who would see values of a path that nobody names', async () => {
    const id = tag('plant/new/one');
    const filter = await recipe('Filter', refer('tag', 'plant/+/#', 'matches', 'filter'));
    await recipe('Far', refer('recipe', filter));
    const { entity, entities, truncated } = await get(`/tag/${encodeURIComponent('plant/new/one')}/dependents`);
    expect(entity).toEqual({ key: 'tag:plant/new/one', type: 'tag', id, name: 'plant/new/one' });
    expect(entities).toMatchObject([
      {
        type: 'recipe',
        id: filter,
        name: 'Filter',
        kind: 'matches',
        distance: 1,
        via: ['filter'],
        path: ['tag:plant/new/one', 'tag:plant/+/#', `recipe:${filter}`],
      },
      { name: 'Far', distance: 2 },
    ]);
    expect(truncated).toBe(false);
    expect((await get(`/tag/${id}/dependents?depth=1`)).entities).toHaveLength(1);
  });

  it('tells what an entity depends on', async () => {
    const base = await recipe('Base', refer('tag', 'plant/speed', 'uses', 'steps[0]'));
    const far = await recipe('Far', refer('recipe', base));
    expect((await get(`/recipe/${far}/dependencies`)).entities).toEqual([
      expect.objectContaining({ name: 'Base', distance: 1, kind: 'uses', path: [`recipe:${far}`, `recipe:${base}`] }),
      expect.objectContaining({ name: 'plant/speed', id: null, distance: 2, via: ['steps[0]'] }),
    ]);
  });

  it('tells what would break, and what is affected', async () => {
    const base = await recipe('Base');
    const user = await recipe('User', refer('recipe', base));
    const far = await recipe('Far', refer('recipe', user));
    const keys = [base, user, far].map((id) => `recipe:${id}`);
    expect(await get(`/recipe/${base}/impact?action=delete`)).toEqual({
      entity: { key: keys[0], type: 'recipe', id: base, name: 'Base' },
      action: 'delete',
      safe: false,
      affected: [
        {
          key: keys[1],
          type: 'recipe',
          id: user,
          name: 'User',
          effect: 'breaks',
          distance: 1,
          paths: [keys.slice(0, 2)],
        },
        { key: keys[2], type: 'recipe', id: far, name: 'Far', effect: 'affected', distance: 2, paths: [keys] },
      ],
      totals: { breaks: 1, affected: 1 },
      truncated: false,
    });
    expect(await get(`/recipe/${base}/impact?action=change`)).toMatchObject({ safe: true, totals: { affected: 2 } });
    expect(await get(`/recipe/${far}/impact`)).toMatchObject({ action: 'delete', safe: true, affected: [] });
  });

  it('tells at most a thousand, and counts all', async () => {
    const base = await recipe('Base');
    const users = Array.from({ length: 1_050 }, (_, n): Contribution => {
      const id = newId();
      return { entity: { type: 'recipe', key: id, id, name: `User ${n}` }, references: [refer('recipe', base)] };
    });
    await app.nest.get(DependencyIndex, { strict: false }).keep(organizationId, users);
    const { affected, totals, truncated } = await get(`/recipe/${base}/impact`);
    expect([affected.length, totals, truncated]).toEqual([1_000, { breaks: 1_050, affected: 0 }, true]);
    const { entities, truncated: more } = await get(`/recipe/${base}/dependents`);
    expect([entities.length, more]).toEqual([1_000, true]);
  });

  it.each([
    ['', 'flowchart LR', 'text/vnd.mermaid', 'text/vnd.mermaid; charset=utf-8'],
    ['', 'digraph dependencies {', 'text/vnd.graphviz', 'text/vnd.graphviz; charset=utf-8'],
    ['/dependents', 'flowchart LR', 'text/vnd.mermaid;q=0.9, */*;q=0.1', 'text/vnd.mermaid; charset=utf-8'],
    ['/impact', 'isBroken', 'text/vnd.mermaid', 'text/vnd.mermaid; charset=utf-8'],
    ['/dependencies', '{"data":', 'text/plain', 'application/json; charset=utf-8'],
    ['', '{"data":', '*/*', 'application/json; charset=utf-8'],
  ])('is drawn where that is preferred: %s with %s for %s', async (route, text, accept, type) => {
    const base = await recipe('Base "1"', refer('tag', 'plant/speed'));
    await recipe('User', refer('recipe', base));
    const answer = await api.get(`/dependencies/graph${route && `/recipe/${base}${route}`}`, { Accept: accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.text).toContain(text);
  });

  it.each([
    ['?root=recipe', 400, 'Root must be a type and an id, as in pipeline:id'],
    ['?root=nonsense:1', 400, expect.stringMatching(/^Type must be one of .*recipe, .*tag/)],
    ['?root=recipe:1', 404, 'Recipe not found'],
    ['?depth=21', 400, 'Depth must not be greater than 20'],
    ['?direction=up', 400, expect.stringMatching(/^Direction must be one of/)],
    [`/recipe/${newId()}/dependents`, 404, 'Recipe not found'],
    ['/tag/plant%2Fspeed/impact', 404, 'Tag not found'],
    ['/tag/%00/impact', 404, 'Not found: Id contains the NUL character'],
    [`/tag/${newId()}/impact`, 404, 'Tag not found'],
    ['/nonsense/1/impact', 400, expect.stringMatching(/^Type must be one of/)],
    ['/recipe/1/impact?action=eat', 400, expect.stringMatching(/^Action must be one of/)],
  ])('refuses %s', async (path, status, message) => {
    const { body, ...answer } = await api.get(`/dependencies/graph${path}`);
    expect([answer.status, body.message]).toEqual([status, message]);
  });

  it('refuses to tell the impact of disabling what cannot be', async () => {
    const { status, body } = await api.get(`/dependencies/graph/recipe/${await recipe('A')}/impact?action=disable`);
    expect([status, body.message]).toEqual([400, 'Action disable is for connections and pipelines alone']);
  });

  it('is of one organization', async () => {
    const id = await recipe('Ours');
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get('/dependencies/graph')).body.data.nodes).toEqual([]);
    expect((await other.get(`/dependencies/graph/recipe/${id}/impact`)).status).toBe(404);
  });

  it('follows models that name others', async () => {
    const create = async (name: string, fields: object[]): Promise<string> =>
      (await api.post('/engine/models', { name, fields })).body.data.id as string;
    const sensor = await create('Sensor', [{ name: 'value', type: 'number' }]);
    const line = await create('Line', [{ name: 'sensor', type: 'object', modelId: sensor }]);
    expect(await get(`/model/${sensor}/impact`)).toMatchObject({
      safe: false,
      affected: [{ id: line, effect: 'breaks' }],
    });
    expect((await api.delete(`/engine/models/${sensor}?force=true`)).status).toBe(200);
    expect((await get('')).unresolved).toMatchObject([{ source: `model:${line}`, type: 'model', key: sensor }]);
  });
});
