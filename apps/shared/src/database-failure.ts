import { SettingsError } from '#platform/config';

/** Nobody is there, or whoever is there does not let us in: the setting is to be looked at, or what it leads to. */
const CONNECTING = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  // PostgreSQL: not authorized, wrong password, no such database.
  '28000',
  '28P01',
  '3D000',
]);

/** What failed while the database was brought up to date; one line that names the setting where it cannot be reached. */
export function databaseFailure(error: unknown): unknown {
  // A name with several addresses fails with an error for each.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return error;
  const { code, message } = first as NodeJS.ErrnoException;
  // The driver's own deadline has no code.
  if (!CONNECTING.has(code ?? '') && message !== 'timeout expired') return error;
  return new SettingsError(`DATABASE_URL: cannot connect (${message})`);
}
