import fc from 'fast-check';
import { newId } from '#kernel';
import { MaintenanceTasks } from '#platform/queue';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

describe('a branch of topics', () => {
  let app: TestApp;
  let organizationId: string;
  let api: ApiClient;
  let base: string;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_SIGNIN_LIMIT: '0' } });
    organizationId = await app.newOrganization();
    api = await narrowed('uns:read', 'uns:write', 'uns:publish');
  });

  afterAll(() => app.stop());

  beforeEach(() => void (base = `mHv1.0/${newId()}`));

  const narrowed = async (...scopes: string[]): Promise<ApiClient> =>
    app.api(await app.newToken(scopes), organizationId);

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  const fill = (...topics: string[]): Promise<Answer> =>
    api.post('/uns/data/publish/batch', {
      records: topics.map((topic) => ({ topic: `${base}/${topic}`, value: topic })),
    });

  const byPath = (topic: string): Promise<Answer> => api.get(`/uns/topics/by-path?topic=${base}/${topic}`);
  const idOf = async (topic: string): Promise<string> => (await byPath(topic)).body.data.id;

  const move = async (from: string, to: string, caller = api, headers = {}): Promise<Answer> =>
    caller.post(`/uns/topics/${await idOf(from)}/move`, { topic: `${base}/${to}` }, headers);

  const remove = async (topic: string, recursive?: boolean, caller = api): Promise<Answer> =>
    caller.delete(`/uns/topics/${await idOf(topic)}${recursive === undefined ? '' : `?recursive=${recursive}`}`);

  const values = async (topic: string): Promise<unknown> => {
    const { status, body } = await api.get(`/uns/data/recent?topic=${base}/${topic}`);
    return status === 200 ? body.data.map(({ value }: { value: unknown }) => value) : status;
  };

  const paths = async (): Promise<string[]> => {
    const { body } = await api.get(`/uns/topics?search=${base}/&limit=200`);
    return body.data.map(({ topic }: { topic: string }) => topic.slice(base.length + 1));
  };

  /** Topics whose parent is missing, or that do not have as many below them as they say, or another name than their path's. */
  const faults = (): Promise<unknown[]> =>
    query(
      `SELECT t.path, t.children FROM uns_topics t LEFT JOIN uns_topics p
         ON p.organization_id = t.organization_id AND p.path = t.parent_path
       WHERE (t.parent_path IS NOT NULL AND p.id IS NULL)
         OR t.parent_path IS DISTINCT FROM nullif(regexp_replace(t.path, '/[^/]*$', ''), 'mHv1.0')
         OR t.name <> regexp_replace(t.path, '^.*/', '')
         OR t.children <> (SELECT count(*) FROM uns_topics c
                           WHERE c.organization_id = t.organization_id AND c.parent_path = t.path)`,
    );

  afterEach(async () => expect(await faults()).toEqual([]));

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.error];
  const REFUSED = [403, 'insufficient_scope'];

  describe('that is moved', () => {
    it('keeps its ids and history, and has other paths', async () => {
      await fill('a/b', 'a/b/c', 'a/b/c/d', 'a/bb', 'a/b-1');
      const before = (await byPath('a/b')).body.data;
      const inside = await idOf('a/b/c/d');
      const { status, body, headers } = await move('a/b', 'x/y/z');
      expect(status).toBe(200);
      expect(body.data).toEqual({
        ...before,
        topic: `${base}/x/y/z`,
        name: 'z',
        version: 2,
        updatedAt: expect.any(String),
      });
      expect(headers.get('etag')).toBe('"2"');
      expect(await paths()).toEqual(['a', 'a/b-1', 'a/bb', 'x', 'x/y', 'x/y/z', 'x/y/z/c', 'x/y/z/c/d']);
      expect(await idOf('x/y/z/c/d')).toBe(inside);
      expect([await values('x/y/z'), await values('x/y/z/c/d')]).toEqual([['a/b'], ['a/b/c/d']]);
      expect([await values('a/b'), await values('a/b/c/d')]).toEqual([404, 404]);
    });

    it('leaves its old path to data that still comes there', async () => {
      await fill('a/b/c');
      const id = await idOf('a/b/c');
      await move('a', 'z');
      await api.post('/uns/data/publish', { topic: `${base}/a/b/c`, value: 'new' });
      expect([await values('a/b/c'), await values('z/b/c')]).toEqual([['new'], ['a/b/c']]);
      expect([await idOf('z/b/c'), (await idOf('a/b/c')) === id]).toEqual([id, false]);
    });

    it('can be renamed, and come back', async () => {
      await fill('a/b');
      for (const name of ['c', 'ä', 'b']) expect((await move((await paths()).at(-1)!, `a/${name}`)).status).toBe(200);
      expect([await paths(), await values('a/b')]).toEqual([['a', 'a/b'], ['a/b']]);
    });

    it('goes to the top and from there', async () => {
      await fill('a/b');
      const id = await idOf('a');
      const top = `mHv1.0/${newId()}`;
      expect((await api.post(`/uns/topics/${id}/move`, { topic: top })).status).toBe(200);
      expect((await api.get(`/uns/data/recent?topic=${top}/b`)).body.data).toHaveLength(1);
      expect((await api.post(`/uns/topics/${id}/move`, { topic: `${base}/a` })).status).toBe(200);
      expect(await paths()).toEqual(['a', 'a/b']);
    });

    it('goes to where nothing is, and not into itself', async () => {
      await fill('a/b', 'c');
      expect((await move('a', 'c')).body).toEqual({ error: 'conflict', message: 'Topic exists' });
      expect(outcome(await move('a', 'a'))).toEqual([409, 'conflict']);
      expect(outcome(await move('a/b', 'a'))).toEqual([409, 'conflict']);
      expect((await move('a', 'a/b/c')).body).toEqual({
        error: 'bad_request',
        message: 'Topic must not be moved into itself',
      });
      expect((await move('a', 'aa')).status).toBe(200);
    });

    it('becomes topics alone', async () => {
      const long = 'x'.repeat(100);
      await fill('a/b', `a/${Array(8).fill(long).join('/')}`);
      const deep = Array(28).fill('d').join('/');
      expect((await move('a', `${long}/${long}`)).body.message).toMatch(
        /^Topic must be at most 1024 characters long: mHv1/,
      );
      expect((await move('a', deep)).body.message).toMatch(/^Topic must have at most 32 levels: mHv1/);
      for (const topic of ['a/+', '#', '/']) expect((await move('a', topic)).status).toBe(400);
      expect((await api.post(`/uns/topics/${await idOf('a')}/move`, { topic: 'a' })).status).toBe(400);
      expect((await api.post(`/uns/topics/${await idOf('a')}/move`, {})).body.message).toBe('Topic is required');
      expect(await paths()).toHaveLength(10);
    });

    it('heeds If-Match', async () => {
      await fill('a');
      expect((await move('a', 'b', api, { 'If-Match': '"7"' })).status).toBe(412);
      expect((await move('a', 'b', api, { 'If-Match': '"1"' })).status).toBe(200);
    });

    it('needs a right on source and target, each with all below', async () => {
      await fill('a/b/c', 'd');
      const both = await narrowed(`uns:write:${base}/a/#`, `uns:write:${base}/z/#`);
      expect(outcome(await move('a/b', 'd/b', both))).toEqual(REFUSED);
      expect(outcome(await move('d', 'a/d', both))).toEqual(REFUSED);
      const single = await narrowed(`uns:write:${base}/a/b`, `uns:write:${base}/z`);
      expect(outcome(await move('a/b', 'z', single))).toEqual(REFUSED);
      expect((await move('a/b', 'z/b', both)).status).toBe(200);
    });

    it('is one that exists, in this organization', async () => {
      await fill('a');
      const id = await idOf('a');
      const other = app.api(await app.newToken(['uns:write']), await app.newOrganization());
      expect(outcome(await other.post(`/uns/topics/${id}/move`, { topic: 'mHv1.0/b' }))).toEqual([404, 'not_found']);
      expect(outcome(await other.delete(`/uns/topics/${id}`))).toEqual([404, 'not_found']);
    });
  });

  describe('that is deleted', () => {
    const waiting = (): Promise<unknown[]> =>
      query('SELECT topic_id FROM uns_removed_topics WHERE organization_id = $1', [organizationId]);

    const housekeeping = (): Promise<void> =>
      app.nest.get(MaintenanceTasks, { strict: false }).run('uns.removed-topics');

    it('goes with all below it, if that is said', async () => {
      await fill('a', 'a/b', 'a/b/c', 'a-b', 'a0');
      const refused = await remove('a');
      expect(outcome(refused)).toEqual([409, 'conflict']);
      expect(outcome(await remove('a', false))).toEqual([409, 'conflict']);
      expect(await paths()).toHaveLength(5);
      expect((await remove('a/b/c')).status).toBe(204);
      expect((await remove('a', true)).status).toBe(204);
      expect(await paths()).toEqual(['a-b', 'a0']);
    });

    it('takes its history with it, and comes back without', async () => {
      await fill('a', 'a', 'a/b');
      const id = await idOf('a');
      await remove('a', true);
      expect(await values('a')).toBe(404);
      expect(outcome(await api.get(`/uns/topics/${id}`))).toEqual([404, 'not_found']);
      await api.post('/uns/data/publish', { topic: `${base}/a`, value: 'new' });
      expect([await values('a'), (await idOf('a')) === id]).toEqual([['new'], false]);
      await housekeeping();
      expect(await waiting()).toEqual([]);
      expect(await query('SELECT FROM uns_records WHERE topic_id = $1', [id])).toEqual([]);
      expect(await values('a')).toEqual(['new']);
    });

    it('needs a right on all of it', async () => {
      await fill('a/b', 'c');
      const single = await narrowed(`uns:write:${base}/a`);
      expect(outcome(await remove('a', true, single))).toEqual(REFUSED);
      expect(outcome(await remove('c', false, single))).toEqual(REFUSED);
      const branch = await narrowed(`uns:write:${base}/a/#`);
      expect((await remove('a', true, branch)).status).toBe(204);
    });

    it.each(['recursive=1', 'recursive=', 'deep=true'])('refuses %s', async (text) => {
      await fill('a');
      expect(outcome(await api.delete(`/uns/topics/${await idOf('a')}?${text}`))).toEqual([400, 'bad_request']);
    });
  });

  it('is written down with what was done to it', async () => {
    await fill('a/b');
    const id = await idOf('a');
    await move('a', 'c');
    await remove('c', true);
    const entries = await query<{ action: string; changes: unknown; details: unknown }>(
      `SELECT action, changes, details FROM audit_entries WHERE entity_id = $1 ORDER BY id`,
      [id],
    );
    expect(entries).toEqual([
      { action: 'topic.move', changes: { topic: { from: `${base}/a`, to: `${base}/c` } }, details: { count: 2 } },
      { action: 'topic.delete', changes: null, details: { count: 2 } },
    ]);
  });

  it('of a hundred thousand topics is moved and deleted as one', async () => {
    await fill('a/first');
    await query(
      `INSERT INTO uns_topics (id, organization_id, path, parent_path, name)
       SELECT gen_random_uuid(), $1, $2 || '/a/first/' || i, $2 || '/a/first', i FROM generate_series(1, 100000) i`,
      [organizationId, base],
    );
    await query(`UPDATE uns_topics SET children = 100000 WHERE organization_id = $1 AND path = $2 || '/a/first'`, [
      organizationId,
      base,
    ]);
    expect((await move('a', 'b/c')).status).toBe(200);
    expect((await byPath('b/c/first/100000')).status).toBe(200);
    expect((await remove('b', true)).status).toBe(204);
    expect(await paths()).toEqual([]);
    await query('DELETE FROM uns_removed_topics WHERE organization_id = $1', [organizationId]);
  }, 120_000);

  it('hangs together, whatever is done', async () => {
    const place = fc
      .array(fc.constantFrom('a', 'b', 'b-', 'c'), { minLength: 1, maxLength: 4 })
      .map((names) => names.join('/'));
    const step = fc.record({
      kind: fc.constantFrom('create', 'move', 'remove'),
      topic: place,
      to: place,
      recursive: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        base = `mHv1.0/${newId()}`;
        let known = new Set<string>();
        for (const { kind, topic, to, recursive } of steps) {
          if (kind === 'create') {
            await api.post('/uns/topics', { topic: `${base}/${topic}` });
            known = created(known, topic);
          } else if (known.has(topic)) {
            await (kind === 'move' ? move(topic, to) : remove(topic, recursive));
            known = kind === 'move' ? moved(known, topic, to) : removed(known, topic, recursive);
          }
        }
        expect(await paths()).toEqual([...known].sort());
        expect(await faults()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});

const lineage = (topic: string): string[] =>
  topic.split('/').map((_, index, levels) => levels.slice(0, index + 1).join('/'));

const isIn = (topic: string, branch: string): boolean => topic === branch || topic.startsWith(`${branch}/`);

const created = (known: Set<string>, topic: string): Set<string> => new Set([...known, ...lineage(topic)]);

function moved(known: Set<string>, from: string, to: string): Set<string> {
  if (known.has(to) || isIn(to, from)) return known;
  const paths = [...known].map((topic) => (isIn(topic, from) ? to + topic.slice(from.length) : topic));
  return new Set([...paths, ...lineage(to)]);
}

function removed(known: Set<string>, topic: string, recursive: boolean): Set<string> {
  const below = [...known].some((other) => other !== topic && isIn(other, topic));
  if (below && !recursive) return known;
  return new Set([...known].filter((other) => !isIn(other, topic)));
}
