import { Client } from 'pg';
import { newId } from '#kernel';
import { asOwner, roleUrl } from '#platform/database';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

interface Node {
  topic: string;
  name: string;
  children: number;
  nodes?: Node[];
}

const TOPICS = [
  'north/line-1/motor/speed',
  'north/line-1/motor/torque',
  'north/line-1/temperature',
  'north/line-2/temperature',
  'north/line-10/temperature',
  'south/Kühlung/temperature',
  'south/line-1/100%_done',
  'south/a.b',
];

describe('the tree of topics', () => {
  let app: TestApp;
  let organizationId: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } });
    organizationId = await app.newOrganization();
    api = await narrowed('uns:read', 'uns:write', 'uns:publish');
    const records = TOPICS.map((topic) => ({ topic: `mHv1.0/${topic}`, value: 1 }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
  });

  afterAll(() => app.stop());

  const narrowed = async (...scopes: string[]): Promise<ApiClient> =>
    app.api(await app.newToken(scopes), organizationId);

  const tree = (query: Record<string, string> = {}, caller = api): Promise<Answer> =>
    caller.get(`/uns/topics/tree?${new URLSearchParams(query)}`);

  const search = (q: string, caller = api, more: Record<string, string> = {}): Promise<Answer> =>
    caller.get(`/uns/topics/search?${new URLSearchParams({ q, ...more })}`);

  const found = async (q: string, caller = api): Promise<string[]> =>
    (await search(q, caller)).body.data.map(({ topic }: { topic: string }) => topic.replace('mHv1.0/', ''));

  const outline = (nodes: Node[]): unknown[] =>
    nodes.map(({ name, children, nodes: inner }) => [name, children, ...(inner ? [outline(inner)] : [])]);

  const outlined = async (query: Record<string, string>, caller = api): Promise<unknown[]> =>
    outline((await tree(query, caller)).body.data as Node[]);

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.error];

  describe('level by level', () => {
    it('has the roots at its top, with what is said of them', async () => {
      const { body } = await tree();
      expect(body).toEqual({
        data: [
          expect.objectContaining({ topic: 'mHv1.0/north', name: 'north', children: 3 }),
          expect.objectContaining({ topic: 'mHv1.0/south', name: 'south', children: 3 }),
        ],
        meta: { nextCursor: null },
      });
      const { body: one } = await api.get('/uns/topics/by-path?topic=mHv1.0/north');
      const { id, topic, name, description, tags } = one.data;
      expect(body.data[0]).toEqual({ id, topic, name, description, tags, children: 3 });
      expect((await tree({ prefix: 'mHv1.0' })).body).toEqual(body);
    });

    it('goes on below a topic, in the order of code points', async () => {
      expect(await outlined({ prefix: 'mHv1.0/north' })).toEqual([
        ['line-1', 2],
        ['line-10', 1],
        ['line-2', 1],
      ]);
      expect(await outlined({ prefix: 'mHv1.0/north/line-2/temperature' })).toEqual([]);
    });

    it('has pages', async () => {
      const first = await tree({ prefix: 'mHv1.0/north', limit: '2' });
      expect(outline(first.body.data as Node[])).toEqual([
        ['line-1', 2],
        ['line-10', 1],
      ]);
      const cursor = first.body.meta.nextCursor as string;
      const second = await tree({ prefix: 'mHv1.0/north', limit: '2', cursor });
      expect(outline(second.body.data as Node[])).toEqual([['line-2', 1]]);
      expect(second.body.meta).toEqual({ nextCursor: null });
    });

    it('has more levels at once', async () => {
      expect(await outlined({ prefix: 'mHv1.0/north', depth: '3' })).toEqual([
        [
          'line-1',
          2,
          [
            [
              'motor',
              2,
              [
                ['speed', 0],
                ['torque', 0],
              ],
            ],
            ['temperature', 0, []],
          ],
        ],
        ['line-10', 1, [['temperature', 0, []]]],
        ['line-2', 1, [['temperature', 0, []]]],
      ]);
    });

    it('leaves out levels that have no room, and says how many there are', async () => {
      const records = Array.from({ length: 5_100 }, (_, index) => ({ topic: `mHv1.0/wide/all/${index}`, value: 1 }));
      expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
      const [all] = (await tree({ prefix: 'mHv1.0/wide', depth: '2' })).body.data as Node[];
      expect(all).toMatchObject({ name: 'all', children: 5_100 });
      expect(all).not.toHaveProperty('nodes');
      const { id } = (await api.get('/uns/topics/by-path?topic=mHv1.0/wide')).body.data;
      expect((await api.delete(`/uns/topics/${id}?recursive=true`)).status).toBe(204);
    });

    it.each([
      ['depth=0', 400],
      ['depth=6', 400],
      ['limit=1001', 400],
      ['prefix=north', 400],
      ['prefix=mHv1.0/%23', 400],
      ['cursor=x', 400],
      ['prefix=mHv1.0/nowhere', 404],
    ])('answers %s with %i', async (query, status) => {
      expect((await api.get(`/uns/topics/tree?${query}`)).status).toBe(status);
    });
  });

  describe('by a search', () => {
    it.each([
      [
        'temperature',
        [
          'north/line-1/temperature',
          'north/line-10/temperature',
          'north/line-2/temperature',
          'south/Kühlung/temperature',
        ],
      ],
      ['LINE-1', ['north/line-1', 'north/line-10', 'south/line-1']],
      ['mp', []],
      [
        't',
        [
          'north/line-1/motor/torque',
          'north/line-1/temperature',
          'north/line-10/temperature',
          'north/line-2/temperature',
          'south/Kühlung/temperature',
        ],
      ],
      ['line-1/t', ['north/line-1/temperature']],
      ['mHv1.0/south/line-1/1', ['south/line-1/100%_done']],
      ['line-1/', ['north/line-1/motor', 'north/line-1/temperature', 'south/line-1/100%_done']],
      ['north/line-1/', ['north/line-1/motor', 'north/line-1/temperature']],
      ['kÜHLUNG', ['south/Kühlung']],
      ['0%_d', ['south/line-1/100%_done']],
      ['0__d', []],
      ['a.b', ['south/a.b']],
      ['.', ['south/a.b']],
      ['\\', []],
      ['nothing', []],
    ])('%s', async (text, topics) => {
      expect(await found(text)).toEqual(topics);
    });

    it('has pages that neither lose nor repeat', async () => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body } = await search('temperature', api, { limit: '3', ...(cursor && { cursor }) });
        seen.push(...body.data.map(({ topic }: { topic: string }) => topic));
        cursor = body.meta.nextCursor;
      }
      expect(seen.map((topic) => topic.replace('mHv1.0/', ''))).toEqual(await found('temperature'));
    });

    it('answers with topics as everywhere', async () => {
      const { body } = await search('south/Kühlung');
      expect(body.data).toEqual([(await api.get(`/uns/topics/${body.data[0].id}`)).body.data]);
    });

    it.each(['', 'q=', 'q=%00', `q=${'x'.repeat(201)}`, 'q=a&limit=201', 'q=a&cursor=x', 'q=a&q=b'])(
      'refuses %s',
      async (query) => {
        expect(outcome(await api.get(`/uns/topics/search?${query}`))).toEqual([400, 'bad_request']);
      },
    );
  });

  describe('for callers who are confined to branches', () => {
    it('begins at the top of these', async () => {
      const line = await narrowed('uns:read:mHv1.0/north/line-1/#');
      expect(await outlined({ depth: '2' }, line)).toEqual([
        [
          'line-1',
          2,
          [
            ['motor', 2],
            ['temperature', 0],
          ],
        ],
      ]);
      const both = await narrowed('uns:read:mHv1.0/north/line-2/#', 'uns:read:mHv1.0/south/#');
      expect(await outlined({}, both)).toEqual([
        ['line-2', 1],
        ['south', 3],
      ]);
      const first = (await tree({ limit: '1' }, both)).body;
      expect(outline((await tree({ cursor: first.meta.nextCursor }, both)).body.data as Node[])).toEqual([
        ['south', 3],
      ]);
    });

    it('shows and counts what they see alone', async () => {
      const temperatures = await narrowed('uns:read:mHv1.0/north/+/temperature');
      expect((await tree({}, temperatures)).body.data.map(({ topic }: Node) => topic)).toEqual(
        ['line-1', 'line-10', 'line-2'].map((line) => `mHv1.0/north/${line}/temperature`),
      );
      const levels = await narrowed('uns:read:mHv1.0/north', 'uns:read:mHv1.0/north/line-1/#');
      expect(await outlined({}, levels)).toEqual([['north', 1]]);
      expect(await outlined({ prefix: 'mHv1.0/north', depth: '2' }, levels)).toEqual([
        [
          'line-1',
          2,
          [
            ['motor', 2],
            ['temperature', 0],
          ],
        ],
      ]);
      const single = await narrowed('uns:read:mHv1.0/north');
      expect(await outlined({}, single)).toEqual([['north', 0]]);
    });

    it('refuses other branches, whether or not they exist', async () => {
      const line = await narrowed('uns:read:mHv1.0/north/line-1/#');
      for (const prefix of ['mHv1.0/north', 'mHv1.0/north/line-10', 'mHv1.0/nowhere']) {
        expect(outcome(await tree({ prefix }, line))).toEqual([403, 'insufficient_scope']);
      }
    });

    it('finds what they see alone', async () => {
      expect(await found('temperature', await narrowed('uns:read:mHv1.0/north/line-1/#'))).toEqual([
        'north/line-1/temperature',
      ]);
      expect(await found('line-1/', await narrowed('uns:read:mHv1.0/south/#'))).toEqual(['south/line-1/100%_done']);
      expect(await found('north', await narrowed('uns:read:mHv1.0/north/line-1/#'))).toEqual([]);
    });
  });

  it('is another one in another organization', async () => {
    const other = app.api(await app.newToken(['uns:read']), await app.newOrganization());
    expect((await tree({}, other)).body.data).toEqual([]);
    expect(outcome(await tree({ prefix: 'mHv1.0/north' }, other))).toEqual([404, 'not_found']);
    expect(await found('temperature', other)).toEqual([]);
    expect(await found('line-1/', other)).toEqual([]);
  });

  describe('tags', () => {
    const tagged = async (topic: string, tags: unknown): Promise<Answer> => {
      const { id } = (await api.get(`/uns/topics/by-path?topic=mHv1.0/${topic}`)).body.data;
      return api.patch(`/uns/topics/${id}`, { tags });
    };

    it('are kept, shown and looked for', async () => {
      expect((await tagged('north/line-1', ['energy', 'line'])).body.data.tags).toEqual(['energy', 'line']);
      await tagged('south/line-1', ['line']);
      const listed = async (tag: string): Promise<string[]> =>
        (await api.get(`/uns/topics?tag=${tag}`)).body.data.map(({ topic }: Node) => topic);
      expect(await listed('line')).toEqual(['mHv1.0/north/line-1', 'mHv1.0/south/line-1']);
      expect(await listed('energy')).toEqual(['mHv1.0/north/line-1']);
      expect(await listed('ener')).toEqual([]);
      expect((await tree({ prefix: 'mHv1.0/north' })).body.data[0].tags).toEqual(['energy', 'line']);
      // What is not mentioned stays.
      const { id } = (await api.get('/uns/topics/by-path?topic=mHv1.0/north/line-1')).body.data;
      expect((await api.patch(`/uns/topics/${id}`, { description: 'x' })).body.data.tags).toEqual(['energy', 'line']);
      expect((await tagged('north/line-1', [])).body.data.tags).toEqual([]);
    });

    it.each([
      [null],
      ['energy'],
      [['a', 'a']],
      [['']],
      [[1]],
      [['x'.repeat(51)]],
      [Array.from({ length: 21 }, (_, index) => `t${index}`)],
    ])('refuse %j', async (tags) => {
      expect(outcome(await tagged('north/line-1', tags))).toEqual([400, 'bad_request']);
    });
  });

  describe('by SQL of the application’s own role', () => {
    let client: Client;

    beforeAll(async () => {
      client = new Client({ connectionString: roleUrl(app.config.database.url, app.config.secretKey, 'app') });
      await client.connect();
    });

    afterAll(() => client.end());

    /** What the search gives in a transaction of that organization, and how often it has asked its index. */
    async function searched(tenant: string, organization: string): Promise<{ rows: number; scans: number }> {
      await client.query('BEGIN');
      try {
        await client.query(`SELECT set_config('app.orgs', $1, true)`, [tenant && `{${tenant}}`]);
        const result = await client.query(`SELECT uns_search_topics($1, '%temp%', NULL, NULL, '', 10)`, [organization]);
        const { rows } = await client.query<{ scans: string }>(
          `SELECT pg_stat_get_xact_numscans('uns_topics_search'::regclass) AS scans`,
        );
        return { rows: result.rows.length, scans: Number(rows[0]!.scans) };
      } finally {
        await client.query('ROLLBACK');
      }
    }

    it('uses its index', async () => {
      // Among a few rows there is nothing to gain.
      await app.database.asSystem((manager) =>
        manager.query(
          `INSERT INTO uns_topics (id, organization_id, path, name)
           SELECT gen_random_uuid(), $1, 'mHv1.0/' || md5(i::text), md5(i::text) FROM generate_series(1, 20000) i`,
          [organizationId],
        ),
      );
      await asOwner(app.config, (owner) => owner.query('ANALYZE uns_topics'));
      expect(await searched(organizationId, organizationId)).toEqual({ rows: 4, scans: 1 });
    });

    it('finds nothing of organizations that the transaction is not for', async () => {
      expect((await searched('', organizationId)).rows).toBe(0);
      expect((await searched(newId(), organizationId)).rows).toBe(0);
    });

    it('belongs to the system role, and is for the application alone', async () => {
      const { rows } = await client.query(
        `SELECT proowner::regrole::text LIKE '%\\_system' AS system, proacl::text ~ '[{,]=' AS everybody
         FROM pg_proc WHERE proname = 'uns_search_topics'`,
      );
      expect(rows).toEqual([{ system: true, everybody: false }]);
    });
  });
});
