import { CircuitBreaker } from './circuit-breaker';
import { ConnectorError } from './connector-error';

describe('a circuit breaker', () => {
  let now: number;
  let asked: number;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    now = 0;
    asked = 0;
    breaker = new CircuitBreaker(() => now);
  });

  const fail = (retryable = true) =>
    breaker.guard('a', () => Promise.reject(new ConnectorError(`failure ${++asked}`, { retryable })));
  const succeed = () => breaker.guard('a', () => Promise.resolve(++asked));
  const failTimes = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count++) await expect(fail()).rejects.toThrow('failure');
  };

  it('lets calls through until five have failed in a row', async () => {
    await failTimes(4);
    expect(await succeed()).toBe(5);
    await failTimes(5);
    await expect(fail()).rejects.toMatchObject({
      message: 'The last 5 calls failed; the next one is made in 5 s',
      retryable: true,
    });
    expect(asked).toBe(10);
  });

  it('lets one through after the pause, which doubles when that fails', async () => {
    await failTimes(5);
    now = 5_000;
    const answer = Promise.withResolvers<string>();
    const trial = breaker.guard('a', () => answer.promise);
    await expect(succeed()).rejects.toThrow('The last 5 calls failed');
    answer.reject(new ConnectorError('still', { retryable: true }));
    await expect(trial).rejects.toThrow('still');
    now = 14_999;
    await expect(succeed()).rejects.toThrow('made in 1 s');
    now = 15_000;
    await succeed();
    await succeed();
  });

  it('counts no refusals, and knows functions apart', async () => {
    for (let count = 0; count < 9; count++) await expect(fail(false)).rejects.toThrow('failure');
    await failTimes(5);
    await breaker.guard('b', () => Promise.resolve());
  });
});
