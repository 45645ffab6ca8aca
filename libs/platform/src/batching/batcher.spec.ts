import { Batcher } from './batcher';

const dataError = (): Error => Object.assign(new Error('refused'), { code: '22P02' });

describe('a batcher', () => {
  it('works on what comes together as one batch, and on what comes meanwhile as the next', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>({
      most: 3,
      work: (items) => {
        batches.push([...items]);
        return Promise.resolve(items.map((item) => item * 2));
      },
    });
    expect(await Promise.all([1, 2, 3, 4].map((item) => batcher.add(item)))).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('finds the item whose data is refused, and does the others', async () => {
    const batcher = new Batcher<number, number>({
      most: 10,
      work: (items) => (items.includes(3) ? Promise.reject(dataError()) : Promise.resolve([...items])),
    });
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('tries again what another transaction got in the way of', async () => {
    let tries = 0;
    const batcher = new Batcher<number, number>({
      most: 10,
      work: (items) =>
        ++tries < 3
          ? Promise.reject(Object.assign(new Error('deadlock'), { code: '40P01' }))
          : Promise.resolve([...items]),
    });
    expect(await batcher.add(7)).toBe(7);
    expect(tries).toBe(3);
  });

  it('fails all of a batch by any other error, and goes on', async () => {
    let broken = true;
    const batcher = new Batcher<number, number>({
      most: 10,
      work: (items) => (broken ? Promise.reject(new Error('away')) : Promise.resolve([...items])),
    });
    await expect(batcher.add(1)).rejects.toThrow('away');
    broken = false;
    expect(await batcher.add(2)).toBe(2);
    await batcher.settled();
    expect(batcher.size).toBe(0);
  });
});
