import { OutsideHttp } from '../connectors/outside-http';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';

/** What is asked of every protocol; calls and their failures are in ../connectors/rest.e2e-spec.ts. */
describe('the REST protocol, supervised', () => {
  let hub: ProtocolHub;
  let outside: OutsideHttp;

  beforeAll(async () => {
    [hub, outside] = await Promise.all([ProtocolHub.start(), new OutsideHttp().start()]);
  });

  afterAll(() => Promise.all([hub.stop(), outside.stop()]));

  const oauth = (clientSecret: string) => ({
    baseUrl: outside.url,
    healthPath: '/guarded',
    auth: { type: 'oauth2', tokenUrl: `${outside.url}/token`, clientId: 'hub', clientSecret },
  });

  it('is connected, and calls', async () => {
    const id = await hub.connect('rest', { baseUrl: outside.url, healthPath: '/echo' });
    expect(await hub.call(id, 'rest.get', { path: '/echo?a=1' })).toMatchObject({
      success: true,
      data: { status: 200, body: { url: '/echo?a=1' } },
    });
  });

  it('is connected by a token, and keeps it', async () => {
    const id = await hub.connect('rest', oauth('open:sesame'));
    expect(await hub.call(id, 'rest.get', { path: '/guarded' })).toMatchObject({ success: true });
  });

  it('is an error with a wrong secret, until it is given the right one', async () => {
    const id = await hub.add('rest', oauth('wrong-5678'));
    const answer = await hub.test(id);
    expect(answer).toMatchObject({ success: false, message: 'The token endpoint answered 401: invalid_client' });
    await hub.until(id, 'error');
    expect((await hub.status(id)).reason).not.toContain('wrong-5678');
    await hub.api.patch(`/connections/${id}`, { config: oauth('open:sesame') });
    await hub.until(id, 'connected');
  });

  it('is reconnecting while the server is unwell', async () => {
    const id = await hub.add('rest', { baseUrl: outside.url, healthPath: '/status/503' });
    await hub.until(id, 'reconnecting');
    expect((await hub.status(id)).reason).toBe('The server answered 503');
    await hub.api.patch(`/connections/${id}`, { config: { baseUrl: outside.url, healthPath: '/echo' } });
    await hub.until(id, 'connected');
  });

  it('bears a server that is silent, babbles, goes away and comes back', () =>
    bearsOutages({
      hub,
      protocol: 'rest',
      serverPort: outside.port,
      config: (port) => ({ baseUrl: `http://127.0.0.1:${port}`, healthPath: '/echo' }),
      call: (id) => hub.call(id, 'rest.get', { path: '/echo' }),
      garbage: /: the answer is not HTTP$/,
    }));
});
