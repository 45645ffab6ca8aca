import { decodeCursor, encodeCursor, invalid, topicProblem } from '#kernel';

/** The place in a list of topics, by the path of the last one seen. */
export const pathCursor = (path: string): string => encodeCursor([path]);

/** @throws DomainError `bad_request` for a cursor that is none. */
export function readPathCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [path, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof path === 'string' && rest.length === 0 && !topicProblem(path)) return path;
  throw invalid({ field: 'cursor', message: 'Cursor must be the nextCursor of an earlier answer' });
}
