import { ConnectorError } from '../../calls/connector-error';
import { LONGEST_TIMEOUT } from './schema';

export interface Deadline {
  /** Milliseconds. */
  timeoutMs: number;
  /** Aborts when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
  /** Host and port, for the message. */
  where: string;
}

/**
 * Does the work with a signal that aborts at the deadline or with the caller's own, and ends then whether the work heeds it
 * or not: many client libraries know no signals. What the work does after that is nobody's concern; it must bring itself to
 * its end. @throws ConnectorError, or what the work throws.
 */
export async function withinDeadline<T>(
  { timeoutMs, signal, where }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const time = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMEOUT));
  const limited = signal ? AbortSignal.any([signal, time]) : time;
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(new Error('out of time'));
  limited.addEventListener('abort', end, { once: true });
  try {
    limited.throwIfAborted();
    return await Promise.race([work(limited), ended.promise]);
  } catch (error) {
    if (signal?.aborted) throw new ConnectorError('The call was cancelled');
    if (error instanceof ConnectorError) throw error;
    if (time.aborted) throw new ConnectorError(`${where}: no answer within ${timeoutMs} ms`, { retryable: true });
    throw error;
  } finally {
    limited.removeEventListener('abort', end);
  }
}
