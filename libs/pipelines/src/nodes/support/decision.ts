import type { FieldProblem, JsonValue } from '#kernel';
import { NodeError, type JsonObject } from '../../node-types';
import { kindOf } from './inputs';

/** A parameter that decides something, as an expression: `$trigger.payload > 10`. */
export const decision = (description: string): JsonObject => ({ 'x-expression': true, description });

/** @throws NodeError for anything but true and false: what JavaScript takes for true is too often a mistake. */
export function requireDecision(value: JsonValue | undefined, title: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new NodeError(`${title} must give true or false, not ${kindOf(value)}`, undefined, false);
}

/** As it stands in the pipeline: a text that may be an expression, or a fixed decision. */
export function decisionProblems(value: JsonValue | undefined, field: string, title: string): FieldProblem[] {
  if (typeof value === 'boolean' || (typeof value === 'string' && value.trim() !== '')) return [];
  const wrong = value === undefined || value === null || typeof value === 'string' ? 'is required' : 'must be a text';
  return [{ field, message: `${title} ${wrong}` }];
}
