import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from './free-port';

describe('ports', () => {
  it('are given out once, and from below those that systems choose', async () => {
    const ports = [await freePort(), ...(await Promise.all(Array.from({ length: 50 }, freePort))), await freePort()];
    expect(new Set(ports).size).toBe(52);
    expect(ports.filter((port) => port < 10_000 || port >= 30_000)).toEqual([]);
  });

  it('are none that somebody listens on', async () => {
    const next = (await freePort()) + 1;
    const server = createServer().listen(next, '127.0.0.1');
    // Unless somebody listens there already.
    await once(server, 'listening').catch(() => undefined);
    expect(await freePort()).not.toBe(next);
    await new Promise((resolve) => server.close(resolve));
  });
});
