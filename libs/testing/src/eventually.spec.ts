import { eventually } from './eventually';

const SHORT = { timeout: 10, interval: 1 };

/** Nothing else of this process gets its turn. */
function standStill(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('eventually', () => {
  it('looks once more when the time is over', async () => {
    let looks = 0;
    const condition = (): boolean => {
      looks++;
      if (looks === 1) standStill(50);
      return looks === 2;
    };
    expect(await eventually(condition, SHORT)).toBe(true);
  });

  it('gives what the condition gave, and waits for no more', async () => {
    expect(await eventually(() => Promise.resolve(0), SHORT)).toBe(0);
  });

  it.each([
    ['throws what the condition threw last', () => Promise.reject(new Error('not yet')), 'not yet'],
    ['says that it never held', () => false, 'did not hold within 10 ms'],
  ])('%s', async (_, condition, message) => {
    await expect(eventually(condition, SHORT)).rejects.toThrow(message);
  });
});
