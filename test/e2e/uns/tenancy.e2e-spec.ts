import { Client } from 'pg';
import { newId } from '#kernel';
import { roleUrl } from '#platform/database';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

describe('another organization', () => {
  let app: TestApp;
  let ours: ApiClient;
  let theirs: ApiClient;
  let ourId: string;
  let theirId: string;
  const topic = `mHv1.0/secret/${newId()}`;

  beforeAll(async () => {
    app = await createTestApp();
    [ourId, theirId] = [await app.newOrganization(), await app.newOrganization()];
    ours = app.api(await app.signIn(await app.newUser('admin', ourId)), ourId);
    theirs = app.api(await app.signIn(await app.newUser('admin', theirId)), theirId);
    await ours.post('/uns/data/publish/batch', {
      records: [
        { topic, value: 1 },
        { topic, value: 2, timestamp: 0 },
      ],
    });
  });

  afterAll(() => app.stop());

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.error];

  it('finds neither topic nor data', async () => {
    const { id } = (await ours.get(`/uns/topics/by-path?topic=${topic}`)).body.data;
    expect((await theirs.get('/uns/topics')).body).toEqual({ data: [], meta: { page: 1, limit: 25, total: 0 } });
    for (const path of [
      `topics/${id}`,
      `topics/by-path?topic=${topic}`,
      `data/recent?topic=${topic}`,
      `data/range?topic=${topic}`,
    ]) {
      expect(outcome(await theirs.get(`/uns/${path}`))).toEqual([404, 'not_found']);
    }
    expect(outcome(await theirs.patch(`/uns/topics/${id}`, { description: 'mine' }))).toEqual([404, 'not_found']);
  });

  it('has topics of the same names of its own', async () => {
    const name = `mHv1.0/same/${newId()}`;
    await ours.post('/uns/data/publish', { topic: name, value: 'ours' });
    expect((await theirs.post('/uns/topics', { topic: name })).status).toBe(201);
    await theirs.post('/uns/data/publish', { topic: name, value: 'theirs' });
    const values = async (api: ApiClient): Promise<unknown[]> =>
      (await api.get(`/uns/data/recent?topic=${name}`)).body.data.map(({ value }: { value: unknown }) => value);
    expect(await values(ours)).toEqual(['ours']);
    expect(await values(theirs)).toEqual(['theirs']);
  });

  it('is no member of ours: 403, as for one that does not exist', async () => {
    const token = await app.signIn(await app.newUser('admin', theirId));
    const intruder = await app.api(token, ourId).get('/uns/topics');
    const nowhere = await app.api(token, newId()).get('/uns/topics');
    expect(outcome(intruder)).toEqual([403, 'forbidden']);
    expect([nowhere.status, nowhere.text]).toEqual([intruder.status, intruder.text]);
  });

  describe('by SQL of the application’s own role', () => {
    let client: Client;

    beforeAll(async () => {
      client = new Client({ connectionString: roleUrl(app.config.database.url, app.config.secretKey, 'app') });
      await client.connect();
    });

    afterAll(() => client.end());

    /** Rows seen by a transaction of those organizations; of none where nothing is said. */
    async function seen(table: string, ...organizationIds: string[]): Promise<string[]> {
      await client.query('BEGIN');
      try {
        if (organizationIds.length > 0) await setTenants(organizationIds);
        const { rows } = await client.query<{ id: string }>(`SELECT organization_id AS id FROM ${table}`);
        return rows.map(({ id }) => id);
      } finally {
        await client.query('ROLLBACK');
      }
    }

    const setTenants = (organizationIds: string[]): Promise<unknown> =>
      client.query(`SELECT set_config('app.orgs', $1, true)`, [`{${organizationIds.join(',')}}`]);

    const inTransactionOf = async (
      organizationId: string,
      sql: string,
      parameters: unknown[],
    ): Promise<number | null> => {
      await client.query('BEGIN');
      try {
        await setTenants([organizationId]);
        return (await client.query(sql, parameters)).rowCount;
      } finally {
        await client.query('ROLLBACK');
      }
    };

    it.each(['uns_topics', 'uns_records'])('%s shows no row without an organization', async (table) => {
      expect(await seen(table)).toEqual([]);
      expect(new Set(await seen(table, ourId))).toEqual(new Set([ourId]));
      // Nothing of it stays with the connection.
      expect(await seen(table)).toEqual([]);
      expect(await seen(table, newId())).toEqual([]);
      expect(await seen(table, theirId)).not.toContain(ourId);
    });

    it('cannot change, delete or add rows of another', async () => {
      for (const sql of [
        `UPDATE uns_topics SET description = 'mine' WHERE organization_id = $1`,
        'DELETE FROM uns_topics WHERE organization_id = $1',
        'DELETE FROM uns_records WHERE organization_id = $1',
      ]) {
        expect(await inTransactionOf(theirId, sql, [ourId])).toBe(0);
      }
      const insert = `INSERT INTO uns_topics (id, organization_id, path, name) VALUES ($1, $2, 'mHv1.0/mine', 'mine')`;
      await expect(inTransactionOf(theirId, insert, [newId(), ourId])).rejects.toMatchObject({ code: '42501' });
      const move = 'UPDATE uns_topics SET organization_id = $1 WHERE organization_id = $2';
      await expect(inTransactionOf(ourId, move, [theirId, ourId])).rejects.toMatchObject({ code: '42501' });
    });

    it('cannot name a partition, which has no policy', async () => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'uns_records'::regclass`,
      );
      expect(rows.length).toBeGreaterThan(4);
      for (const { name } of rows) {
        await expect(seen(name, ourId)).rejects.toMatchObject({ code: '42501' });
        await expect(inTransactionOf(ourId, `DELETE FROM ${name}`, [])).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('is neither superuser nor owner, and cannot go past the policies', async () => {
      const { rows } = await client.query(
        `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, pg_has_role(current_user, tableowner, 'MEMBER') AS owner
         FROM pg_roles, pg_tables WHERE rolname = current_user AND tablename = 'uns_records'`,
      );
      expect(rows).toEqual([
        { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owner: false },
      ]);
      await expect(client.query('SELECT * FROM users')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('CREATE TABLE mine ()')).rejects.toMatchObject({ code: '42501' });
    });
  });
});
