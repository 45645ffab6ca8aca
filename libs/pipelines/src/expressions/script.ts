import { parse, type Program } from 'acorn';
import { ECMA_VERSION, mentionsIn, toExpressionError, type Mentions } from './expression';
import { ExpressionError } from './expression-error';

/** Ahead of the script on its first line, so that lines count as people count them. */
const EXPRESSION = '"use strict"; return (';
const STATEMENTS = '"use strict"; ';

/**
 * What a script names: an expression, or statements with `return`, as the sandbox takes them.
 * @throws ExpressionError for one that cannot be read.
 */
export function readScript(code: string): Mentions {
  try {
    return mentionsOf(parseBody(`${EXPRESSION}${code}\n)`), EXPRESSION.length);
  } catch {
    // No expression: what statements say of it counts.
  }
  try {
    return mentionsOf(parseBody(STATEMENTS + code), STATEMENTS.length);
  } catch (error) {
    const { message, offset } = toExpressionError(error, STATEMENTS.length);
    throw new ExpressionError(message, offset - STATEMENTS.length);
  }
}

const parseBody = (text: string): Program =>
  parse(text, { ecmaVersion: ECMA_VERSION, sourceType: 'script', allowReturnOutsideFunction: true });

/** With places in the script itself. */
function mentionsOf(tree: Program, ahead: number): Mentions {
  const { nodes, ...rest } = mentionsIn(tree);
  return { ...rest, nodes: nodes.map((node) => ({ ...node, start: node.start - ahead, end: node.end - ahead })) };
}
