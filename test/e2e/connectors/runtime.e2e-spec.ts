import { newId } from '#kernel';
import { eventually, eventuallyPasses } from '#testing';
import { ProtocolHub } from '../protocols/protocol-hub';
import { LinesServer } from './lines/lines-server';

const MODULE = './test/e2e/connectors/lines/lines.module.ts';

describe('the runtime of connections', () => {
  let hub: ProtocolHub;
  let server: LinesServer;

  beforeAll(async () => {
    server = await new LinesServer().start();
    hub = await ProtocolHub.start({ settings: { HUB_MODULES: MODULE } });
  });

  afterAll(async () => {
    await hub.stop();
    await server.stop();
  });

  const lines = (user: string = newId()) => ({ port: server.port, user });
  const command = async (id: string, verb: string) => hub.api.post(`/connections/${id}/${verb}`);
  const logins = (user: string) => server.logins.filter((login) => login === user).length;
  const history = async (id: string) =>
    (await hub.api.get(`/connections/state-history?connectionId=${id}&limit=100`)).body.data
      .map(({ from, to }: { from: string; to: string }) => `${from} > ${to}`)
      .reverse();
  /** A state is written after it was entered. */
  const hasHistory = (id: string, expected: unknown) =>
    eventuallyPasses(async () => expect(await history(id)).toEqual(expected));

  it('connects what is made, and calls through the one session there is', async () => {
    const { user, port } = lines();
    const id = await hub.connect('lines', { user, port });
    expect(await hub.call(id, 'lines.ask', { text: 'hello there' })).toMatchObject({ success: true });
    expect(await hub.call(id, 'lines.ask', { text: 'say ((what))' }, { what: 'it' })).toMatchObject({
      data: 'you said say it',
    });
    expect(logins(user)).toBe(1);
    expect((await hub.api.get(`/connections/${id}`)).body.data.status).toBe('connected');
    expect((await hub.api.get('/connections?limit=100')).body.data).toContainEqual(
      expect.objectContaining({ id, status: 'connected' }),
    );
    await hasHistory(id, ['idle > connecting', 'connecting > connected']);
  });

  it('connects nothing that is disabled, and leaves what becomes so', async () => {
    const { user, port } = lines();
    const made = await hub.api.post('/connections', {
      name: newId(),
      protocol: 'lines',
      config: { user, port },
      enabled: false,
    });
    const { id, version } = made.body.data as { id: string; version: number };
    expect((await command(id, 'start')).body).toMatchObject({ error: 'conflict' });
    expect(await hub.status(id)).toMatchObject({ status: 'idle' });
    const change = (seen: number, enabled: boolean) =>
      hub.api.patch(`/connections/${id}`, { enabled }, { 'If-Match': `"${seen}"` });
    await change(version, true);
    await hub.until(id, 'connected');
    await change(version + 1, false);
    await hub.until(id, 'idle');
    expect(logins(user)).toBe(1);
  });

  it('stops, starts and restarts when it is told to', async () => {
    const { user, port } = lines();
    const id = await hub.connect('lines', { user, port });
    const ask = await hub.addFunction(id, 'lines.ask', { text: 'a' });
    expect((await command(id, 'stop')).body.data.status).toBe('stopping');
    await hub.until(id, 'idle');
    const refused = await hub.api.post(`/connections/${id}/functions/${ask}/execute`, { parameters: {} });
    expect(refused).toMatchObject({ status: 409, body: { message: expect.stringContaining('is stopped') } });
    await command(id, 'start');
    await hub.until(id, 'connected');
    await command(id, 'restart');
    await eventually(() => logins(user) === 3);
    await hasHistory(id, [
      'idle > connecting',
      'connecting > connected',
      'connected > stopping',
      'stopping > idle',
      'idle > connecting',
      'connecting > connected',
      'connected > connecting',
      'connecting > connected',
    ]);
    expect((await hub.execute(id, ask)).success).toBe(true);
  });

  it('goes on with a new config at once, also out of an error', async () => {
    const id = await hub.add('lines', { user: 'bad', port: server.port });
    await hub.until(id, 'error');
    expect(await hub.status(id)).toMatchObject({
      reason: expect.stringContaining('the user is not known'),
      nextAttemptAt: expect.any(String),
      attempts: 1,
    });
    expect(await hub.test(id)).toMatchObject({ success: false });
    const { version } = (await hub.api.get(`/connections/${id}`)).body.data;
    await hub.api.patch(`/connections/${id}`, { config: lines() }, { 'If-Match': `"${version}"` });
    await hub.until(id, 'connected');
    expect(await hub.status(id)).toMatchObject({ reason: null, attempts: 0, nextAttemptAt: null });
  });

  it('comes back by itself when it was lost, with its subscriptions, and nothing is lost', async () => {
    const id = await hub.connect('lines', lines());
    const listener = await hub.listen(id, 'lines.listen', { topic: 'a' });
    const sent = [server.send('first')];
    expect(await listener.hears(1)).toEqual([
      expect.objectContaining({ payload: 'first', key: 'lines', connectionId: id }),
    ]);
    server.cut();
    sent.push(server.send('while it is away'));
    await hub.until(id, 'connected');
    await listener.hearsAll(['first', 'while it is away']);
    await server.stop();
    await hub.until(id, 'reconnecting');
    sent.push(server.send('while the server is off'));
    await server.start();
    await listener.hearsAll(['first', 'while it is away', 'while the server is off']);
    await eventuallyPasses(() => expect(server.taken).toEqual(expect.arrayContaining(sent)));
    expect(await listener.heard()).toHaveLength(3);
    await hasHistory(id, expect.arrayContaining(['connected > reconnecting', 'reconnecting > connected']));
    await listener.stop();
    await eventually(() => server.listeners === 0);
  });

  it('takes no more messages of a pipeline that is disabled; they stay where they are', async () => {
    const id = await hub.connect('lines', lines());
    const listener = await hub.listen(id, 'lines.listen', { topic: 'a' });
    await listener.stop();
    await eventually(() => server.listeners === 0);
    const kept = server.send('for later');
    expect(server.taken).not.toContain(kept);
    await hub.api.post(`/engine/pipelines/${listener.pipelineId}/enable`);
    await listener.hearsAll(['for later']);
    await listener.stop();
    await eventually(() => server.listeners === 0);
  });

  it('starts a run of a change alone where that is wanted', async () => {
    const id = await hub.connect('lines', lines());
    const listener = await hub.listen(id, 'lines.listen', { topic: 'a' }, { mode: 'onChange' });
    for (const payload of ['same', 'same', 'other', 'same']) server.send(payload);
    await eventually(async () => (await listener.heard()).length >= 3);
    expect((await listener.heard()).map(({ payload }) => payload)).toEqual(['same', 'other', 'same']);
    await listener.stop();
    await eventually(() => server.listeners === 0);
  });

  it('tells of a subscription that fails, and keeps the connection', async () => {
    const id = await hub.connect('lines', lines());
    const { functionId } = await hub.listenSoon(id, 'lines.listen', { topic: 'forbidden' });
    await eventuallyPasses(async () => {
      const subscriptions = [{ functionId, active: false, reason: 'The topic is forbidden' }];
      expect(await hub.status(id)).toMatchObject({ status: 'connected', subscriptions });
    });
    expect((await hub.call(id, 'lines.ask', { text: 'still' })).success).toBe(true);
  });

  it('fails calls that are under way when it is lost, and those that come before it is back', async () => {
    const id = await hub.connect('lines', lines());
    const ask = await hub.addFunction(id, 'lines.ask', { text: 'never' });
    const asking = hub.execute(id, ask);
    await eventually(() => server.asked.includes('never'));
    await server.stop();
    expect(await asking).toMatchObject({
      success: false,
      error: { message: 'The connection was lost before the answer was complete', retryable: true },
    });
    expect(await hub.execute(id, ask)).toMatchObject({
      success: false,
      error: { message: expect.stringContaining('The connection is reconnecting'), retryable: true },
    });
    await server.start();
    await hub.until(id, 'connected');
  });

  it('gives figures of what went through', async () => {
    const id = await hub.connect('lines', lines());
    await hub.call(id, 'lines.ask', { text: 'one' });
    const figures = await eventually(async () => {
      const { data } = (await hub.api.get(`/connections/${id}/metrics`)).body;
      return data.calls > 0 && data;
    });
    expect(figures).toMatchObject({ calls: 1, errors: 0, messages: 0, dropped: 0, bytesIn: 14, bytesOut: 14 });
    expect(figures.p99Ms).toBeGreaterThan(0);
    expect(figures.series).toEqual([expect.objectContaining({ calls: 1 })]);
    const { data } = (await hub.api.get('/connections/state-history/summary')).body;
    expect(data.total).toBeGreaterThanOrEqual(data.connected);
    expect(data.connected).toBeGreaterThan(0);
    expect(data.failures24h).toBeGreaterThan(0);
  });

  it('leaves an address that the organization’s settings do not allow any more', async () => {
    const id = await hub.connect('lines', lines());
    const called = await hub.connect('rest', { baseUrl: `http://127.0.0.1:${new URL(hub.app.url).port}` });
    const live = await hub.addFunction(called, 'rest.get', { path: '/health/live' });
    expect((await hub.execute(called, live)).success).toBe(true);
    const settings = (outbound: object) => hub.api.patch('/organizations/settings', { outbound });
    expect((await settings({ refusedNetworks: ['127.0.0.0'] })).status).toBe(200);
    expect((await settings({ refusedNetworks: ['127.0.0.0/8'] })).body.data.outbound).toEqual({
      allowedNetworks: [],
      refusedNetworks: ['127.0.0.0/8'],
    });
    const reason = 'The address 127.0.0.1 is refused: the settings of the organization do not allow it';
    await hub.until(await hub.add('lines', lines()), 'error');
    await hub.until(id, 'error');
    expect(await hub.status(id)).toMatchObject({ reason });
    await eventuallyPasses(async () => {
      expect(await hub.execute(called, live)).toMatchObject({ success: false, error: { message: reason } });
    });
    await settings({ refusedNetworks: null });
    await hub.until(id, 'connected');
    expect((await settings({ allowedNetworks: ['plc.example'] })).status).toBe(400);
  });

  it('ends with what is deleted', async () => {
    const { user, port } = lines();
    const id = await hub.connect('lines', { user, port });
    expect(server.connectionsOf(user)).toBe(1);
    const { version } = (await hub.api.get(`/connections/${id}`)).body.data;
    await hub.api.delete(`/connections/${id}`, { 'If-Match': `"${version}"` });
    await eventually(() => server.connectionsOf(user) === 0);
  });
});
