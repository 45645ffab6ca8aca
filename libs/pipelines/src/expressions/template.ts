import { ExpressionError } from './expression-error';
import { readExpression, readWholeExpression, type Expression } from './expression';

/** A text with expressions in it. */
export interface Template {
  parts: readonly (string | Expression)[];
  /** It is one expression and nothing else: its value keeps its type. Otherwise the result is a text. */
  whole: boolean;
}

/** `$.payload.id`, `$[0]`: a path into what the node before gave. */
const SHORTHAND = /^\$((?:\.[A-Za-z_$][\w$]*|\[\d{1,9}\]|\["[^"\\]*"\])+)$/;

/** Longer ones are documents, not expressions. */
export const LONGEST_EXPRESSION = 20_000;

/**
 * Finds the expressions of a text: `{{ JavaScript }}` anywhere in it, or, without any, the shorthand `$.path`.
 * Gives undefined for a text without expressions. @throws ExpressionError
 */
export function parseTemplate(text: string): Template | undefined {
  const shorthand = SHORTHAND.exec(text);
  if (shorthand) return { parts: [readExpression(`$input[0]${shorthand[1]!}}}`, 0).expression], whole: true };
  if (!text.includes('{{')) return undefined;
  const parts: (string | Expression)[] = [];
  let position = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', position)) {
    if (open > position) parts.push(text.slice(position, open));
    const { expression, end } = readExpression(text, open + 2);
    if (expression.source.length > LONGEST_EXPRESSION) {
      throw new ExpressionError(`Expression is longer than ${LONGEST_EXPRESSION} characters`, open);
    }
    parts.push(expression);
    position = end;
  }
  if (position < text.length) parts.push(text.slice(position));
  return { parts, whole: parts.length === 1 };
}

/** A text that is an expression also without `{{ }}`. @throws ExpressionError */
export function parseExpression(text: string): Template {
  if (text.trim() === '') throw new ExpressionError('An expression is required', 0);
  const template = parseTemplate(text);
  if (template) return template;
  if (text.length > LONGEST_EXPRESSION) {
    throw new ExpressionError(`Expression is longer than ${LONGEST_EXPRESSION} characters`, 0);
  }
  return { parts: [readWholeExpression(text)], whole: true };
}
