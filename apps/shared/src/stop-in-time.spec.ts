import { Lifecycle } from '#platform/lifecycle';
import type { RunningHub } from './start-hub';
import { STOP_MS, stopInTime } from './stop-in-time';

describe('stopInTime', () => {
  const lifecycle = new Lifecycle();
  const hub = (stop: () => Promise<void>): Pick<RunningHub, 'app' | 'stop'> => ({
    app: { get: () => lifecycle } as unknown as RunningHub['app'],
    stop,
  });
  const never = (): Promise<void> => new Promise(() => undefined);

  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('leaves no timer behind when all ends in time', async () => {
    await stopInTime(hub(() => Promise.resolve()));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says so when nothing of ours hangs', async () => {
    const stopped = expect(stopInTime(hub(never))).rejects.toThrow(/within 40 s; what hangs: no part of ours, open at/);
    await jest.advanceTimersByTimeAsync(STOP_MS);
    await stopped;
  });

  it('names the part that hangs', async () => {
    lifecycle.atShutdown('drain', 'runs', never);
    const ending = async (): Promise<void> => {
      await lifecycle.beforeApplicationShutdown();
      await never();
    };
    jest.spyOn(lifecycle['logger'], 'warn').mockImplementation();
    const stopped = expect(stopInTime(hub(ending))).rejects.toThrow('what hangs: runs (drain)');
    await jest.advanceTimersByTimeAsync(STOP_MS);
    await stopped;
  });
});
