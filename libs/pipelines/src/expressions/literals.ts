import { simple } from 'acorn-walk';
import { readTree, toExpressionError } from './expression';
import type { Template } from './template';

/** A text in quotes, as it stands in an expression. */
export interface TextLiteral {
  value: string;
  /** The range in the text that the expression stands in, quotes included. */
  start: number;
  end: number;
}

/** All texts in quotes of a text's expressions, in their order. @throws ExpressionError for a tree too deep to be walked. */
export function literalsIn(text: string, { parts }: Template): TextLiteral[] {
  return parts.flatMap((part) => {
    // The shorthand `$.path` is read as another text, in which nothing has the same place.
    if (typeof part === 'string' || !text.startsWith(part.source, part.offset)) return [];
    return literalsAt(text, part.offset);
  });
}

function literalsAt(text: string, offset: number): TextLiteral[] {
  const found: TextLiteral[] = [];
  try {
    simple(readTree(text, offset), {
      Literal({ value, start, end }) {
        if (typeof value === 'string') found.push({ value, start, end });
      },
    });
  } catch (error) {
    throw toExpressionError(error, offset);
  }
  return found.sort((a, b) => a.start - b.start);
}
