import type { FieldProblem } from '#kernel';

/** What is wrong with the address of a server. `instead`: the member that credentials belong into. */
export function urlProblems(field: string, text: string, instead = 'auth'): FieldProblem[] {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    return [{ field, message: `${field} must be an http or https address` }];
  }
  if (url.username || url.password) return [{ field, message: `${field} must not carry credentials; use ${instead}` }];
  if (url.search || url.hash) return [{ field, message: `${field} must not have a query or fragment` }];
  return [];
}
