import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, eventuallyPasses, type TestApp } from '#testing';
import { ProtocolHub } from '../protocols/protocol-hub';
import { LinesServer } from './lines/lines-server';

const settings = { HUB_MODULES: './test/e2e/connectors/lines/lines.module.ts' };

/** An API and workers that share a database: each has its own connections. */
describe('owners of connections', () => {
  let hub: ProtocolHub;
  let server: LinesServer;
  let workers: TestApp[];

  /** Resolves when the others know of it: from then on it gets its part of what there is. */
  const startWorker = async (): Promise<TestApp> => {
    const { databaseUrl } = hub;
    const worker = await createTestApp({ roles: ['worker'], settings, databaseUrl });
    workers.push(worker);
    await eventually(async () => (await alive()) === workers.length);
    return worker;
  };

  const alive = async (): Promise<number> => {
    const rows = await hub.app.database.asSystem((manager) =>
      manager.query<object[]>('SELECT FROM connection_workers WHERE lease_until > now()'),
    );
    return rows.length;
  };

  const owners = async (): Promise<Record<string, number>> => {
    const rows = await hub.app.database.asSystem((manager) =>
      manager.query<{ owner: string; count: number }[]>(
        `SELECT owner, count(*)::int AS count FROM connection_runtimes WHERE state = 'connected' GROUP BY owner`,
      ),
    );
    return Object.fromEntries(rows.map(({ owner, count }) => [owner, count]));
  };

  beforeAll(async () => {
    workers = [];
    server = await new LinesServer().start();
    hub = await ProtocolHub.start({ roles: ['api'], settings });
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await hub.stop();
    await server.stop();
  });

  it('are none where no worker runs: the connection is idle, and calls say so', async () => {
    const id = await hub.add('lines', { port: server.port, user: 'early' });
    const ask = await hub.addFunction(id, 'lines.ask', { text: 'a' });
    expect(await hub.status(id)).toMatchObject({ status: 'idle' });
    expect(await hub.execute(id, ask)).toMatchObject({ success: false, error: { message: 'The connection is idle' } });
    await startWorker();
    await hub.until(id, 'connected');
  });

  it('are asked by other processes, which get their answers and their failures', async () => {
    const id = await hub.connect('lines', { port: server.port, user: newId() });
    expect(await hub.call(id, 'lines.ask', { text: 'over there' })).toMatchObject({ data: 'you said over there' });
    const large = 'x'.repeat(1_000_000);
    expect((await hub.call(id, 'lines.ask', { text: '((text))' }, { text: large })).data).toHaveLength(1_000_009);
    const silent = await hub.call(id, 'lines.ask', { text: 'never' });
    expect(silent).toMatchObject({ success: false, error: { message: expect.stringContaining('no answer within') } });
    const left = await hub.app.database.asSystem((manager) => manager.query<object[]>('SELECT FROM connection_calls'));
    expect(left).toEqual([]);
    await hub.api.post(`/connections/${id}/stop`);
    await hub.until(id, 'idle');
  });

  it('share the connections, and take over those of one that ends', async () => {
    const second = await startWorker();
    const ids = await Promise.all(
      Array.from({ length: 7 }, () => hub.add('lines', { port: server.port, user: newId() })),
    );
    for (const id of ids) await hub.until(id, 'connected');
    // With the one that was there before.
    const all = ids.length + 1;
    await eventuallyPasses(async () => expect(Object.values(await owners())).toEqual([all / 2, all / 2]));
    workers.splice(workers.indexOf(second), 1);
    await second.stop();
    await eventually(async () => Object.values(await owners()).join() === String(all));
    await eventually(() => server.connections === all);
  }, 120_000);

  it('leave the connections of an organization that is suspended, and come back with it', async () => {
    const organizationId = await hub.app.newOrganization();
    const api = hub.app.api(await hub.app.newToken(ALL_SCOPES), organizationId);
    const made = await api.post('/connections', {
      name: 'One',
      protocol: 'lines',
      config: { port: server.port, user: 'theirs' },
    });
    expect(made.status).toBe(201);
    const connected = () => server.connectionsOf('theirs') === 1;
    await eventually(connected);
    const setStatus = (status: string) =>
      hub.app.database.asSystem((manager) =>
        manager.query('UPDATE organizations SET status = $2 WHERE id = $1', [organizationId, status]),
      );
    await setStatus('suspended');
    await eventually(() => server.connectionsOf('theirs') === 0);
    await setStatus('active');
    await eventually(connected);
  }, 120_000);
});
