import { parse, type Options } from 'acorn';
import { ScriptError } from './script-error';

const OPTIONS: Options = { ecmaVersion: 'latest', allowHashBang: false, preserveParens: true };

/**
 * What a source is. The interpreter pastes it into the text of a function, where `}); …; (() => {` would lead out of it:
 * here it has to be complete by itself. @throws ScriptError `syntax`, told as of statements.
 */
export function formOf(source: string): 'expression' | 'statements' {
  if (isExpression(source)) return 'expression';
  try {
    parse(source, { ...OPTIONS, allowReturnOutsideFunction: true });
    return 'statements';
  } catch (error) {
    throw syntaxError(error);
  }
}

function isExpression(source: string): boolean {
  const text = `(\n${source}\n)`;
  try {
    const { body } = parse(text, OPTIONS);
    const [only] = body;
    // One pair of parentheses around all of it; `1) + (2` has two.
    return (
      body.length === 1 &&
      only?.type === 'ExpressionStatement' &&
      only.expression.type === 'ParenthesizedExpression' &&
      only.expression.end === text.length
    );
  } catch {
    return false;
  }
}

function syntaxError(error: unknown): ScriptError {
  const { message, loc } = error as SyntaxError & { loc?: { line: number; column: number } };
  if (!loc) return new ScriptError('syntax', 'it is nested too deeply');
  const text = message.replace(/ \(\d+:\d+\)$/, '');
  return new ScriptError('syntax', `SyntaxError: ${text}`, { line: loc.line, column: loc.column + 1 });
}
