import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { ProtocolHub } from '../protocols/protocol-hub';
import { buildExtensions, type Extensions } from './extension';

/** A scale with something on it. */
async function startScale(): Promise<{ server: Server; port: number; put: (grams: number) => void }> {
  const sockets = new Set<Socket>();
  let weight = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.on('data', () => socket.write(`S ${weight} g\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const put = (grams: number): void => {
    weight = grams;
    for (const socket of sockets) socket.write(`E ${grams} g\n`);
  };
  return { server, port: (server.address() as { port: number }).port, put };
}

describe('the protocol of docs/extending.md', () => {
  let extensions: Extensions;
  let hub: ProtocolHub;
  let scale: Awaited<ReturnType<typeof startScale>>;

  // The compiler reads the types of the whole platform.
  beforeAll(async () => {
    [extensions, scale] = await Promise.all([buildExtensions(), startScale()]);
    hub = await ProtocolHub.start({ settings: { HUB_MODULES: extensions.names.join(',') } });
  }, 120_000);

  afterAll(async () => {
    await hub.stop();
    scale.server.close();
    await extensions.remove();
  });

  it('is listed, called, and starts pipelines', async () => {
    const { body } = await hub.api.get('/connections/protocols/acme-scale');
    expect(body.data).toMatchObject({ title: 'Scale', verified: false });
    const id = await hub.connect('acme-scale', { host: '127.0.0.1', port: scale.port });
    scale.put(250);
    expect(await hub.call(id, 'acme-scale.weigh', {})).toMatchObject({ success: true, data: { grams: 250 } });
    const listener = await hub.listen(id, 'acme-scale.watch', {});
    scale.put(1_200);
    expect(await listener.hears(1)).toEqual([expect.objectContaining({ payload: 1_200, key: 'weight' })]);
  });

  it('checks its configs', async () => {
    const answer = await hub.api.post('/connections', { name: 'S', protocol: 'acme-scale', config: { host: 'a' } });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining('port')]);
  });
});
