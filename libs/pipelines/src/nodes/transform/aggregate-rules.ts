import type { FieldProblem } from '#kernel';
import { pathProblems } from '../support/field-path';
import { resultName, type Aggregation } from './aggregate-items';

/** Names of fields and results that cannot be, or that two results have. */
export function aggregationProblems(
  groupBy: readonly string[],
  operations: readonly Partial<Aggregation>[],
): FieldProblem[] {
  const taken = new Set(groupBy);
  return [
    ...groupBy.flatMap((field, index) => pathProblems(field, `groupBy[${index}]`)),
    ...operations.flatMap(({ field, op = 'count', as }, index) => {
      const at = `operations[${index}]`;
      const name = resultName({ field, op, as });
      const twice = taken.has(name);
      taken.add(name);
      return [
        ...(field === undefined ? [] : pathProblems(field, `${at}.field`)),
        ...(as === undefined ? [] : pathProblems(as, `${at}.as`)),
        ...(twice ? [{ field: `${at}.as`, message: `Name ${name} is given to two results` }] : []),
      ];
    }),
  ];
}
