import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually, startPostgres, startTcpProxy, type PostgresServer, type TcpProxy } from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { ProtocolHub } from './protocol-hub';

describe('the protocol postgres', () => {
  let hub: ProtocolHub;
  let server: PostgresServer;
  let proxy: TcpProxy;
  let admin: Client;
  let direct: object;
  let proxied: object;

  beforeAll(async () => {
    [hub, server] = await Promise.all([ProtocolHub.start(), startPostgres({ toBeKilled: true })]);
    const { username, password, port } = new URL(server.url);
    proxy = await startTcpProxy(Number(port));
    const config = { host: '127.0.0.1', database: 'postgres', username, password, tls: { mode: 'disable' } };
    direct = { ...config, port: Number(port) };
    proxied = { ...config, port: proxy.port };
    admin = await connected(server.url);
  });

  afterAll(() => Promise.all([admin.end(), hub.stop(), proxy.stop()]).then(() => server.stop()));

  const data = async (...call: Parameters<ProtocolHub['call']>) => {
    const { success, data: answer, error } = await hub.call(...call);
    expect({ success, error }).toEqual({ success: true, error: undefined });
    return answer;
  };

  const failure = async (...call: Parameters<ProtocolHub['call']>) => {
    const { success, error } = await hub.call(...call);
    expect(success).toBe(false);
    return error!;
  };

  const activity = async (sql: string): Promise<number> => {
    const { rows } = await admin.query('SELECT 1 FROM pg_stat_activity WHERE state = $1 AND query LIKE $2', [
      'active',
      sql,
    ]);
    return rows.length;
  };

  it('tells whether the server is there and lets us in', async () => {
    expect(await hub.test(await hub.add('postgres', direct))).toMatchObject({ success: true });
    const wrong = await hub.test(await hub.add('postgres', { ...direct, password: 'hunter2-wrong' }));
    expect(wrong.success).toBe(false);
    expect(wrong.message).toMatch(/127\.0\.0\.1:\d+: password authentication failed for user/);
    expect(wrong.message).not.toContain('hunter2-wrong');
    const nowhere = await hub.test(await hub.add('postgres', { ...direct, database: 'nowhere' }));
    expect(nowhere.message).toMatch(/database "nowhere" does not exist/);
    const secured = await hub.test(await hub.add('postgres', { ...direct, tls: { mode: 'require' } }));
    expect(secured.message).toMatch(/the server offers no TLS/);
  });

  describe('statements', () => {
    let id: string;

    beforeAll(async () => {
      await admin.query(`CREATE SCHEMA "Plant 1"; CREATE TABLE "Plant 1"."Orders" (
        id int PRIMARY KEY, name text NOT NULL, tags text[], extra jsonb, at timestamptz, amount numeric)`);
      id = await hub.add('postgres', { ...direct, schema: 'Plant 1' });
    });

    it('give every type as JSON', async () => {
      const sql = `SELECT 9007199254740993::bigint AS big, 42::bigint AS small, 12345678901234567.89::numeric AS exact, 1.50::numeric AS amount,
        'NaN'::float8 AS nan, 1.5::float4 AS float, true AS yes, NULL::int AS nothing, '\\xdeadbeef'::bytea AS bytes, '{"a":[1]}'::jsonb AS doc,
        '2024-02-29 12:00:00.123456+00'::timestamptz AT TIME ZONE 'UTC' AS local, '2024-02-29'::date AS day,
        ARRAY[1,2,NULL]::int[] AS list, ARRAY['a,b','c"d'] AS texts, '1 day 02:00'::interval AS lasts, 'x' AS same, 'y' AS same`;
      const { rows, rowCount, fields, truncated } = await data(id, 'postgres.query', { sql });
      expect(rows).toEqual([
        {
          big: '9007199254740993',
          small: 42,
          exact: '12345678901234567.89',
          amount: 1.5,
          nan: 'NaN',
          float: 1.5,
          yes: true,
          nothing: null,
          bytes: '3q2+7w==',
          doc: { a: [1] },
          local: '2024-02-29T12:00:00.123456',
          day: '2024-02-29',
          list: [1, 2, null],
          texts: ['a,b', 'c"d'],
          lasts: '1 day 02:00:00',
          same: 'x',
          same_2: 'y',
        },
      ]);
      expect([rowCount, truncated, fields[0], fields[12]]).toEqual([
        1,
        false,
        { name: 'big', type: 'int8' },
        { name: 'list', type: 'int4[]' },
      ]);
      const zone = await data(id, 'postgres.query', { sql: "SELECT '2024-02-29 12:00:00.5+05:30'::timestamptz at" });
      expect(new Date(zone.rows[0].at as string).toISOString()).toBe('2024-02-29T06:30:00.500Z');
    });

    it('take parameters as values, whatever they hold', async () => {
      const evil = `'); DROP TABLE "Orders"; --`;
      const write =
        'INSERT INTO "Orders" (id, name, tags, extra) VALUES (((id)), ((name)), ((tags)), ((extra))::jsonb)';
      const values = { id: 1, name: evil, tags: ['a,b', '"'], extra: [{ deep: true }] };
      expect(await data(id, 'postgres.execute', { sql: write }, values)).toEqual({ affectedRows: 1 });
      const read = 'SELECT name, tags, extra FROM "Orders" WHERE name = ((name)) AND id = ANY(((ids)))';
      expect((await data(id, 'postgres.query', { sql: read }, { name: evil, ids: [1, 2] })).rows).toEqual([
        { name: evil, tags: ['a,b', '"'], extra: [{ deep: true }] },
      ]);
      const grouped = 'SELECT lower(((text)) || name) n FROM "Orders" GROUP BY lower(((text)) || name)';
      expect((await data(id, 'postgres.query', { sql: grouped }, { text: 'X' })).rows).toHaveLength(1);
    });

    it('are refused before anybody is asked where they cannot be meant', async () => {
      const refused = (sql: string) => expect(hub.call(id, 'postgres.query', { sql }, { name: 'x' })).rejects.toThrow;
      await refused(`SELECT * FROM "Orders" WHERE name LIKE '%((name))%'`)('must not stand in quotes');
      await refused('((name))')('sql must be a statement');
      await refused('SELECT ((other))')('Parameter other is used in sql but not declared');
    });

    it('read no more rows than wanted, and no more than 10 MiB', async () => {
      const sql = 'SELECT generate_series(1, 100000000) n';
      const few = await data(id, 'postgres.query', { sql, maxRows: 3 });
      expect(few).toMatchObject({ rows: [{ n: 1 }, { n: 2 }, { n: 3 }], rowCount: 3, truncated: true });
      const all = await data(id, 'postgres.query', { sql: 'SELECT n FROM generate_series(1, 3) n', maxRows: 3 });
      expect(all).toMatchObject({ rowCount: 3, truncated: false });
      expect((await data(id, 'postgres.query', { sql })).rowCount).toBe(1_000);
      const wide = "SELECT repeat('x', 1000000) FROM generate_series(1, 100)";
      expect(await data(id, 'postgres.query', { sql: wide })).toMatchObject({ rowCount: 10, truncated: true });
      const huge = await failure(id, 'postgres.query', { sql: "SELECT repeat('x', 30000000)" });
      expect(huge.message).toMatch(/the answer is too large/);
      expect(await data(id, 'postgres.query', { sql: 'SELECT 1 AS one' })).toMatchObject({ rows: [{ one: 1 }] });
    });

    it('do not write by a query', async () => {
      const error = await failure(id, 'postgres.query', { sql: 'DELETE FROM "Orders" RETURNING id' });
      expect(error.message).toMatch(/cannot execute DELETE in a read-only transaction \(25006\)/);
      expect(error.retryable).toBe(false);
    });

    it('tell what they changed and return', async () => {
      const sql = `INSERT INTO "Orders" (id, name) SELECT n, 'r' FROM generate_series(100, 10200) n RETURNING id`;
      const answer = await data(id, 'postgres.execute', { sql });
      expect(answer).toMatchObject({ affectedRows: 10_101, rowCount: 10_000, truncated: true });
      expect(answer.rows[0]).toEqual({ id: 100 });
      expect(await data(id, 'postgres.execute', { sql: 'DELETE FROM "Orders" WHERE id >= 100' })).toEqual({
        affectedRows: 10_101,
      });
      const large = `INSERT INTO "Orders" (id, name) SELECT n, repeat('x', 1000000) FROM generate_series(100, 150) n RETURNING name`;
      expect((await failure(id, 'postgres.execute', { sql: large })).message).toMatch(/it was undone/);
      expect((await admin.query('SELECT 1 FROM "Plant 1"."Orders" WHERE id >= 100')).rows).toEqual([]);
      expect((await failure(id, 'postgres.execute', { sql: 'BEGIN' })).message).toMatch(/cannot span several calls/);
    });

    it('tell what is wrong with them', async () => {
      const error = await failure(id, 'postgres.query', { sql: 'SELECT * FROM nothing' });
      expect(error).toMatchObject({ retryable: false });
      expect(error.message).toMatch(/relation "nothing" does not exist \(42P01\)/);
      expect((await failure(id, 'postgres.execute', { sql: 'SELECT 1; SELECT 2' })).message).toMatch(
        /multiple commands/,
      );
    });

    it('insert rows of any type, all or none', async () => {
      const rows = [
        { id: 11, name: 'a"b', tags: ['x', 'y'], extra: { n: [1] }, at: '2024-02-29T12:00:00Z', amount: 1.25 },
        { id: 12, name: "it's", amount: '12345678901234567.89' },
      ];
      const config = { table: 'Plant 1.Orders', rows: '((rows))' };
      expect(await data(id, 'postgres.insert', config, { rows })).toEqual({ affectedRows: 2 });
      const read = `SELECT tags, extra, at AT TIME ZONE 'UTC' at, amount FROM "Orders" WHERE id IN (11, 12) ORDER BY id`;
      expect((await data(id, 'postgres.query', { sql: read })).rows).toEqual([
        { tags: ['x', 'y'], extra: { n: [1] }, at: '2024-02-29T12:00:00', amount: 1.25 },
        { tags: null, extra: null, at: null, amount: '12345678901234567.89' },
      ]);
      const twice = {
        table: 'Orders',
        rows: [
          { id: 20, name: 'new' },
          { id: 11, name: 'twice' },
        ],
      };
      expect((await failure(id, 'postgres.insert', twice)).message).toMatch(/duplicate key value.*\(23505\)/);
      expect((await admin.query('SELECT 1 FROM "Plant 1"."Orders" WHERE id = 20')).rows).toEqual([]);
      const odd = { table: 'Orders', columns: ['id", name) --'], rows };
      expect((await failure(id, 'postgres.insert', odd)).message).toMatch(
        /column "id", name\) --" of .* does not exist/,
      );
    });

    it('are stopped at the server when their time is over', async () => {
      const slow = await hub.add('postgres', { ...direct, timeoutMs: 1_000 });
      const error = await failure(slow, 'postgres.query', { sql: 'SELECT pg_sleep(300) AS marked' });
      expect(error).toMatchObject({ retryable: true });
      expect(error.message).toMatch(/127\.0\.0\.1:\d+: no answer within 1000 ms/);
      await eventually(async () => (await activity('%pg_sleep(300) AS marked%')) === 0);
      await hub.untilWorks(slow, 'postgres.query', { sql: 'SELECT 1 AS one' });
      // Those that wait for a connection to the server have no more time than the others.
      const busy = Array.from({ length: 12 }, () => hub.call(slow, 'postgres.query', { sql: 'SELECT pg_sleep(60)' }));
      expect((await Promise.all(busy)).map(({ error: told }) => told?.retryable)).toEqual(Array(12).fill(true));
      await eventually(async () => (await activity('%pg_sleep(60)%')) === 0);
    });
  });

  it('hears what is notified, also after the server was killed', async () => {
    const id = await hub.connect('postgres', direct);
    const listener = await hub.listen(id, 'postgres.listen', { channels: ['Orders of "1"', 'plain'] });
    await admin.query(`NOTIFY plain, '{"n": 1}'`);
    await admin.query(`NOTIFY "Orders of ""1""", 'text'`);
    expect(await listener.hears(2)).toEqual([
      expect.objectContaining({ payload: { n: 1 }, channel: 'plain', processId: expect.any(Number) as number }),
      expect.objectContaining({ payload: 'text', channel: 'Orders of "1"' }),
    ]);
    await server.kill();
    await hub.until(id, 'reconnecting');
    await server.restart();
    await admin.end().catch(() => undefined);
    admin = await connected(server.url);
    await hub.until(id, 'connected');
    await listener.untilListening();
    await admin.query("SELECT pg_notify('plain', '3')");
    expect((await listener.hears(3))[2]).toMatchObject({ payload: 3 });
  });

  it('speaks TLS as it is told to', async () => {
    const { key, cert } = selfSigned('localhost');
    const { rows } = await admin.query<{ data_directory: string }>('SHOW data_directory');
    const directory = rows[0]!.data_directory;
    const { uid, gid } = statSync(directory);
    for (const [name, content] of Object.entries({ 'server.key': key, 'server.crt': cert })) {
      writeFileSync(join(directory, name), content, { mode: 0o600 });
      chownSync(join(directory, name), uid, gid);
    }
    await admin.query('ALTER SYSTEM SET ssl = on');
    await admin.query('SELECT pg_reload_conf()');
    await eventually(async () => (await admin.query<{ ssl: string }>('SHOW ssl')).rows[0]!.ssl === 'on');
    const used = async (host: string, tls: object) => {
      const id = await hub.add('postgres', { ...direct, host, tls });
      const sql = 'SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      const { success, data: answer, error } = await hub.call(id, 'postgres.query', { sql });
      return success ? (answer.rows[0].version as string | null) : error!.message;
    };
    expect(await used('127.0.0.1', {})).toMatch(/^TLSv1/);
    expect(await used('127.0.0.1', { mode: 'disable' })).toBeNull();
    expect(await used('127.0.0.1', { mode: 'verify-ca' })).toMatch(/TLS failed: self-signed certificate/);
    expect(await used('localhost', { mode: 'verify-ca', ca: cert })).toMatch(/^TLSv1/);
    expect(await used('127.0.0.1', { mode: 'verify-full', ca: cert })).toMatch(/^TLSv1/);
    const other = selfSigned('localhost').cert;
    expect(await used('127.0.0.1', { mode: 'verify-full', ca: other })).toMatch(/TLS failed/);
    await admin.query('ALTER SYSTEM SET ssl = off');
    await admin.query('SELECT pg_reload_conf()');
  });

  it('fails clearly where the server is gone, silent or no PostgreSQL, and works again after that', async () => {
    const id = await hub.add('postgres', proxied);
    const sql = 'SELECT 1 AS one';
    const one = { rows: [{ one: 1 }] };
    expect(await data(id, 'postgres.query', { sql })).toMatchObject(one);
    await proxy.become('refuse');
    const refused = await failure(id, 'postgres.query', { sql });
    expect(refused).toEqual({ message: `127.0.0.1:${proxy.port}: the connection was refused`, retryable: true });
    await proxy.become('pass');
    expect(await data(id, 'postgres.query', { sql })).toMatchObject(one);
    await proxy.become('stall');
    const silent = await hub.add('postgres', { ...proxied, timeoutMs: 500 });
    for (const stalled of [silent, silent]) {
      const { message, retryable } = await failure(stalled, 'postgres.query', { sql });
      expect([message, retryable]).toEqual([`127.0.0.1:${proxy.port}: no answer within 500 ms`, true]);
    }
    proxy.cut();
    await proxy.become('garbage');
    expect((await failure(silent, 'postgres.query', { sql })).message).toMatch(
      /does not speak this protocol|no answer within/,
    );
    await proxy.become('pass');
    await hub.untilWorks(silent, 'postgres.query', { sql });
  });
});

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
