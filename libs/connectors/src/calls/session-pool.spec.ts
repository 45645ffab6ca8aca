import type { Session } from '../protocols';
import { SessionPool } from './session-pool';

/** A session that tells whether it was closed. */
class Door implements Session {
  closed = false;
  call = () => Promise.resolve(null);
  check = () => Promise.resolve();
  close = () => Promise.resolve(void (this.closed = true));
}

const one = { id: 'a', version: 1 };

describe('the pool of sessions', () => {
  const pool = new SessionPool();
  const doors: Door[] = [];

  const open = (): Promise<Door> => {
    const door = new Door();
    doors.push(door);
    return Promise.resolve(door);
  };

  beforeEach(() => void (doors.length = 0));
  afterEach(() => pool.close());

  it('opens one for all calls of a connection, and one for each connection', async () => {
    const used = await Promise.all([1, 2, 3].map(() => pool.use(one, open, (session) => Promise.resolve(session))));
    expect(new Set(used).size).toBe(1);
    await pool.use({ id: 'b', version: 1 }, open, () => Promise.resolve());
    expect(doors).toHaveLength(2);
    await pool.close();
    expect(doors.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('opens another one for a new version, and closes the old one when its last call has ended', async () => {
    const answer = Promise.withResolvers<string>();
    const call = pool.use(one, open, () => answer.promise);
    await pool.use({ ...one, version: 2 }, open, () => Promise.resolve());
    expect(doors.map(({ closed }) => closed)).toEqual([false, false]);
    answer.resolve('late');
    expect(await call).toBe('late');
    await new Promise(setImmediate);
    expect(doors.map(({ closed }) => closed)).toEqual([true, false]);
    // Whoever has read the connection before its change gets the session there is.
    expect(await pool.use(one, open, (session) => Promise.resolve(session))).toBe(doors[1]);
  });

  it('keeps none that failed to open', async () => {
    const fail = () => Promise.reject(new Error('no way'));
    await expect(pool.use(one, fail, () => Promise.resolve())).rejects.toThrow('no way');
    await pool.use(one, open, () => Promise.resolve());
    expect(doors).toHaveLength(1);
  });

  it('takes a bounded number of calls at a time', async () => {
    const answer = Promise.withResolvers<void>();
    const calls = Array.from({ length: 200 }, () => pool.use(one, open, () => answer.promise));
    await expect(pool.use(one, open, () => Promise.resolve())).rejects.toMatchObject({
      message: 'The connection has 200 calls under way already',
      retryable: true,
    });
    answer.resolve();
    await Promise.all(calls);
    await pool.use(one, open, () => Promise.resolve());
  });
});
