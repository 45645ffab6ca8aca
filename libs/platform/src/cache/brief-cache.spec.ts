import { eventually } from '#testing';
import { BriefCache } from './brief-cache';

describe('BriefCache', () => {
  it('gives everybody who asks meanwhile the same look-up', async () => {
    const cache = new BriefCache<string>(10);
    const { promise, resolve } = Promise.withResolvers<string>();
    const load = jest.fn(() => promise);
    const asked = Promise.all([cache.get('a', load), cache.get('a', load)]);
    resolve('found');
    expect(await asked).toEqual(['found', 'found']);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('keeps what it found for its time, also that nothing was there, and then looks up again', async () => {
    const cache = new BriefCache<undefined>(10, 200);
    const load = jest.fn(() => Promise.resolve(undefined));
    await cache.get('a', load);
    await cache.get('a', load);
    expect(load).toHaveBeenCalledTimes(1);
    await eventually(async () => {
      await cache.get('a', load);
      return load.mock.calls.length === 2;
    });
  });

  it('forgets failures at once and changes when told', async () => {
    const cache = new BriefCache<string>(10);
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.get('a', () => Promise.resolve('one'))).toBe('one');
    cache.forget('a');
    expect(await cache.get('a', () => Promise.resolve('two'))).toBe('two');
  });

  it('holds a bounded number', async () => {
    const cache = new BriefCache<number>(2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) await cache.get(key, () => Promise.resolve(index));
    expect(await cache.get('a', () => Promise.resolve(9))).toBe(9);
  });
});
