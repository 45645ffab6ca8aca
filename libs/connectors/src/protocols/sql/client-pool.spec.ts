import { ClientPool, type PooledClient } from './client-pool';

class Client implements PooledClient {
  usable = true;
  cancelled = false;
  ended = false;
  destroyed = false;
  cancel = () => void (this.cancelled = true);
  end = () => void (this.ended = true);
  destroy = () => void (this.destroyed = true);
}

describe('the pool of clients', () => {
  const forever = () => new AbortController().signal;
  let clients: Client[];
  let pool: ClientPool<Client>;

  beforeEach(() => {
    clients = [];
    pool = new ClientPool(() => {
      const client = new Client();
      clients.push(client);
      return Promise.resolve(client);
    });
  });

  afterEach(() => pool.close());

  const use = () => pool.use(forever(), (client) => Promise.resolve(client));

  it('keeps one that is usable, and no other', async () => {
    const first = await use();
    expect(await use()).toBe(first);
    first.usable = false;
    expect(await use()).not.toBe(first);
    expect(first.destroyed).toBe(true);
  });

  it('closes one that its work has left unusable', async () => {
    await pool.use(forever(), (client) => Promise.resolve(void (client.usable = false)));
    expect(clients[0]).toMatchObject({ ended: true });
    await use();
    expect(clients).toHaveLength(2);
  });

  it('has ten at most; who waits is given up with the call', async () => {
    const done = Promise.withResolvers<void>();
    const working = Array.from({ length: 10 }, () => pool.use(forever(), () => done.promise));
    const impatient = new AbortController();
    const waiting = pool.use(impatient.signal, () => Promise.resolve('too early'));
    const patient = pool.use(forever(), () => Promise.resolve('in turn'));
    impatient.abort(new Error('gave up'));
    await expect(waiting).rejects.toThrow('gave up');
    done.resolve();
    await Promise.all(working);
    expect(await patient).toBe('in turn');
    expect(clients).toHaveLength(10);
  });

  it('stops at the server what nobody waits for any more', async () => {
    const call = new AbortController();
    const stopped = pool.use(call.signal, () => new Promise<never>(() => undefined));
    await new Promise(setImmediate);
    call.abort();
    await expect(stopped).rejects.toThrow('the call has ended');
    expect(clients[0]).toMatchObject({ cancelled: true, destroyed: true });
    expect(await use()).toBe(clients[1]);
  });

  it('makes room again after a client that could not be connected', async () => {
    const failing = new ClientPool<Client>(() => Promise.reject(new Error('no way')));
    for (let count = 0; count < 12; count++) {
      await expect(failing.use(forever(), () => Promise.resolve())).rejects.toThrow('no way');
    }
  });

  it('waits for no connection once it is closed', async () => {
    const connecting = new ClientPool<Client>(
      (signal) =>
        new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true })),
    );
    const call = connecting.use(forever(), () => Promise.resolve());
    await new Promise(setImmediate);
    connecting.close();
    await expect(call).rejects.toThrow('The connection was closed');
  });

  it('ends everything when it is closed', async () => {
    const idle = await use();
    const call = pool.use(forever(), () => new Promise<never>(() => undefined));
    await new Promise(setImmediate);
    pool.close();
    expect(idle.destroyed || idle.ended).toBe(true);
    await expect(pool.use(forever(), () => Promise.resolve())).rejects.toThrow('The connection was closed');
    void call;
  });
});
