import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const START = Date.parse('2026-02-01T00:00:00Z');
const MINUTE = 60_000;

interface SeriesAnswer {
  topic: string;
  bucket: string | null;
  points: [number, unknown, number?][];
  truncated: boolean;
  problem?: string;
}

const at = (milliseconds: number): string => new Date(START + milliseconds).toISOString();

/** A topic of its own for each use. */
const newTopic = (): string => `mHv1.0/${newId()}`;

describe('the data of a dashboard', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const publish = async (topic: string, samples: [milliseconds: number, value: unknown][]): Promise<void> => {
    const records = samples.map(([milliseconds, value]) => ({ topic, value, timestamp: START + milliseconds }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
  };

  const dashboardOf = async (content: object): Promise<string> => {
    const timeRange = { from: at(0), to: at(10 * MINUTE) };
    const answer = await api.post('/uns/dashboards', { name: newId(), timeRange, ...content });
    expect(answer).toMatchObject({ status: 201 });
    return `/uns/dashboards/${answer.body.data.id}`;
  };

  const panelOf = (type: string, ...queries: object[]) => ({ type, queries });

  /** The data of a dashboard with one panel, which is it. */
  const seriesOf = async (type: string, query: object, times = ''): Promise<SeriesAnswer> => {
    const dashboard = await dashboardOf({ panels: [panelOf(type, query)] });
    const { status, body } = await api.get(`${dashboard}/data?${times}`);
    expect(status).toBe(200);
    return body.data.panels[0].series[0];
  };

  describe('of one topic', () => {
    const topic = newTopic();

    beforeAll(() =>
      publish(topic, [
        [-MINUTE, 1],
        [0, 2],
        [MINUTE, 'off'],
        [MINUTE + 1, 4],
        [2 * MINUTE, null],
        [3 * MINUTE, { rpm: 60, motor: { state: 'on' } }],
        [10 * MINUTE, 9],
      ]),
    );

    it('is its records, as they are', async () => {
      expect(await seriesOf('line', { topic })).toEqual({
        query: 0,
        topic,
        field: null,
        aggregate: null,
        bucket: null,
        points: [
          [START, 2],
          [START + MINUTE, 'off'],
          [START + MINUTE + 1, 4],
          [START + 2 * MINUTE, null],
          [START + 3 * MINUTE, { rpm: 60, motor: { state: 'on' } }],
        ],
        truncated: false,
      });
    });

    it('is its buckets', async () => {
      const series = await seriesOf('line', { topic, aggregate: 'sum', bucket: '5m' }, `to=${at(20 * MINUTE)}`);
      expect(series).toMatchObject({ aggregate: 'sum', bucket: '5m', truncated: false });
      expect(series.points).toEqual([
        [START, 6, 2],
        [START + 10 * MINUTE, 9, 1],
      ]);
    });

    it.each([
      ['avg', 3],
      ['min', 2],
      ['max', 4],
      ['count', 2],
      ['first', 2],
      ['last', 4],
    ])('is the %s of the whole time where one value is shown', async (aggregate, value) => {
      const { points } = await seriesOf('stat', { topic, aggregate });
      expect(points).toEqual([[START, value, 2]]);
    });

    it.each(['stat', 'gauge', 'table'])('is the last record before the end for %s', async (type) => {
      expect((await seriesOf(type, { topic })).points).toEqual([
        [START + 3 * MINUTE, { rpm: 60, motor: { state: 'on' } }],
      ]);
      const later = `from=${at(20 * MINUTE)}&to=${at(30 * MINUTE)}`;
      expect(await seriesOf(type, { topic }, later)).toMatchObject({
        points: [[START + 10 * MINUTE, 9]],
        truncated: false,
      });
      expect((await seriesOf(type, { topic }, `from=2020-01-01T00:00:00Z&to=${at(-2 * MINUTE)}`)).points).toEqual([]);
    });

    it('is a field of its objects', async () => {
      expect((await seriesOf('state-timeline', { topic, field: 'motor.state' })).points).toEqual([
        [START + 3 * MINUTE, 'on'],
      ]);
      expect((await seriesOf('bar', { topic, field: 'rpm', aggregate: 'max', bucket: '1h' })).points).toEqual([
        [START, 60, 1],
      ]);
      expect((await seriesOf('stat', { topic, field: 'rpm' })).points).toEqual([[START + 3 * MINUTE, 60]]);
    });

    it('has the bucket that suits the time', async () => {
      const bucket = async (times: string) => (await seriesOf('line', { topic, aggregate: 'avg' }, times)).bucket;
      expect(await bucket('')).toBe('2s');
      expect(await bucket('from=now-24h&to=now')).toBe('3m');
      expect(await bucket(`from=${START}&to=${START + 1}`)).toBe('1ms');
    });
  });

  it('answers what can be answered, and tells what is wrong with the rest', async () => {
    const [number, object, huge] = [newTopic(), newTopic(), newTopic()];
    await publish(number, [[1, 5]]);
    await publish(object, [[1, { rpm: 1 }]]);
    await publish(huge, [
      [1, 1e308],
      [2, 1e308],
    ]);
    const average = { aggregate: 'avg', bucket: '1h' };
    const dashboard = await dashboardOf({
      panels: [
        panelOf('line', { topic: number, ...average }, { topic: newTopic() }, { topic: object, ...average }),
        panelOf(
          'line',
          { topic: huge, aggregate: 'sum', bucket: '1h' },
          { topic: huge, aggregate: 'max', bucket: '1ms' },
        ),
        { type: 'text', options: { text: 'nothing to read' } },
        panelOf('stat', { topic: number }),
      ],
    });
    const { status, body } = await api.get(`${dashboard}/data`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ from: at(0), to: at(10 * MINUTE), variables: {} });
    const told = body.data.panels.map(({ series }: { series: SeriesAnswer[] }) =>
      series.map(({ points, problem }) => problem ?? points.map(([, value]) => value)),
    );
    expect(told).toEqual([
      [[5], 'Topic not found', 'Field is required: the topic holds objects'],
      ['The aggregate of these values is out of range', [1e308, 1e308]],
      [[5]],
    ]);
  });

  it('takes many statements of many kinds as one answer', async () => {
    const topic = newTopic();
    await publish(
      topic,
      Array.from({ length: 100 }, (_, index) => [index * 1_000, index]),
    );
    const aggregates = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last'];
    const panels = Array.from({ length: 100 }, (_, index) =>
      panelOf('line', { topic, aggregate: aggregates[index % 7], bucket: '10m' }),
    );
    const dashboard = await dashboardOf({ panels });
    const { data } = (await api.get(`${dashboard}/data`)).body;
    const values = data.panels.map(({ series }: { series: SeriesAnswer[] }) => series[0]!.points[0]![1]);
    expect(values).toEqual(Array.from({ length: 100 }, (_, index) => [49.5, 0, 99, 4950, 100, 0, 99][index % 7]));
  });

  describe('of filters', () => {
    const plant = newTopic();

    beforeAll(async () => {
      for (const line of ['a', 'b', 'c']) await publish(`${plant}/${line}/temperature`, [[1, line]]);
      await publish(`${plant}/a/speed`, [[1, 5]]);
      await publish(`${plant}-2/a/temperature`, [[1, 'other']]);
    });

    it.each<[string, string[]]>([
      ['/+/temperature', ['/a/temperature', '/b/temperature', '/c/temperature']],
      ['/a/+', ['/a/speed', '/a/temperature']],
      ['/a/#', ['/a', '/a/speed', '/a/temperature']],
      ['/+/speed', ['/a/speed']],
    ])('%s is a series for each topic', async (filter, expected) => {
      const dashboard = await dashboardOf({ panels: [panelOf('table', { topic: plant + filter })] });
      const { series } = (await api.get(`${dashboard}/data`)).body.data.panels[0];
      expect(series.map(({ topic }: SeriesAnswer) => topic)).toEqual(expected.map((path) => plant + path));
    });

    it('says where there is none', async () => {
      expect(await seriesOf('table', { topic: `${plant}/+/pressure` })).toMatchObject({
        topic: `${plant}/+/pressure`,
        points: [],
        problem: 'No topic that you may read fits',
      });
    });

    it('are answered with fifty topics, and say that there are more', async () => {
      const wide = newTopic();
      const records = Array.from({ length: 51 }, (_, index) => ({
        topic: `${wide}/${String(index).padStart(2, '0')}`,
        value: index,
      }));
      await api.post('/uns/data/publish/batch', { records });
      const dashboard = await dashboardOf({ panels: [panelOf('table', { topic: `${wide}/+` })] });
      const [panel] = (await api.get(`${dashboard}/data?from=now-1h&to=now`)).body.data.panels;
      expect(panel.series).toHaveLength(50);
      expect(panel.series[49]).toMatchObject({ topic: `${wide}/49` });
      expect(panel.problem).toBe(`${wide}/+ selects more topics than are shown`);
      const many = await dashboardOf({
        panels: Array.from({ length: 11 }, () => panelOf('table', { topic: `${wide}/+` })),
      });
      const { panels } = (await api.get(`${many}/data?from=now-1h&to=now`)).body.data;
      expect(panels.map(({ series }: { series: unknown[] }) => series.length)).toEqual([...Array(10).fill(50), 0]);
      expect(panels[10].problem).toBe(`${wide}/+ selects more topics than are shown`);
    });
  });

  describe('with variables', () => {
    const plant = newTopic();

    beforeAll(async () => {
      for (const line of ['l2', 'l1']) await publish(`${plant}/${line}/speed`, [[1, line]]);
    });

    const withVariable = (variable: object) =>
      dashboardOf({
        variables: [{ name: 'line', ...variable }],
        panels: [{ ...panelOf('stat', { topic: `${plant}/\${line}/speed` }), title: 'Speed of ${line} ${other}' }],
      });

    const shown = async (dashboard: string, query = '') => {
      const { status, body } = await api.get(`${dashboard}/data?${query}`);
      if (status !== 200) return body.message;
      const [{ title, series, problem }] = body.data.panels;
      return [title, problem ?? series[0].problem ?? series[0].points[0][1]];
    };

    it('takes the default, the first value, or what is asked for', async () => {
      const first = await withVariable({ values: ['l2', 'l1'] });
      expect(await shown(first)).toEqual(['Speed of l2 ${other}', 'l2']);
      expect(await shown(first, 'var-line=l1')).toEqual(['Speed of l1 ${other}', 'l1']);
      expect(await shown(await withVariable({ values: ['l2', 'l1'], default: 'l1' }))).toEqual([
        'Speed of l1 ${other}',
        'l1',
      ]);
      expect((await api.get(`${first}/data?var-line=l1`)).body.data.variables).toEqual({ line: 'l1' });
    });

    it('finds its values among the topics', async () => {
      const found = await withVariable({ label: 'Line', topics: `${plant}/+/speed` });
      expect(await shown(found)).toEqual(['Speed of l1 ${other}', 'l1']);
      expect((await api.get(`${found}/variables`)).body).toEqual({
        data: [{ name: 'line', label: 'Line', value: 'l1', values: ['l1', 'l2'] }],
        meta: { page: 1, limit: 1, total: 1 },
      });
      const none = await withVariable({ topics: `${newTopic()}/+/speed` });
      expect(await shown(none)).toEqual(['Speed of ${line} ${other}', 'Variable line has no value']);
      expect((await api.get(`${none}/variables`)).body.data[0]).toMatchObject({ value: null, values: [] });
    });

    it('lets no value reach for other topics', async () => {
      const dashboard = await withVariable({ values: ['l1'] });
      for (const value of ['%2B', '%23', 'l1/speed', 'a%2Fb']) {
        expect(await shown(dashboard, `var-line=${value}`)).toBe('Var-line must not contain /, + or #');
      }
      expect(await shown(dashboard, 'var-line=l9')).toEqual(['Speed of l9 ${other}', 'Topic not found']);
      expect(await shown(dashboard, 'var-site=x')).toBe('Variable site is not defined');
      expect(await shown(dashboard, 'var-line=a&var-line=b')).toBe('Var-line must be given once, as a text');
      expect(await shown(dashboard, 'line=l1')).toBe('Line is not a known field');
      expect(await shown(dashboard, `var-line=${'x'.repeat(101)}`)).toBe(
        'Var-line must be at most 100 characters long',
      );
    });
  });

  it.each([
    ['from=yesterday', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['from=now&to=now-1h', 'From must be earlier than to'],
    ['from=', 'From must have 1 to 50 characters'],
    ['from=now-4000d&to=now', 'From must be at most 3660 days before to'],
    ['limit=1', 'Limit is not a known field'],
  ])('refuses %s', async (query, message) => {
    const dashboard = await dashboardOf({});
    expect(await api.get(`${dashboard}/data?${query}`)).toMatchObject({ status: 400, body: { message } });
  });

  it('knows the last value of a topic of which not every value is kept', async () => {
    const topic = newTopic();
    await publish(topic, [[0, 20]]);
    const measure = (milliseconds: number, value: unknown) =>
      app.database.asSystem((manager) =>
        manager.query(
          `INSERT INTO uns_latest (organization_id, topic_id, id, "timestamp", received_at, quality, value)
           SELECT organization_id, id, id, $2, now(), 0, $3 FROM uns_topics WHERE path = $1
           ON CONFLICT (topic_id) DO UPDATE SET "timestamp" = excluded."timestamp", value = excluded.value`,
          [topic, at(milliseconds), JSON.stringify(value)],
        ),
      );
    await measure(MINUTE, { rpm: 5 });
    expect((await seriesOf('stat', { topic })).points).toEqual([[START + MINUTE, { rpm: 5 }]]);
    expect((await seriesOf('stat', { topic, field: 'rpm' })).points).toEqual([[START + MINUTE, 5]]);
    expect((await seriesOf('line', { topic })).points).toEqual([[START, 20]]);
    // As of a time before it, and where what is kept is later.
    expect((await seriesOf('stat', { topic }, `to=${at(MINUTE)}`)).points).toEqual([[START, 20]]);
    await publish(topic, [[2 * MINUTE, 21]]);
    expect((await seriesOf('stat', { topic })).points).toEqual([[START + 2 * MINUTE, 21]]);
  });

  it('keeps the latest of what is too much', async () => {
    const [numbers, texts] = [newTopic(), newTopic()];
    await publish(
      numbers,
      Array.from({ length: 2_100 }, (_, index) => [index * 10, index]),
    );
    const raw = await seriesOf('line', { topic: numbers });
    expect(raw.truncated).toBe(true);
    expect([raw.points.length, raw.points[0], raw.points[1_999]]).toEqual([
      2_000,
      [START + 1_000, 100],
      [START + 20_990, 2_099],
    ]);
    const buckets = await seriesOf('line', { topic: numbers, aggregate: 'max', bucket: '10ms' }, `to=${at(21_000)}`);
    expect([buckets.truncated, buckets.points.length, buckets.points[0]]).toEqual([
      true,
      2_000,
      [START + 1_000, 100, 1],
    ]);
    // Sixteen MiB of texts, of which a dashboard shows no more.
    const long = 'x'.repeat(900_000);
    for (let index = 0; index < 20; index++) await publish(texts, [[index, index < 19 ? long : `last ${long}`]]);
    const large = await seriesOf('table', { topic: texts });
    expect([large.truncated, large.points.length]).toEqual([false, 1]);
    const many = await seriesOf('line', { topic: texts });
    expect([many.truncated, many.points.length]).toEqual([true, 18]);
    expect(many.points.at(-1)![1]).toMatch(/^last x/);
  });

  describe('for those who may read some topics', () => {
    const plant = newTopic();
    let dashboard: string;

    beforeAll(async () => {
      for (const line of ['a', 'b']) await publish(`${plant}/${line}/speed`, [[1, line]]);
      dashboard = await dashboardOf({
        variables: [{ name: 'line', topics: `${plant}/+/speed` }],
        panels: [
          panelOf('table', { topic: `${plant}/a/speed` }, { topic: `${plant}/b/speed` }, { topic: `${plant}/c/speed` }),
          panelOf('table', { topic: `${plant}/+/speed` }),
        ],
      });
    });

    const read = async (...scopes: string[]) => {
      const caller = app.api(await app.newToken(scopes, await app.newUser('viewer')));
      const { body } = await caller.get(`${dashboard}/data`);
      return (
        body.error ??
        body.data.panels.map(({ series }: { series: SeriesAnswer[] }) =>
          series.map(({ points, problem }) => problem ?? points[0]![1]),
        )
      );
    };

    it('is that of these topics', async () => {
      expect(await read('dashboards:read', 'uns:read')).toEqual([
        ['a', 'b', 'Topic not found'],
        ['a', 'b'],
      ]);
      // What does not exist and what may not be read are told apart by nothing.
      expect(await read('dashboards:read', `uns:read:${plant}/a/#`)).toEqual([
        ['a', 'You may not read this topic', 'You may not read this topic'],
        ['a'],
      ]);
      expect(await read('dashboards:read', `uns:read:${plant}/b/speed`)).toEqual([
        ['You may not read this topic', 'b', 'You may not read this topic'],
        ['b'],
      ]);
    });

    it('offers what is in them', async () => {
      const token = await app.newToken(['dashboards:read', `uns:read:${plant}/b/#`], await app.newUser('viewer'));
      expect((await app.api(token).get(`${dashboard}/variables`)).body.data[0].values).toEqual(['b']);
    });

    it('needs both scopes', async () => {
      expect(await read('dashboards:read')).toBe('insufficient_scope');
      expect(await read('uns:read')).toBe('insufficient_scope');
    });

    it('is nothing of another organization', async () => {
      const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
      const { body } = await other.post('/uns/dashboards', {
        name: 'Theirs',
        panels: [panelOf('table', { topic: `${plant}/a/speed` }, { topic: `${plant}/+/speed` })],
      });
      const { panels } = (await other.get(`/uns/dashboards/${body.data.id}/data`)).body.data;
      expect(panels[0].series.map(({ problem }: SeriesAnswer) => problem)).toEqual([
        'Topic not found',
        'No topic that you may read fits',
      ]);
    });
  });
});
