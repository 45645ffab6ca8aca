import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const FOLDERS = '/uns/dashboards/folders';

describe('folders', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const folder = async (name: string, parentId: string | null = null): Promise<string> => {
    const { status, body } = await api.post(FOLDERS, { name, parentId });
    expect(status).toBe(201);
    return body.data.id;
  };

  it('are made, read, changed and removed', async () => {
    const made = await api.post(FOLDERS, { name: 'Plant' });
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1${FOLDERS}/${id}`);
    expect(made.body.data).toMatchObject({ name: 'Plant', parentId: null, version: 1 });
    expect((await api.get(`${FOLDERS}/${id}`)).body).toEqual(made.body);
    const changed = await api.patch(`${FOLDERS}/${id}`, { name: 'Plant 2' }, { 'If-Match': '"1"' });
    expect(changed.body.data).toMatchObject({ name: 'Plant 2', version: 2 });
    expect((await api.patch(`${FOLDERS}/${id}`, { name: 'x' }, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await api.delete(`${FOLDERS}/${id}`, { 'If-Match': '"2"' })).status).toBe(204);
    expect(await api.get(`${FOLDERS}/${id}`)).toMatchObject({ status: 404, body: { message: 'Folder not found' } });
    expect((await api.get('/uns/dashboards/folders/panels')).status).toBe(404);
  });

  it('lie in one another, at most eight deep, and never in themselves', async () => {
    const chain: string[] = [];
    for (let level = 1; level <= 8; level++) chain.push(await folder(`Level ${level}`, chain.at(-1) ?? null));
    expect((await api.post(FOLDERS, { name: 'Level 9', parentId: chain[7] })).body.message).toBe(
      'Folders must not be deeper than 8 levels',
    );
    expect((await api.patch(`${FOLDERS}/${chain[0]}`, { parentId: chain[3] })).body.message).toBe(
      'A folder must not lie in itself',
    );
    const other = await folder('Other');
    expect((await api.patch(`${FOLDERS}/${chain[0]}`, { parentId: other })).status).toBe(400);
    expect((await api.patch(`${FOLDERS}/${chain[1]}`, { parentId: other })).body.data.parentId).toBe(other);
    expect((await api.post(FOLDERS, { name: 'Nowhere', parentId: newId() })).body.message).toBe(
      'Parent folder not found',
    );
  });

  it('cannot be moved into one another at the same time', async () => {
    const [a, b] = [await folder('Ring A'), await folder('Ring B')];
    const moves = await Promise.all([
      api.patch(`${FOLDERS}/${a}`, { parentId: b }),
      api.patch(`${FOLDERS}/${b}`, { parentId: a }),
    ]);
    expect(moves.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  it('have names of their own among their siblings', async () => {
    const [a, b] = [await folder('Siblings A'), await folder('Siblings B')];
    const inA = await folder('Line', a);
    await folder('line', b);
    const message = 'Name is taken by another folder in the same place';
    expect(await api.post(FOLDERS, { name: 'LINE', parentId: a })).toMatchObject({ status: 409, body: { message } });
    expect(await api.patch(`${FOLDERS}/${inA}`, { parentId: b })).toMatchObject({ status: 409, body: { message } });
    expect(await api.post(FOLDERS, { name: 'siblings a' })).toMatchObject({ status: 409, body: { message } });
  });

  it('are removed only when empty', async () => {
    const outer = await folder('Outer');
    const inner = await folder('Inner', outer);
    const { id } = (await api.post('/uns/dashboards', { name: 'In it', folderId: outer })).body.data;
    expect(await api.delete(`${FOLDERS}/${outer}`)).toMatchObject({
      status: 409,
      body: {
        error: 'conflict',
        message: 'Folder is not empty',
        details: {
          dependents: [
            { type: 'folder', id: inner, name: 'Inner' },
            { type: 'dashboard', id, name: 'In it' },
          ],
        },
      },
    });
    await api.patch(`/uns/dashboards/${id}`, { folderId: null });
    await api.delete(`${FOLDERS}/${inner}`);
    expect((await api.delete(`${FOLDERS}/${outer}`)).status).toBe(204);
  });

  it('are listed by pages, searched, and by the folder that they lie in', async () => {
    const list = await folder('List');
    await folder('List 2', list);
    await folder('List 1', list);
    const names = async (query: string) =>
      (await api.get(`${FOLDERS}?${query}`)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('search=LIST')).toEqual(['List', 'List 1', 'List 2']);
    expect(await names(`parentId=${list}&sort=-name`)).toEqual(['List 2', 'List 1']);
    expect(await names('parentId=root&search=list')).toEqual(['List']);
    expect((await api.get(`${FOLDERS}?search=list&limit=2`)).body.meta).toEqual({ page: 1, limit: 2, total: 3 });
  });

  it('belong to their organization', async () => {
    const ours = await folder('Ours');
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get(`${FOLDERS}/${ours}`)).status).toBe(404);
    expect((await other.patch(`${FOLDERS}/${ours}`, { name: 'Theirs' })).status).toBe(404);
    expect((await other.delete(`${FOLDERS}/${ours}`)).status).toBe(404);
    expect((await other.post(FOLDERS, { name: 'Theirs', parentId: ours })).status).toBe(400);
    expect((await other.get(FOLDERS)).body.meta.total).toBe(0);
  });
});
