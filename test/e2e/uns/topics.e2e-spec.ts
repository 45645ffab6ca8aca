import { newId } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

describe('topics', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(['uns:read', 'uns:write', 'uns:publish']));
  });

  afterAll(() => app.stop());

  const newTopic = (): string => `mHv1.0/topics/${newId()}`;

  const list = (query: Record<string, string>): Promise<Answer> => api.get(`/uns/topics?${new URLSearchParams(query)}`);

  const paths = ({ body }: Answer): string[] => body.data.map(({ topic }: { topic: string }) => topic);

  const create = (topic: string, description?: string): Promise<Answer> =>
    api.post('/uns/topics', { topic, ...(description !== undefined && { description }) });

  const pathOf = (location: string | null): string => location!.replace('/api/v1', '');

  describe('lists', () => {
    let branch: string;

    beforeAll(async () => {
      branch = newTopic();
      const records = ['c', 'a', 'b', 'B', 'd/x', 'ä', '100%_done'].map((level) => ({
        topic: `${branch}/${level}`,
        value: 1,
      }));
      await api.post('/uns/data/publish/batch', { records });
    });

    const under = (...levels: string[]): string[] => levels.map((level) => `${branch}/${level}`);

    it('are sorted by path, in the order of code points', async () => {
      const answer = await list({ search: `${branch}/` });
      expect(paths(answer)).toEqual(under('100%_done', 'B', 'a', 'b', 'c', 'd', 'd/x', 'ä'));
      expect(answer.body.meta).toEqual({ page: 1, limit: 25, total: 8 });
    });

    it('have pages that neither lose nor repeat', async () => {
      const found = [];
      for (const page of [1, 2, 3, 4]) {
        const answer = await list({ search: `${branch}/`, limit: '3', page: String(page) });
        expect(answer.body.meta).toEqual({ page, limit: 3, total: 8 });
        found.push(paths(answer));
      }
      expect(found.map(({ length }) => length)).toEqual([3, 3, 2, 0]);
      expect(found.flat()).toEqual(under('100%_done', 'B', 'a', 'b', 'c', 'd', 'd/x', 'ä'));
    });

    it('are sorted as asked', async () => {
      expect(paths(await list({ search: `${branch}/`, sort: '-path', limit: '2' }))).toEqual(under('ä', 'd/x'));
      const byName = paths(await list({ search: `${branch}/`, sort: '-name,path' }));
      expect(byName).toHaveLength(8);
      expect(byName.at(0)).toBe(`${branch}/ä`);
      expect((await list({ search: `${branch}/`, sort: 'createdAt,-updatedAt' })).body.data).toHaveLength(8);
    });

    it('neither lose nor repeat what is equal in the order', async () => {
      const found = [];
      for (const page of ['1', '2', '3', '4', '5', '6', '7', '8']) {
        found.push(...paths(await list({ search: `${branch}/`, sort: 'createdAt', limit: '1', page })));
      }
      expect(new Set(found).size).toBe(8);
    });

    it('are searched anywhere in the path, in whatever case, and literally', async () => {
      expect(paths(await list({ search: `${branch}/B` }))).toEqual(under('B', 'b'));
      expect(paths(await list({ search: `${branch.slice(10)}/d/` }))).toEqual(under('d/x'));
      expect(paths(await list({ search: '100%_D' }))).toEqual(under('100%_done'));
      expect(paths(await list({ search: `${branch}/1__%` }))).toEqual([]);
      expect(paths(await list({ search: '\\' }))).toEqual([]);
    });

    it('have the members of a topic', async () => {
      const { body } = await list({ search: `${branch}/d/x` });
      expect(body.data).toEqual([
        {
          id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
          topic: `${branch}/d/x`,
          name: 'x',
          description: null,
          tags: [],
          version: 1,
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        },
      ]);
    });

    it.each([
      'page=0',
      'page=1.5',
      'page=x',
      'page=1000001',
      'limit=0',
      'limit=201',
      'limit=',
      'sort=colour',
      'sort=__proto__',
      'sort=',
      'sort=path;DROP',
      'search=a&search=b',
      'search=%00',
      `search=${'x'.repeat(201)}`,
      'colour=red',
    ])('refuse %s', async (query) => {
      const { status, body } = await api.get(`/uns/topics?${query}`);
      expect([status, body.error]).toEqual([400, 'bad_request']);
    });
  });

  describe('creating', () => {
    it('answers 201 with Location and ETag, and makes the parents', async () => {
      const topic = `${newTopic()}/line-1/temperature`;
      const { status, headers, body } = await create(topic, 'Inlet');
      expect(status).toBe(201);
      expect(body.data).toMatchObject({ topic, name: 'temperature', description: 'Inlet' });
      expect(headers.get('location')).toBe(`/api/v1/uns/topics/${body.data.id}`);
      const read = await api.get(pathOf(headers.get('location')));
      expect(read.body).toEqual(body);
      expect(read.headers.get('etag')).toBe(headers.get('etag'));
      const parent = topic.slice(0, topic.lastIndexOf('/'));
      expect((await api.get(`/uns/topics/by-path?topic=${parent}`)).body.data).toMatchObject({
        topic: parent,
        description: null,
      });
    });

    it('gives a Location that works, also for an address with a slash at its end', async () => {
      const { status, headers } = await api.post('/uns/topics/?', { topic: newTopic() });
      expect(status).toBe(201);
      expect((await api.get(pathOf(headers.get('location')))).status).toBe(200);
    });

    it('answers 409 where the topic exists, also when it was made by data', async () => {
      const topic = newTopic();
      expect((await create(topic)).status).toBe(201);
      const { status, body } = await create(topic);
      expect(status).toBe(409);
      expect(body).toEqual({ error: 'conflict', message: 'Topic exists' });
      await api.post('/uns/data/publish', { topic: `${topic}/a`, value: 1 });
      expect((await create(`${topic}/a`)).status).toBe(409);
    });

    it('lets one of many win', async () => {
      const topic = `${newTopic()}/a/b/c`;
      const answers = await Promise.all(Array.from({ length: 20 }, () => create(topic)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    });

    it.each<[string, unknown, string | RegExp]>([
      ['no topic', {}, 'Topic is required'],
      ['an empty topic', { topic: '' }, 'Topic is required'],
      ['a null', { topic: null }, 'Topic is required'],
      ['a topic of another kind', { topic: 5 }, 'Topic must be a string'],
      ['a list of topics', { topic: ['mHv1.0/a'] }, 'Topic must be a string'],
      ['a topic without prefix', { topic: 'a' }, 'Topic must start with mHv1.0/'],
      ['a filter', { topic: 'mHv1.0/+/a' }, 'Topic must not contain +, # or NUL'],
      ['NUL in the topic', { topic: 'mHv1.0/\0' }, /^Topic /],
      ['a description of another kind', { topic: 'mHv1.0/a', description: 1 }, 'Description must be a string'],
      ['a long description', { topic: 'mHv1.0/a', description: 'x'.repeat(501) }, /^Description must be/],
      ['NUL in the description', { topic: 'mHv1.0/a', description: 'a\0' }, /NUL/],
      ['half a character in the description', { topic: 'mHv1.0/a', description: '\ud83c' }, /Unicode/],
      ['an unknown field', { topic: 'mHv1.0/a', colour: 'red' }, 'Colour is not a known field'],
      ['a list', [], /./],
      ['null', null, /./],
      ['a text', '"mHv1.0/a"', /./],
    ])('refuses %s', async (_, body, message) => {
      const answer = await api.post('/uns/topics', body);
      expect([answer.status, answer.body.error]).toEqual([400, 'bad_request']);
      expect(answer.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    });

    it('refuses a document that is nested without end', async () => {
      const body = `{"topic":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
      expect((await api.post('/uns/topics', body)).status).toBe(400);
    });
  });

  describe('reading', () => {
    it('is by id and by path, with the same answer', async () => {
      const topic = newTopic();
      const { body } = await create(topic);
      const byId = await api.get(`/uns/topics/${body.data.id}`);
      const byPath = await api.get(`/uns/topics/by-path?topic=${topic}`);
      expect(byId.body).toEqual(byPath.body);
      expect(byId.headers.get('etag')).toBe(byPath.headers.get('etag'));
    });

    it.each(['x', '1', '00000000-0000-0000-0000-000000000000', 'by-path%2Fx', '..%2F..%2Fhealth'])(
      'answers 404 for the id %s',
      async (id) => {
        const { status, body } = await api.get(`/uns/topics/${id}`);
        expect([status, body]).toEqual([404, { error: 'not_found', message: 'Topic not found' }]);
      },
    );

    it('answers 404 for an id that no database could keep, and says why', async () => {
      const { status, body } = await api.get('/uns/topics/%00');
      expect([status, body.message]).toEqual([404, 'Not found: Id contains the NUL character']);
    });

    it('answers 404 for a path that does not exist, and 400 for one that is none', async () => {
      expect((await api.get(`/uns/topics/by-path?topic=${newTopic()}`)).status).toBe(404);
      expect((await api.get('/uns/topics/by-path?topic=factory')).status).toBe(400);
      expect((await api.get('/uns/topics/by-path')).body.message).toBe('Topic is required');
    });
  });

  describe('changing', () => {
    const newOne = async (): Promise<{ address: string; tag: string }> => {
      const { headers } = await create(newTopic());
      return { address: pathOf(headers.get('location')), tag: headers.get('etag')! };
    };

    const change = (address: string, description: unknown, ifMatch?: string): Promise<Answer> =>
      api.patch(address, { description }, ifMatch === undefined ? {} : { 'If-Match': ifMatch });

    it('gives a new ETag, and the old one is stale', async () => {
      const { address, tag } = await newOne();
      const first = await change(address, 'one', tag);
      expect(first.status).toBe(200);
      expect(first.body.data.description).toBe('one');
      const newTag = first.headers.get('etag')!;
      expect(newTag).not.toBe(tag);

      const stale = await change(address, 'two', tag);
      expect(stale.status).toBe(412);
      expect(stale.body).toEqual({ error: 'precondition_failed', message: expect.any(String) });
      const read = await api.get(address);
      expect([read.body.data.description, read.headers.get('etag')]).toEqual(['one', newTag]);
      expect((await change(address, null, newTag)).body.data.description).toBeNull();
    });

    it('heeds * and does without If-Match', async () => {
      const { address } = await newOne();
      expect((await change(address, 'one', '*')).status).toBe(200);
      expect((await change(address, 'two')).body.data).toMatchObject({ description: 'two', version: 3 });
    });

    it('matches any of several ETags', async () => {
      const { address, tag } = await newOne();
      expect((await change(address, 'one', `"7", W/"1", ${tag}`)).status).toBe(200);
      expect((await change(address, 'two', `"7", ${tag}`)).status).toBe(412);
    });

    it.each(['"0"', '"abc"', 'W/"1"', '"1a"', '"99999999999999999999"', '""'])('does not match %s', async (tag) => {
      const { address } = await newOne();
      expect((await change(address, 'one', tag)).status).toBe(412);
    });

    it.each(['1', 'abc', '"1', '', '"1" "2"'])('refuses If-Match: %j', async (tag) => {
      const { address } = await newOne();
      const { status, body } = await change(address, 'one', tag);
      expect([status, body.error]).toEqual([400, 'bad_request']);
    });

    it('lets one of two with the same ETag win', async () => {
      const { address, tag } = await newOne();
      const answers = await Promise.all(['one', 'two', 'three'].map((text) => change(address, text, tag)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    });

    it('checks 400 before 404 before 412', async () => {
      const { address, tag } = await newOne();
      const nowhere = `/uns/topics/${newId()}`;
      await change(address, 'one');
      expect((await change(nowhere, 5, tag)).status).toBe(400);
      expect((await change(nowhere, 'one', tag)).status).toBe(404);
      expect((await change(address, 'two', tag)).status).toBe(412);
    });
  });
});
