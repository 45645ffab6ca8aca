import { startTcpProxy, type TcpProxy } from '#testing';
import type { Execution, ProtocolHub } from './protocol-hub';

interface Trial {
  hub: ProtocolHub;
  protocol: string;
  /** Where the real server listens. */
  serverPort: number;
  /** A connection's config with the server at that port. */
  config: (port: number) => object;
  /** A call that works while the server does. */
  call: (id: string) => Promise<Execution>;
  /** What is said of an answer that is none of the protocol. */
  garbage: string | RegExp;
}

/** What every request protocol has to bear: a server that is silent, babbles, goes away and comes back. */
export async function bearsOutages({ hub, protocol, serverPort, config, call, garbage }: Trial): Promise<void> {
  const proxy = await startTcpProxy(serverPort);
  const where = `127.0.0.1:${proxy.port}`;
  const failure = (message: string | RegExp, retryable: boolean) => ({
    success: false,
    error: { message: expect.stringMatching(message), retryable },
  });
  try {
    const id = await hub.connect(protocol, config(proxy.port));
    const quick = await hub.add(protocol, { ...config(proxy.port), timeoutMs: 500 });
    // To the quick one, everything that stands still for a moment is a silent server.
    const patient = await hub.add(protocol, config(proxy.port));
    expect(await call(id)).toMatchObject({ success: true });
    await proxy.become('stall');
    expect(await call(quick)).toMatchObject(failure(`${where}: no answer within 500 ms`, true));
    await proxy.become('garbage');
    const heard = await call(patient);
    expect(heard).toMatchObject({ success: false, error: { message: expect.stringMatching(garbage) } });
    await proxy.become('refuse');
    expect(await call(patient)).toMatchObject(failure(`${where}: the connection was refused`, true));
    await seesOutage(hub, id, proxy);
    expect(await call(id)).toMatchObject({ success: true });
  } finally {
    await proxy.stop();
  }
}

/** Calls have no need of the state of such a connection; it looks by itself every half a minute, or when it is started. */
async function seesOutage(hub: ProtocolHub, id: string, proxy: TcpProxy): Promise<void> {
  await hub.api.post(`/connections/${id}/restart`);
  await hub.until(id, 'reconnecting');
  await proxy.become('pass');
  await hub.until(id, 'connected');
}
