import { BriefCache } from './brief-cache';

const FRESH_MS = 10_000;

describe('BriefCache', () => {
  beforeEach(() => {
    // The cache's own clock, which it has taken before any test may replace it.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

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
    const cache = new BriefCache<undefined>(10, FRESH_MS);
    const load = jest.fn(() => Promise.resolve(undefined));
    await cache.get('a', load);
    jest.advanceTimersByTime(FRESH_MS);
    await cache.get('a', load);
    expect(load).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    await cache.get('a', load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('counts the time from the start of a look-up', async () => {
    const cache = new BriefCache<string>(10, FRESH_MS);
    const { promise, resolve } = Promise.withResolvers<string>();
    const before = cache.get('a', () => promise);
    jest.advanceTimersByTime(FRESH_MS + 1);
    resolve('before');
    expect([await before, await cache.get('a', () => Promise.resolve('after'))]).toEqual(['before', 'after']);
  });

  it('looks up again in less than a second where nothing else is said: rights that end, end everywhere', async () => {
    const cache = new BriefCache<boolean>(10);
    expect(await cache.get('may', () => Promise.resolve(true))).toBe(true);
    jest.advanceTimersByTime(999);
    expect(await cache.get('may', () => Promise.resolve(false))).toBe(false);
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
