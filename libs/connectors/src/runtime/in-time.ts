import { ConnectorError } from '../calls/connector-error';

/** What the work gives, if it does so in time; `says` is what it fails with otherwise. @throws ConnectorError */
export async function inTime<T>(work: Promise<T>, milliseconds: number, says: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ConnectorError(says, { retryable: true })), milliseconds);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
