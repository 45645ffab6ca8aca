import { createConnection, type Connection } from 'mysql2/promise';
import {
  describeWithServers,
  eventually,
  startServer,
  startTcpProxy,
  type RunningServer,
  type TcpProxy,
} from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { ProtocolHub } from './protocol-hub';
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ACCOUNT = { username: 'test', password: 'let me in' };

describeWithServers(['mariadb'], 'the protocol mysql', () => {
  let hub: ProtocolHub;
  let server: RunningServer;
  let proxy: TcpProxy;
  let admin: Connection;
  let config: object;
  let directory: string;
  let certificate: string;

  beforeAll(async () => {
    const { key, cert } = selfSigned('localhost');
    certificate = cert;
    directory = mkdtempSync(join(tmpdir(), 'certificate-'));
    const files = [join(directory, 'key.pem'), join(directory, 'cert.pem')] as const;
    writeFileSync(files[0], key);
    writeFileSync(files[1], cert);
    for (const path of [directory, ...files]) chmodSync(path, 0o755);
    const settings = [`ssl-key=${files[0]}`, `ssl-cert=${files[1]}`, 'default-time-zone=+05:00'];
    [hub, server] = await Promise.all([ProtocolHub.start(), startServer('mariadb', { settings })]);
    proxy = await startTcpProxy(server.port);
    config = { host: '127.0.0.1', port: server.port, database: 'test', ...ACCOUNT };
    admin = await eventually(() =>
      createConnection({ host: '127.0.0.1', port: server.port, user: 'test', password: 'let me in', database: 'test' }),
    );
    // A server is installed before.
  }, 180_000);

  afterAll(async () => {
    await Promise.all([admin.end(), hub.stop(), proxy.stop()]);
    await server.stop();
    rmSync(directory, { recursive: true });
  });

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

  it('tells whether the server is there and lets us in', async () => {
    expect(await hub.test(await hub.add('mysql', config))).toMatchObject({ success: true });
    const wrong = await hub.test(await hub.add('mysql', { ...config, password: 'hunter2-wrong' }));
    expect(wrong.success).toBe(false);
    expect(wrong.message).toMatch(/127\.0\.0\.1:\d+: Access denied for user 'test'/);
    expect(wrong.message).not.toContain('hunter2-wrong');
    const nowhere = await hub.test(await hub.add('mysql', { ...config, database: 'nowhere' }));
    expect(nowhere.message).toMatch(/Unknown database 'nowhere'/);
  });

  it('speaks TLS as it is told to', async () => {
    const used = async (host: string, tls?: object) => {
      const id = await hub.add('mysql', { ...config, host, ...(tls && { tls }) });
      const answer = await hub.call(id, 'mysql.query', { sql: "SHOW STATUS LIKE 'Ssl_version'" });
      return answer.success ? (answer.data.rows[0].Value as string) : answer.error!.message;
    };
    const ca = certificate;
    expect(await used('127.0.0.1')).toMatch(/^TLSv1/);
    expect(await used('127.0.0.1', { mode: 'disabled' })).toBe('');
    expect(await used('127.0.0.1', { mode: 'required' })).toMatch(/^TLSv1/);
    expect(await used('127.0.0.1', { mode: 'verify-ca' })).toMatch(/TLS failed: self-signed certificate/);
    expect(await used('127.0.0.1', { mode: 'verify-ca', ca })).toMatch(/^TLSv1/);
    expect(await used('localhost', { mode: 'verify-identity', ca })).toMatch(/^TLSv1|ERR_TLS_CERT_ALTNAME_INVALID/);
    await expect(used('127.0.0.1', { mode: 'verify-identity', ca })).rejects.toThrow('needs a name as host');
  });

  describe('statements', () => {
    let id: string;

    beforeAll(async () => {
      await admin.query(`CREATE TABLE orders (id int PRIMARY KEY, name varchar(200) NOT NULL, extra json,
        at datetime(6), seen timestamp(3) NULL, amount decimal(30, 2))`);
      id = await hub.add('mysql', config);
    });

    it('give every type as JSON', async () => {
      await admin.query(`CREATE TABLE every_type (big bigint unsigned, small bigint, exact decimal(30,2), amount decimal(10,2),
        single_ float, double_ double, flag tinyint(1), bits bit(10), bytes varbinary(10), large blob, doc json, text_ text,
        at datetime(6), seen timestamp, day date, lasts time, kind enum('a','b'), nothing int)`);
      await admin.query(`INSERT INTO every_type VALUES (18446744073709551615, 42, 12345678901234567.89, 1.50, 0.1, 1e300, 1, b'1000000001',
        x'deadbeef', x'00', '{"a":[1]}', 'ü', '2024-02-29 12:00:00.123456', '2024-02-29 12:00:00', '2024-02-29', '-26:30:00', 'b', NULL)`);
      const { rows, fields } = await data(id, 'mysql.query', { sql: 'SELECT *, 1 AS big FROM every_type' });
      expect(rows).toEqual([
        {
          big: '18446744073709551615',
          small: 42,
          exact: '12345678901234567.89',
          amount: 1.5,
          single_: 0.1,
          double_: 1e300,
          flag: 1,
          bits: 513,
          bytes: '3q2+7w==',
          large: 'AA==',
          doc: { a: [1] },
          text_: 'ü',
          at: '2024-02-29T12:00:00.123456',
          seen: '2024-02-29T07:00:00Z',
          day: '2024-02-29',
          lasts: '-26:30:00',
          kind: 'b',
          nothing: null,
          big_2: 1,
        },
      ]);
      const types = Object.fromEntries(fields.map(({ name, type }: { name: string; type: string }) => [name, type]));
      expect(types).toMatchObject({ big: 'bigint', bytes: 'varbinary', large: 'blob', doc: 'json', text_: 'text' });
    });

    it('take parameters as values, whatever they hold', async () => {
      const evil = "'); DROP TABLE orders; -- \\";
      const write = 'INSERT INTO orders (id, name, extra) VALUES (((id)), ((name)), ((extra)))';
      expect(await data(id, 'mysql.execute', { sql: write }, { id: 1, name: evil, extra: [{ deep: true }] })).toEqual({
        affectedRows: 1,
      });
      const read = 'SELECT name, extra FROM orders WHERE name = ((name)) AND id IN (((id)), ((id))) LIMIT ((count))';
      expect((await data(id, 'mysql.query', { sql: read }, { name: evil, id: 1, count: 5 })).rows).toEqual([
        { name: evil, extra: [{ deep: true }] },
      ]);
    });

    it('read no more rows than wanted, and no more than 10 MiB', async () => {
      const sql = 'SELECT seq FROM seq_1_to_100000000';
      expect(await data(id, 'mysql.query', { sql, maxRows: 3 })).toMatchObject({
        rows: [{ seq: 1 }, { seq: 2 }, { seq: 3 }],
        truncated: true,
      });
      const limited = await data(id, 'mysql.query', { sql: `${sql} LIMIT 90000000`, maxRows: 2 });
      expect(limited).toMatchObject({ rowCount: 2, truncated: true });
      const all = await data(id, 'mysql.query', { sql: 'SELECT seq FROM seq_1_to_3', maxRows: 3 });
      expect(all).toMatchObject({ rowCount: 3, truncated: false });
      const wide = "SELECT repeat('x', 1000000) FROM seq_1_to_100";
      expect(await data(id, 'mysql.query', { sql: wide })).toMatchObject({ rowCount: 10, truncated: true });
      expect(await data(id, 'mysql.query', { sql: 'SELECT 1 AS one' })).toMatchObject({ rows: [{ one: 1 }] });
    });

    it('do not write by a query', async () => {
      for (const sql of ['DELETE FROM orders', 'DROP TABLE orders', 'CREATE TABLE made (a int)']) {
        const error = await failure(id, 'mysql.query', { sql });
        expect(error.message).toMatch(/Cannot execute statement in a READ ONLY transaction/);
        expect(error.retryable).toBe(false);
      }
    });

    it('tell what they changed and return, and what is wrong with them', async () => {
      await admin.query('CREATE TABLE counted (id int AUTO_INCREMENT PRIMARY KEY, name text)');
      const sql = "INSERT INTO counted (name) VALUES ('a'), ('b')";
      expect(await data(id, 'mysql.execute', { sql })).toEqual({ affectedRows: 2, insertId: 1 });
      const returned = await data(id, 'mysql.execute', { sql: 'DELETE FROM counted RETURNING id' });
      expect(returned).toMatchObject({ affectedRows: 2, rows: [{ id: 1 }, { id: 2 }] });
      const unknown = await failure(id, 'mysql.query', { sql: 'SELECT * FROM nothing' });
      expect(unknown).toMatchObject({ retryable: false });
      expect(unknown.message).toMatch(/Table 'test.nothing' doesn't exist \(ER_NO_SUCH_TABLE\)/);
      expect((await failure(id, 'mysql.execute', { sql: 'SELECT 1; SELECT 2' })).message).toMatch(/SQL syntax/);
      await admin.query('CREATE PROCEDURE two() BEGIN SELECT 1 AS one; SELECT 2 AS two; END');
      expect(await data(id, 'mysql.execute', { sql: 'CALL two()' })).toMatchObject({ rows: [{ one: 1 }] });
      const local = await failure(id, 'mysql.execute', {
        sql: "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE counted",
      });
      expect(local.message).toMatch(/command is not allowed/);
    });

    it('insert rows with their times, all or none', async () => {
      const rows = [
        {
          id: 11,
          name: 'a`b',
          extra: { n: [1] },
          at: '2024-02-29T12:00:00.123456Z',
          seen: '2024-02-29T12:00:00+02:00',
        },
        { id: 12, name: '2024-02-29T12:00:00Z', amount: '12345678901234567.89' },
      ];
      const config = { table: 'test.orders', rows: '((rows))' };
      expect(await data(id, 'mysql.insert', config, { rows })).toEqual({ affectedRows: 2 });
      const read = 'SELECT name, extra, at, seen, amount FROM orders WHERE id IN (11, 12) ORDER BY id';
      expect((await data(id, 'mysql.query', { sql: read })).rows).toEqual([
        {
          name: 'a`b',
          extra: { n: [1] },
          at: '2024-02-29T12:00:00.123456',
          seen: '2024-02-29T10:00:00Z',
          amount: null,
        },
        { name: '2024-02-29T12:00:00Z', extra: null, at: null, seen: null, amount: '12345678901234567.89' },
      ]);
      const twice = {
        table: 'orders',
        rows: [
          { id: 20, name: 'new' },
          { id: 11, name: 'twice' },
        ],
      };
      expect((await failure(id, 'mysql.insert', twice)).message).toMatch(/Duplicate entry '11'/);
      const [found] = await admin.query('SELECT 1 FROM orders WHERE id = 20');
      expect(found).toEqual([]);
      const many = Array.from({ length: 10_000 }, (_, index) => ({
        id: 100 + index,
        name: 'm',
        at: null,
        seen: null,
        amount: 1,
        extra: 1,
      }));
      const bulk = { table: 'orders', rows: '((rows))' };
      expect(await data(id, 'mysql.insert', bulk, { rows: many })).toEqual({ affectedRows: 10_000 });
    });

    it('are stopped at the server when their time is over', async () => {
      const slow = await hub.add('mysql', { ...config, timeoutMs: 1_000 });
      const error = await failure(slow, 'mysql.query', { sql: 'SELECT SLEEP(300) AS marked' });
      expect(error).toMatchObject({ retryable: true });
      expect(error.message).toMatch(/127\.0\.0\.1:\d+: no answer within 1000 ms/);
      await eventually(async () => {
        const [running] = await admin.query(
          "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'",
        );
        return (running as unknown[]).length === 0;
      });
      await hub.untilWorks(slow, 'mysql.query', { sql: 'SELECT 1 AS one' });
    });
  });

  it('tells that the server is gone, and comes back by itself', async () => {
    const id = await hub.connect('mysql', { ...config, port: proxy.port });
    await proxy.become('refuse');
    await hub.until(id, 'reconnecting');
    await proxy.become('pass');
    await hub.until(id, 'connected');
    const refused = await hub.add('mysql', { ...config, password: 'wrong one' });
    await hub.until(refused, 'error');
    expect((await hub.status(refused)).reason).toMatch(/Access denied/);
  });

  it('fails clearly where the server is gone, silent or no MySQL, and works again after that', async () => {
    const id = await hub.add('mysql', { ...config, port: proxy.port });
    const sql = 'SELECT 1 AS one';
    const one = { rows: [{ one: 1 }] };
    expect(await data(id, 'mysql.query', { sql })).toMatchObject(one);
    await proxy.become('refuse');
    const refused = await failure(id, 'mysql.query', { sql });
    expect(refused).toEqual({ message: `127.0.0.1:${proxy.port}: the connection was refused`, retryable: true });
    await proxy.become('pass');
    expect(await data(id, 'mysql.query', { sql })).toMatchObject(one);
    await proxy.become('stall');
    const silent = await hub.add('mysql', { ...config, port: proxy.port, timeoutMs: 500 });
    for (const stalled of [silent, silent]) {
      const { message, retryable } = await failure(stalled, 'mysql.query', { sql });
      expect([message, retryable]).toEqual([`127.0.0.1:${proxy.port}: no answer within 500 ms`, true]);
    }
    proxy.cut();
    await proxy.become('garbage');
    expect((await failure(silent, 'mysql.query', { sql })).message).toMatch(
      /does not speak this protocol|no answer within/,
    );
    await proxy.become('pass');
    await hub.untilWorks(silent, 'mysql.query', { sql });
  });
});
