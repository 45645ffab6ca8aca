import { ALL_SCOPES, newId, type Member } from '#kernel';
import { DependencyIndex, SECRET_PLACE, WeighsDependencies, type DependencyWeigher } from '#platform/dependencies';
import type { Portable, PortableContent } from '#platform/dependencies';
import { createTestApp, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { computedGraph, keptGraph, memberOf, portableOf, providersOf } from './kept-graph';

const TYPES = ['connection', 'function'];
const CONFIG = { baseUrl: 'http://127.0.0.1:9/api' };
const BASIC = { type: 'basic', username: 'u', password: 'secret of the MES' };
const READ = { type: 'rest.get', config: { path: '/orders' } };

describe('connections and functions in the graph', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => {
    app = await createTestApp();
    organizationId = await app.newOrganization();
    api = app.api(await app.newToken(ALL_SCOPES), organizationId);
  });

  afterAll(() => app.stop());

  const create = async (change: object = {}) => {
    const answer = await api.post('/connections', { name: newId(), protocol: 'rest', config: CONFIG, ...change });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data as { id: string; name: string };
  };
  const createFunction = async (connectionId: string, change: object = {}) => {
    const answer = await api.post(`/connections/${connectionId}/functions`, { name: newId(), ...READ, ...change });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data as { id: string; name: string };
  };
  const kept = () => keptGraph(app, organizationId, TYPES);
  const expectTrue = async () => expect(await kept()).toEqual(await computedGraph(app, organizationId, TYPES));
  const trail = async () => (await api.get('/audit?limit=1')).body.data[0].id as string;

  /** Something that breaks without them. */
  const dependOn = async (type: string, key: string) => {
    const entity = { type: 'pipeline', key: newId(), id: newId(), name: `Uses ${type}` };
    const references = [{ kind: 'uses' as const, type, key, via: 'nodes[0].parameters' }];
    await app.nest.get(DependencyIndex).keep(organizationId, [{ entity, references }]);
    return { type: 'pipeline', id: entity.id, name: entity.name, via: ['nodes[0].parameters'] };
  };

  it('are there by whatever way they come, change and go', async () => {
    const connection = await create();
    const fn = await createFunction(connection.id);
    const path = `/connections/${connection.id}`;
    expect((await kept())[`function:${fn.id} ${fn.name}`]).toEqual([
      `part connection:${connection.id} at connectionId`,
    ]);
    await api.patch(path, { name: 'Renamed' });
    await api.patch(`${path}/functions/${fn.id}`, { name: 'Renamed, too' });
    const copy = (await api.post(`${path}/clone`, { name: 'Copy' })).body.data;
    await createFunction(copy.id);
    const nodes = Object.keys(await kept());
    expect(nodes).toEqual(
      expect.arrayContaining([`connection:${connection.id} Renamed`, `function:${fn.id} Renamed, too`]),
    );
    expect(nodes).toHaveLength(5);
    await expectTrue();
    await api.delete(`${path}/functions/${fn.id}`);
    await expectTrue();
    expect((await api.delete(`/connections/${copy.id}`)).status).toBe(204);
    expect(Object.keys(await kept())).toEqual([`connection:${connection.id} Renamed`]);
  });

  it('are not removed while others depend on them or on their functions', async () => {
    const connection = await create();
    const fn = await createFunction(connection.id);
    const path = `/connections/${connection.id}`;
    const byFunction = await dependOn('function', fn.id);
    const byBoth = [await dependOn('connection', connection.id), byFunction];
    const last = await trail();
    const version = (await api.get(path)).headers.get('etag')!;
    for (const [call, dependents] of [
      [() => api.delete(`${path}?dryRun=true`), byBoth],
      [() => api.delete(`${path}/functions/${fn.id}?dryRun=true&force=true`), [byFunction]],
      [() => api.patch(`${path}?dryRun=true`, { enabled: false }), byBoth],
      [() => api.patch(`${path}?dryRun=true`, { name: 'Other' }), []],
    ] as const) {
      const answer = await call();
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({ data: { dependents: expect.any(Array) } });
      expect(answer.body.data.dependents).toHaveLength(dependents.length);
      const told = dependents.map((dependent) => expect.objectContaining(dependent) as unknown);
      expect(answer.body.data.dependents).toEqual(expect.arrayContaining(told));
    }
    for (const answer of [
      await api.delete(path),
      await api.delete(`${path}/functions/${fn.id}`),
      await api.patch(path, { enabled: false }),
    ]) {
      expect(answer).toMatchObject({
        status: 409,
        body: { error: 'conflict', details: { dependents: expect.any(Array) } },
      });
      expect(answer.body.message).toMatch(/^(Connection|Function) is used by pipeline Uses/);
    }
    expect([(await api.get(path)).headers.get('etag'), await trail()]).toEqual([version, last]);
    expect((await api.delete(`${path}?force=true`, { 'If-Match': '"9"' })).status).toBe(412);
    expect((await api.delete(`/connections/${newId()}?dryRun=true`)).status).toBe(404);
    expect(await api.patch(path, { name: 'Other', enabled: true })).toMatchObject({ status: 200 });

    const disabled = await api.patch(`${path}?force=true`, { enabled: false });
    expect(disabled.body.data.dependents).toHaveLength(2);
    expect((await api.get(path)).body.data.enabled).toBe(false);
    // It is disabled already.
    expect((await api.patch(path, { enabled: false })).body.data.enabled).toBe(false);
    const gone = await api.delete(`${path}/functions/${fn.id}?force=true`);
    expect(gone).toMatchObject({ status: 200, body: { data: { dependents: [byFunction] } } });
    expect(await api.delete(`${path}?force=true`)).toMatchObject({ status: 200 });
    expect((await api.get(path)).status).toBe(404);
    await expectTrue();
  });

  it('are weighed by what goes through them', async () => {
    const connection = await create();
    const fn = await createFunction(connection.id);
    const weighers = providersOf(app, WeighsDependencies.KEY) as DependencyWeigher[];
    const weigher = weighers.find(({ types }) => types.includes('connection'))!;
    const key = { type: 'connection', key: connection.id };
    const weight = async () => (await weigher.weights(organizationId, [key])).get(`connection:${connection.id}`);
    expect(await weight()).toEqual({ messagesLastHour: 0 });
    await api.post(`/connections/${connection.id}/functions/${fn.id}/execute`, {});
    await eventuallyPasses(async () =>
      expect(await weight()).toEqual({ messagesLastHour: 1, lastSeen: expect.any(String) }),
    );
  });

  it('change all at once, and nobody waits for ever', async () => {
    const connection = await create();
    const path = `/connections/${connection.id}`;
    const functions = await Promise.all(Array.from({ length: 4 }, () => createFunction(connection.id)));
    await dependOn('connection', connection.id);
    const answers = await Promise.all([
      ...functions.flatMap(({ id }) => [
        api.patch(`${path}/functions/${id}`, { name: newId() }),
        api.delete(`${path}/functions/${id}?dryRun=true`),
        api.delete(`${path}/functions/${id}?force=true`),
        api.patch(path, { name: newId() }),
        dependOn('function', id).then(() => ({ status: 200 })),
      ]),
      api.patch(`${path}?force=true`, { enabled: false }),
      api.post(`${path}/clone`, { name: newId() }),
      api.delete(`${path}?force=true`),
    ]);
    expect(answers.filter(({ status }) => ![200, 201, 404, 409, 412].includes(status))).toEqual([]);
    expect(answers.at(-1)!.status).toBe(200);
    await expectTrue();
  });

  it('change in turn: nothing is left of a function that comes while its connection goes', async () => {
    const connection = await create();
    const [removed, made] = await Promise.all([
      api.delete(`/connections/${connection.id}`),
      api.post(`/connections/${connection.id}/functions`, { name: 'Late', ...READ }),
    ]);
    expect(removed.status).toBe(204);
    expect([201, 404]).toContain(made.status);
    await expectTrue();
  });

  describe('leaving and entering', () => {
    let connections: Portable;
    let functions: Portable;
    let member: Member;

    beforeAll(() => {
      connections = portableOf(app, 'connection');
      functions = portableOf(app, 'function');
      member = memberOf(organizationId);
    });

    const within = <T>(work: () => Promise<T>) => app.database.inOrganization(organizationId, work);
    const read = async (id: string, portable = connections) => (await portable.read(organizationId, [newId(), id]))[0]!;
    const filled = (content: PortableContent, password: string) => ({
      ...content,
      config: { ...CONFIG, auth: { ...BASIC, password } },
    });

    it('are the same, secrets apart', async () => {
      const { id, name } = await create({ config: { ...CONFIG, auth: BASIC }, labels: { site: 'north' } });
      const { content, secrets, version } = await read(id);
      expect(content).toEqual({
        description: null,
        protocol: 'rest',
        config: { ...CONFIG, auth: { ...BASIC, password: SECRET_PLACE } },
        labels: { site: 'north' },
        enabled: true,
      });
      expect([version, [...secrets]]).toEqual([1, [['/config/auth/password', BASIC.password]]]);
      expect(connections.check(name, content)).toEqual({ content, secrets: [...secrets.keys()], problems: [] });
      expect((await connections.names(organizationId)).get(name)).toBe(id);

      const entered = newId();
      await within(() => connections.create(member, { id: entered, name: 'Entered', content: filled(content, 'new') }));
      expect((await read(entered)).secrets.get('/config/auth/password')).toBe('new');
      const change = { ...content, description: 'Kept its secret' };
      await within(() => connections.update(member, { id: entered, version: 1, name: 'ENTERED', content: change }));
      expect(await read(entered)).toMatchObject({ name: 'ENTERED', version: 2, content: change });
      expect((await read(entered)).secrets.get('/config/auth/password')).toBe('new');
      // What a content leaves out is none, also where the API would keep it.
      const without = { ...content, config: { ...CONFIG, auth: { type: 'basic', username: 'u' } } };
      await within(() => connections.update(member, { id: entered, version: 2, name: 'ENTERED', content: without }));
      expect((await read(entered)).secrets.size).toBe(0);
      expect((await read(entered)).content).toEqual(without);
      // A mask on something new is no secret.
      const another = newId();
      await within(() => connections.create(member, { id: another, name: 'Another', content }));
      expect((await read(another)).secrets.size).toBe(0);
      await expectTrue();
      await within(() => connections.delete(member, entered));
      expect(await read(entered)).toBeUndefined();
    });

    it('go with their functions, which are named after them', async () => {
      const connection = await create({ name: 'Line 1/2' });
      const fn = await createFunction(connection.id, { name: 'Read ~ order' });
      const path = 'Line 1~12/Read ~0 order';
      const { content, name, version } = await read(fn.id, functions);
      expect([name, version, content]).toEqual([path, 1, { ...READ, parameters: [] }]);
      expect(functions.check(path, content)).toEqual({ content, secrets: [], problems: [] });
      expect((await functions.names(organizationId)).get(path)).toBe(fn.id);

      const id = newId();
      await within(() => functions.create(member, { id, name: 'line 1~12/Entered', content }));
      const change = { ...content, config: { path: '/other' } };
      await within(() => functions.update(member, { id, version: 1, name: 'line 1~12/ENTERED', content: change }));
      expect(await read(id, functions)).toMatchObject({ name: 'Line 1~12/ENTERED', version: 2, content: change });
      await expectTrue();
      await within(() => functions.delete(member, id));
      expect(await read(id, functions)).toBeUndefined();
    });

    const enter = (portable: Portable, name: string, content: object) =>
      within(() => portable.create(member, { id: newId(), name, content: content as PortableContent }));

    it.each<[string, string, (id: string, name: string, content: PortableContent) => Promise<void>]>([
      [
        'precondition_failed',
        'It has been changed meanwhile',
        (id, name, content) => within(() => connections.update(member, { id, version: 7, name, content })),
      ],
      [
        'bad_request',
        'is rest and cannot become modbus',
        (id, name, content) =>
          within(() =>
            connections.update(member, { id, version: 1, name, content: { ...content, protocol: 'modbus' } }),
          ),
      ],
      ['conflict', 'Name is taken', (_, name, content) => enter(connections, name, content)],
      [
        'bad_request',
        'auth.value is required',
        (_, __, content) =>
          enter(connections, newId(), {
            ...content,
            config: { ...CONFIG, auth: { type: 'apiKey', name: 'k', value: SECRET_PLACE } },
          }),
      ],
      ['bad_request', 'Connection None not found', () => enter(functions, 'None/Read', { ...READ, parameters: [] })],
      [
        'bad_request',
        'Type modbus.read is none of protocol rest',
        (_, name) => enter(functions, `${name}/Read`, { type: 'modbus.read', config: {}, parameters: [] }),
      ],
      ['not_found', 'Function not found', () => within(() => functions.delete(member, newId()))],
      ['not_found', 'Connection not found', () => within(() => connections.delete(member, newId()))],
    ])('are refused as anywhere: %s, %s', async (kind, message, work) => {
      const { id, name } = await create();
      const { content } = await read(id);
      await expect(work(id, name, content)).rejects.toMatchObject({ kind, message: expect.stringContaining(message) });
    });

    it('are refused where there are too many', async () => {
      const crowded = await app.newOrganization();
      await app.database.asSystem((manager) =>
        manager.query(
          `INSERT INTO connections (id, organization_id, name, protocol, config, created_by, updated_by)
           SELECT gen_random_uuid(), $1, 'Connection ' || n, 'rest', '{}', $1, $1 FROM generate_series(1, 5000) n`,
          [crowded],
        ),
      );
      const content = { description: null, protocol: 'rest', config: CONFIG, labels: {}, enabled: true };
      const entering = { id: newId(), name: 'One more', content };
      await expect(
        app.database.inOrganization(crowded, () => connections.create(memberOf(crowded), entering)),
      ).rejects.toMatchObject({ kind: 'conflict', message: 'An organization has 5000 connections at most' });
    });
  });
});
