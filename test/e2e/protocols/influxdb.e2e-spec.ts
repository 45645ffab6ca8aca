import { describeWithServers, startServer, startTcpProxy, type RunningServer, type TcpProxy } from '#testing';
import { ProtocolHub } from './protocol-hub';

describeWithServers(['influxdb'], 'the protocol influxdb', () => {
  let hub: ProtocolHub;
  let server: RunningServer;
  let proxy: TcpProxy;
  let config: object;
  let id: string;

  const admin = async (q: string): Promise<void> => {
    const query = new URLSearchParams({ q, u: 'admin', p: 'let me in' });
    const answer = await fetch(`${server.url}/query?${query}`, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([200, expect.not.stringContaining('error')]);
  };

  beforeAll(async () => {
    [hub, server] = await Promise.all([
      ProtocolHub.start(),
      startServer('influxdb', { settings: ['auth-enabled = true'] }),
    ]);
    proxy = await startTcpProxy(server.port);
    await admin("CREATE USER admin WITH PASSWORD 'let me in' WITH ALL PRIVILEGES");
    await admin('CREATE DATABASE plant');
    config = { url: server.url, database: 'plant', username: 'admin', password: 'let me in' };
    id = await hub.add('influxdb', config);
  });

  afterAll(async () => {
    await Promise.all([hub.stop(), proxy.stop()]);
    await server.stop();
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
    expect(await hub.test(id)).toMatchObject({ success: true });
    const wrong = await hub.test(await hub.add('influxdb', { ...config, password: 'hunter2-wrong' }));
    expect(wrong.message).toMatch(/^127\.0\.0\.1:\d+: authorization failed \(401\)$/);
    const nowhere = await hub.test(await hub.add('influxdb', { ...config, database: 'nowhere' }));
    expect(nowhere.message).toMatch(/database not found: nowhere/);
    const mixed = { ...config, token: 'a token' };
    await expect(hub.add('influxdb', mixed)).rejects.toThrow('token is not for api v1');
    await expect(hub.add('influxdb', { url: server.url })).rejects.toThrow('database');
  });

  it('writes points of every kind, and reads them as they are', async () => {
    const points = [
      {
        measurement: 'strange, measure=ment "1"',
        tags: { 'li ne': 'a,b=c d', empty: '', none: null, number: 7 },
        fields: { 'va lue': 1.5, text: 'say "no" \\ yes\n', ok: true, count: 3, large: '9007199254740993', none: null },
        timestamp: '2024-02-29T12:00:00.123456789+01:00',
      },
      { measurement: '((name))', fields: { value: '((value))' }, timestamp: 1_700_000_000 },
    ];
    const write = { points, precision: 's', integerFields: ['count', 'large'] };
    expect(await data(id, 'influxdb.write', write, { name: 'plain', value: -2 })).toEqual({ written: 2 });
    const { rows } = await data(id, 'influxdb.query', { sql: 'SELECT * FROM "strange, measure=ment \\"1\\""' });
    expect(rows).toEqual([
      {
        measurement: 'strange, measure=ment "1"',
        time: '2024-02-29T11:00:00.123456789Z',
        'li ne': 'a,b=c d',
        number: '7',
        'va lue': 1.5,
        text: 'say "no" \\ yes\n',
        ok: true,
        count: 3,
        large: '9007199254740993',
      },
    ]);
    const plain = await data(id, 'influxdb.query', { sql: 'SELECT value FROM plain' });
    expect(plain).toMatchObject({ rows: [{ time: '2023-11-14T22:13:20Z', value: -2 }], rowCount: 1, truncated: false });
  });

  it('binds parameters as values', async () => {
    const at = (n: number) => ({ measurement: 'bound', tags: { line: `l${n}` }, fields: { n }, timestamp: n });
    await data(id, 'influxdb.write', { points: [at(1), at(2)] });
    const sql = 'SELECT n FROM bound WHERE line = ((line)) AND n >= ((least)) AND time > ((since))';
    const found = (line: string) =>
      data(id, 'influxdb.query', { sql }, { line, least: 1, since: '1969-01-01T00:00:00Z' });
    expect((await found('l2')).rows).toMatchObject([{ n: 2 }]);
    expect((await found("l2' OR line = 'l1")).rows).toEqual([]);
    await expect(
      hub.call(id, 'influxdb.query', { sql: "SELECT n FROM bound WHERE line = '((line))'" }, { line: 'x' }),
    ).rejects.toThrow('must not stand in quotes');
  });

  it('groups rows by their tags, and reads no more of them than wanted', async () => {
    const points = Array.from({ length: 3_000 }, (_, n) => ({
      measurement: 'many',
      tags: { side: n % 2 ? 'left' : 'right' },
      fields: { n },
      timestamp: n,
    }));
    await data(id, 'influxdb.write', { points: '((points))' }, { points });
    const grouped = await data(id, 'influxdb.query', { sql: 'SELECT count(n) FROM many GROUP BY side' });
    expect(grouped.rows).toMatchObject([
      { measurement: 'many', side: 'left', count: 1_500 },
      { measurement: 'many', side: 'right', count: 1_500 },
    ]);
    const some = await data(id, 'influxdb.query', { sql: 'SELECT n FROM many' });
    expect(some).toMatchObject({ rowCount: 1_000, truncated: true });
    const all = await data(id, 'influxdb.query', { sql: 'SELECT n FROM many', maxRows: 3_000 });
    expect(all).toMatchObject({ rowCount: 3_000, truncated: false });
  });

  it('tells what is wrong', async () => {
    const syntax = await failure(id, 'influxdb.query', { sql: 'SELECT FROM' });
    expect(syntax).toMatchObject({ retryable: false });
    expect(syntax.message).toMatch(/127\.0\.0\.1:\d+: error parsing query.*\(400\)/);
    const refused = async (point: object, message: string) =>
      expect((await failure(id, 'influxdb.write', { points: [{ measurement: 'm', ...point }] })).message).toContain(
        message,
      );
    await refused({ fields: { a: null } }, 'points[0].fields has no value');
    await refused({ fields: { a: 1 }, timestamp: 'today' }, 'points[0].timestamp must be a time by RFC 3339');
    await refused({ fields: { a: 1 }, tags: { t: 'two\nlines' } }, 'points[0].tags.t must have no control characters');
    await data(id, 'influxdb.write', { points: [{ measurement: 'typed', fields: { a: 1 } }] });
    const conflict = { points: [{ measurement: 'typed', fields: { a: 'text' } }] };
    expect((await failure(id, 'influxdb.write', conflict)).message).toMatch(/field type conflict.*\(400\)/);
  });

  it('fails clearly where the server is gone, silent or no InfluxDB, and works again after that', async () => {
    const throughProxy = { ...config, url: `http://127.0.0.1:${proxy.port}` };
    const proxied = await hub.connect('influxdb', throughProxy);
    const quick = await hub.add('influxdb', { ...throughProxy, timeoutMs: 500 });
    const ask = { sql: 'SHOW DATABASES' };
    await proxy.become('refuse');
    expect(await failure(proxied, 'influxdb.query', ask)).toEqual({
      message: `127.0.0.1:${proxy.port}: the connection was refused`,
      retryable: true,
    });
    await proxy.become('stall');
    expect(await failure(quick, 'influxdb.query', ask)).toEqual({
      message: `127.0.0.1:${proxy.port}: no answer within 500 ms`,
      retryable: true,
    });
    proxy.cut();
    await proxy.become('garbage');
    expect((await failure(proxied, 'influxdb.query', ask)).message).toMatch(/the answer is not HTTP/);
    await proxy.become('pass');
    expect(await data(proxied, 'influxdb.query', ask)).toMatchObject({ truncated: false });
    const refused = await hub.add('influxdb', { ...config, password: 'wrong one' });
    await hub.until(refused, 'error');
  });
});
