import { Bounded } from './bounded';

describe('Bounded', () => {
  it('runs so many at once, lets so many wait and turns the others away', async () => {
    const bounded = new Bounded(2, 1);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await gate;
      running--;
    };
    const three = [bounded.run(work), bounded.run(work), bounded.run(work)];
    await expect(bounded.run(work)).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 });
    open();
    await Promise.all(three);
    expect(most).toBe(2);
  });

  it('gives the place on after a failure', async () => {
    const bounded = new Bounded(1, 1);
    await expect(bounded.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await bounded.run(() => Promise.resolve('yes'))).toBe('yes');
  });
});
