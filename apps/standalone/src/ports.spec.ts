import { createServer } from 'node:net';
import { freePort } from '#testing';
import { freeLoopbackPort, requirePorts } from './ports';

describe('ports', () => {
  it('names the setting of a port that is in use', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    const wanted = { setting: 'HUB_HTTP_PORT', host: '127.0.0.1', port };
    await expect(requirePorts([wanted])).rejects.toThrow(
      `HUB_HTTP_PORT: port ${port} is in use on 127.0.0.1; set HUB_HTTP_PORT to a free one`,
    );
    expect(await freeLoopbackPort(port)).not.toBe(port);
    await new Promise((done) => server.close(done));
    await requirePorts([wanted]);
    expect(await freeLoopbackPort(port)).toBe(port);
  });

  it('notices one port in two settings', async () => {
    const port = await freePort();
    const wanted = ['HUB_HTTP_PORT', 'HUB_MQTT_PORT'].map((setting) => ({ setting, host: '127.0.0.1', port }));
    await expect(requirePorts(wanted)).rejects.toThrow(/^HUB_MQTT_PORT: port \d+ is in use/);
  });

  it('names HUB_HOST when that is no address of this machine', async () => {
    const wanted = { setting: 'HUB_HTTP_PORT', host: '203.0.113.1', port: 0 };
    await expect(requirePorts([wanted])).rejects.toThrow('HUB_HOST: 203.0.113.1 is not an address of this machine');
  });
});
