import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '#testing';
import { AddressRules } from './address-rules';
import { OutboundRules } from './outbound-rules';

describe('a socket by outbound rules', () => {
  const rules = (loopback: boolean): OutboundRules => new OutboundRules(new AddressRules({ loopback }));

  const listening = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  };

  it('outlives the time that connecting may take', async () => {
    const { server, port } = await listening();
    const connecting = new AbortController();
    const socket = await rules(true).socket('127.0.0.1', port, connecting.signal);
    connecting.abort();
    expect(socket.destroyed).toBe(false);
    socket.destroy();
    server.close();
  });

  it('is not connected once the signal has aborted', async () => {
    const { server, port } = await listening();
    await expect(rules(true).socket('127.0.0.1', port, AbortSignal.abort())).rejects.toThrow('aborted');
    server.close();
  });

  it('is refused where the address is', async () => {
    const signal = new AbortController().signal;
    await expect(rules(false).socket('127.0.0.1', 1, signal)).rejects.toThrow('loopback addresses may not be reached');
  });

  it('fails with the code of the network', async () => {
    const port = await freePort();
    const failure = rules(true).socket('127.0.0.1', port, new AbortController().signal);
    await expect(failure).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
