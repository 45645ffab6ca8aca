import type { FieldProblem, JsonValue } from '#kernel';
import { ExpressionError, parseExpression, type Expression } from '../../expressions';

/**
 * The one expression that a deferred parameter is: with `{{ }}`, as `$.path`, or as it stands.
 * @throws ExpressionError where it cannot be read, or is more than one expression.
 */
export function deferredExpression(text: string): Expression {
  const template = parseExpression(text);
  if (!template.whole) throw new ExpressionError('It must be one expression, with nothing around it', 0);
  return template.parts[0] as Expression;
}

/** Why a deferred parameter is no expression. */
export function deferredProblems(text: JsonValue | undefined, field: string, title: string): FieldProblem[] {
  if (typeof text !== 'string' || text.trim() === '') return [{ field, message: `${title} is required` }];
  try {
    deferredExpression(text);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ field, message: `${title} cannot be read: ${error.message} at character ${error.offset + 1}` }];
  }
}
