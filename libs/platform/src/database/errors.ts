/** What PostgreSQL's answers mean to callers (SQLSTATE codes, PostgreSQL manual, appendix A). */

const sqlState = (error: unknown): string => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

/** A unique constraint was hit, of that name where one is given. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  sqlState(error) === '23505' &&
  (constraint === undefined || (error as { constraint?: string }).constraint === constraint);

/** The data itself was refused (class 22), or is more than the server can hold (54): trying again cannot help. */
export const isDataError = (error: unknown): boolean => /^(22|54)/.test(sqlState(error));

/**
 * Another transaction got in the way: a deadlock, a conflict, or a partition that was attached between the routing of a
 * row and its insert (23514). The same again may work at once.
 */
export const isCollision = (error: unknown): boolean => isDeadlock(error) || sqlState(error) === '23514';

/** Transactions that waited for each other, of which PostgreSQL has ended this one (class 40): it has changed nothing. */
export const isDeadlock = (error: unknown): boolean => /^(40001|40P01)$/.test(sqlState(error));

const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)$/;
/**
 * Nobody is let in (08, 28, 3D: the password has just been changed, the database is just being restored), there is no room
 * (53), the server is shutting down or took too long (57), or it has ended a transaction that stood still (25P03, 25P04).
 */
const AWAY = /^(08|28|3D|53|57|25P03|25P04)/;
/** What `pg` says without a code; the last are words of pools that were closed: another database is in use by now. */
const LOST = new RegExp(
  [
    'Connection terminated',
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Client (has encountered a connection error|was closed) and is not queryable',
    'Cannot use a pool after calling end on the pool',
    'Driver not Connected',
  ].join('|'),
);
/** TypeORM's words when the connection of a transaction went between two of its statements. */
const RELEASED = /query runner (was )?already released/i;
/** Whatever keeps a connection from being made: no port, no socket file, no room for one more. */
const isUnconnected = (error: unknown): boolean => (error as { syscall?: unknown } | undefined)?.syscall === 'connect';

/** The server does not answer or lets nobody in: later it may work. */
export const isOutage = (error: unknown): boolean =>
  NETWORK.test(sqlState(error)) ||
  isUnconnected(error) ||
  AWAY.test(sqlState(error)) ||
  (error instanceof Error && (LOST.test(error.message) || RELEASED.test(error.message)));
