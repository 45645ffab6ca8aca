import { newId } from '#kernel';
import { asOwner } from '#platform/database';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { ensurePartitions } from '#uns';

describe('partitions of history', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(['uns:read', 'uns:publish']));
  });

  afterAll(() => app.stop());

  const partitions = (): Promise<string[]> =>
    asOwner(app.config, async (owner) => {
      const { rows } = await owner.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'uns_records'::regclass ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    });

  const rowsIn = (partition: string): Promise<number> =>
    asOwner(app.config, async (owner) => {
      const { rows } = await owner.query<{ count: string }>(`SELECT count(*) FROM ${partition}`);
      return Number(rows[0]!.count);
    });

  it('take over what had to wait in the default one, whoever makes them at the same time', async () => {
    const made = await partitions();
    const latest = made.filter((name) => /_\d+$/.test(name)).at(-1)!;
    await asOwner(app.config, (owner) => owner.query(`DROP TABLE ${latest}`));

    const topic = `mHv1.0/partitions/${newId()}`;
    const day = latest.slice(-8).replace(/(....)(..)(..)/, '$1-$2-$3');
    const times = [
      `${day}T00:00:00.000Z`,
      `${day}T23:59:59.999Z`,
      '1999-01-01T00:00:00.000Z',
      '9000-01-01T00:00:00.000Z',
    ];
    const records = times.map((timestamp, value) => ({ topic, value, timestamp }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    const waiting = await rowsIn('uns_records_default');

    // While data keeps coming in.
    const [answers] = await Promise.all([
      Promise.all(
        [1, 2, 3].map(() => api.post('/uns/data/publish', { topic: `${topic}/x`, value: 1, timestamp: times[0] })),
      ),
      ...[1, 2, 3].map(() => asOwner(app.config, ensurePartitions)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    // Another one is due at midnight.
    expect(await partitions()).toEqual(expect.arrayContaining(made));
    expect(waiting - (await rowsIn('uns_records_default'))).toBe(2);
    const { body } = await api.get(`/uns/data/range?topic=${topic}`);
    expect(body.data.map(({ timestamp }: { timestamp: string }) => timestamp)).toEqual([...times].sort());
    const others = await api.get(`/uns/data/range?topic=${topic}/x`);
    expect(others.body.data).toHaveLength(3);
  });
});
