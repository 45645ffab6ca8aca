import { inTime } from './in-time';

describe('work that has some time', () => {
  const never = () => new Promise<never>(() => undefined);

  it('gives what it gives, or fails as it fails', async () => {
    await expect(inTime(Promise.resolve(1), 60_000, 'late')).resolves.toBe(1);
    await expect(inTime(Promise.reject(new Error('no way')), 60_000, 'late')).rejects.toThrow('no way');
  });

  it('is late after that time', async () => {
    await expect(inTime(never(), 1, 'late')).rejects.toMatchObject({ message: 'late', retryable: true });
  });

  it('is given up with the signal, also with one that has aborted before', async () => {
    const wanted = new AbortController();
    const work = inTime(never(), 60_000, 'late', wanted.signal);
    wanted.abort();
    await expect(work).rejects.toMatchObject({ message: 'It was given up', retryable: true });
    await expect(inTime(never(), 60_000, 'late', AbortSignal.abort())).rejects.toThrow('It was given up');
  });
});
