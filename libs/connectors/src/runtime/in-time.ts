import { ConnectorError } from '../calls/connector-error';

/**
 * What the work gives, if it does so in time and the signal does not abort before; `says` is what it fails with when it is
 * late. @throws ConnectorError
 */
export async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  says: string,
  signal?: AbortSignal,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const end = (message: string): void => ended.reject(new ConnectorError(message, { retryable: true }));
  const giveUp = (): void => end('It was given up');
  const timer = setTimeout(() => end(says), milliseconds);
  if (signal?.aborted) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  return Promise.race([work, ended.promise]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  });
}
